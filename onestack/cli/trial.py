"""``onestack trial``: a revision on a throwaway control plane, without the caller's credentials."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click

from onestack import settings as stack_settings
from onestack import trial as trials
from onestack.cli.arguments import OutputFile, json_option
from onestack.cli.document import print_document
from onestack.errors import OnestackError, StackNotNamed
from onestack.local.toolchain.files import replace_file
from onestack.repository import Repository, find
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal
from onestack.trial import Trial
from onestack.trial.environment import stripped


@click.command("trial", cls=RootedCommand)
@click.argument("stack", required=False)
@click.option("--base", metavar="REV", help="What to deploy first; else where this revision left main.")
@click.option(
    "--markdown",
    type=OutputFile(folders=True),
    metavar="FILE",
    help="Write the trial as a comment of a pull request, too.",
)
@click.option("--keep", is_flag=True, help="Leave the control plane up until Ctrl-C, to look at it.")
@click.option("--require-way-back", is_flag=True, help="Exit with 1 unless the way back is clean.")
@json_option
@click.pass_obj
def trial(
    root: Path,
    stack: str | None,
    base: str | None,
    markdown: Path | None,
    keep: bool,
    require_way_back: bool,
    as_json: bool,
) -> None:
    """Deploy a base to a throwaway control plane, this revision over it, and the base over that again.

    Of the working tree as it lies there, for STACK (by default the only one, or the only one on the embedded
    control plane). It runs the code of both revisions, with none of the caller's credentials.

    Exit code: 0 if this revision came up and its acceptance tests passed.
    """
    _without_credentials()
    with Terminal() as terminal:
        repository = find(root)

        def held(made: Trial, kubeconfig: Path) -> None:
            terminal.rest()
            _say(made, terminal, as_json=as_json, markdown=markdown)
            if keep:
                terminal.note(f"export KUBECONFIG={kubeconfig}   # until Ctrl-C")
                with suppress(KeyboardInterrupt):
                    signal.pause()

        made = trials.trial(repository, stack or _only(repository), terminal, base=base, held=held)
        terminal.rest()
    if not made.ok or (require_way_back and made.way_back.verdict != "clean"):
        sys.exit(OnestackError.exit_code)


def _without_credentials() -> None:
    """Begins this process anew without what the trial's code is not to see.

    To change its environment is not enough: what a process was started with can be read for as long as it
    runs.
    """
    kept = stripped(os.environ)
    if kept != dict(os.environ):
        os.execve(sys.executable, [sys.executable, "-m", "onestack", *sys.argv[1:]], kept)  # noqa: S606


def _say(made: Trial, terminal: Terminal, *, as_json: bool, markdown: Path | None) -> None:
    made = trials.masked(made, terminal.mask)
    if markdown:
        replace_file(markdown, trials.markdown(made))
    if as_json:
        print_document(trials.document(made))
    for line in trials.lines(made):
        terminal.note(line)


def _only(repository: Repository) -> str:
    """The stack that is meant where none is named. Raises: StackNotNamed, InvalidSettings."""
    known = stack_settings.stack_names(repository.root)
    read = {name: stack_settings.from_file(repository.root, name) for name in known if len(known) > 1}
    embedded = [name for name, one in read.items() if one.platform == "embedded"] or list(known)
    if len(embedded) != 1:
        raise StackNotNamed(known)
    return embedded[0]
