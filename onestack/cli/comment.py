"""The verb that writes on a pull request."""

from __future__ import annotations

import os
from pathlib import Path

import click

from onestack.cli.arguments import json_option, stack_argument
from onestack.cli.document import print_document
from onestack.commenting import Commented, Target
from onestack.commenting import comment as write
from onestack.errors import NothingToComment
from onestack.forge import Forge, place
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal

_FILE = click.Path(path_type=Path)


@click.command("comment", cls=RootedCommand)
@stack_argument
@click.option("--plan", type=_FILE, help="What 'onestack preview STACK --plan FILE' wrote.")
@click.option("--trial", type=_FILE, help="The document of 'onestack trial'.")
@click.option("--text", type=_FILE, help="A text, shown as it stands.")
@click.option("--pull", type=click.IntRange(min=1), help="Number; without it that of the job or of --commit.")
@click.option("--commit", metavar="SHA", help="Head that was looked at; without it that of the job.")
@click.option("--repository", metavar="OWNER/NAME", help="Without it GITHUB_REPOSITORY, then 'origin'.")
@click.option("--link", metavar="URL", help="Where the commit's status leads; without it the job's run.")
@json_option
@click.pass_obj
def comment(
    root: Path,
    stack: str,
    plan: Path | None,
    trial: Path | None,
    text: Path | None,
    pull: int | None,
    commit: str | None,
    repository: str | None,
    link: str | None,
    as_json: bool,
) -> None:
    """Write STACK's comment on a pull request, or rewrite it, and set the commit's status.

    The documents may be a stranger's: they are read as data and rendered here. One that is named and not
    there is told as a step that failed. Needs GITHUB_TOKEN with pull-requests: write, statuses: write.
    """
    given = {"plan": plan, "trial": trial, "text": text}
    documents = {kind: path for kind, path in given.items() if path is not None}
    if not documents:
        raise NothingToComment("no document is named")
    with Terminal() as terminal:
        forge = Forge(place(os.environ, root, repository=repository))
        terminal.hide(forge.place.mask)
        terminal.step(f"commenting on {forge.place.repository}")
        done = write(forge, stack, documents, Target(pull, commit, link))
        terminal.rest()
        for note in done.posted.notes:
            terminal.note(note)
        if as_json:
            print_document(_document(done), terminal.mask)
        else:
            terminal.note(
                f"{stack}: comment {done.posted.done} on pull request #{done.pull}: {done.posted.url}"
            )


def _document(done: Commented) -> dict[str, object]:
    return {
        "pull": done.pull,
        "url": done.posted.url,
        "done": done.posted.done,
        "folded": done.posted.folded,
        "notes": list(done.posted.notes),
        "statuses": [
            {
                "commit": one.commit,
                "context": one.context,
                "state": one.state,
                "description": one.description,
            }
            for one in done.statuses
        ],
    }
