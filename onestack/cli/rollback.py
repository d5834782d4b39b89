"""``onestack rollback``: the way back as a pull request, with a verdict on whether it can work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onestack import revert
from onestack.cli.arguments import json_option, offline_option, stack_argument
from onestack.cli.document import print_document
from onestack.repository import Repository, find
from onestack.rollout import rollback as back
from onestack.rollout.parties import proposer
from onestack.rooted import RootedCommand
from onestack.stack import gather
from onestack.terminal import Terminal

if TYPE_CHECKING:
    from onestack.rollout.github import Github


@click.command("rollback", cls=RootedCommand)
@stack_argument
@offline_option
@click.option("--to", metavar="REV", help="Where to; by default what was live before what is.")
@click.option("--no-trial", is_flag=True, help="Don't try the way back on a throwaway control plane first.")
@click.option("--local", is_flag=True, help="Make the branch in this clone alone: no push, no pull request.")
@json_option
@click.pass_obj
def rollback(
    root: Path, stack: str, offline: bool | None, to: str | None, no_trial: bool, local: bool, as_json: bool
) -> None:
    """Prepare the way of STACK back to an earlier revision: a branch and a pull request.

    Nothing is deployed by it: merging the pull request does that, through the same gates as any other. The
    trial says whether it is clean, lossy or impossible, and names the objects.
    """
    with Terminal() as terminal:
        repository = find(root)
        gathered = gather(repository, stack, terminal, offline=offline, plans=True)
        # What is wrong with where it would be proposed is told before the trial, which takes minutes.
        github = None if local else proposer(gathered, terminal)
        prepared = back.prepare(repository, stack, back.target(gathered, to), terminal, tried=not no_trial)
        if prepared.verdict is not None and not as_json:
            terminal.note(f"the way back is {prepared.verdict.verdict}")
            for reason in prepared.verdict.reasons:
                terminal.note(f"  {reason}")
        if not local:
            prepared = _proposed(prepared, repository, stack, github, terminal)
        terminal.rest()
        if as_json:
            print_document(prepared.document(), terminal.mask)
            return
        where = prepared.url or f"the branch {prepared.revert.branch}"
        terminal.note(f"{stack} back to {prepared.revert.to.short}: {where}")


def _proposed(
    prepared: back.Prepared, repository: Repository, stack: str, github: Github | None, terminal: Terminal
) -> back.Prepared:
    """Pushed, and proposed where that can be. Raises: PushRefused; as `onestack.forge.Forge`."""
    terminal.step(f"pushing {prepared.revert.branch}")
    prepared = replace(prepared, revert=revert.push(repository.root, prepared.revert))
    if github is None:
        return prepared
    terminal.note(f"pushed the branch {prepared.revert.branch}")
    title, body = back.title(prepared, stack), back.body(prepared)
    return replace(prepared, url=github.open(prepared.revert.branch, title, body))
