"""``onestack rollback``: the way back as a pull request, with a verdict on whether it can work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from onestack import revert
from onestack.cli.arguments import json_option, offline_option, stack_argument
from onestack.cli.document import print_document
from onestack.repository import find
from onestack.rollout import rollback as back
from onestack.rollout.parties import parties
from onestack.rooted import RootedCommand
from onestack.stack import gather
from onestack.terminal import Terminal


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
        prepared = back.prepare(repository, stack, back.target(gathered, to), terminal, tried=not no_trial)
        if not local:
            prepared = replace(prepared, revert=revert.push(repository.root, prepared.revert))
            github = parties(gathered, terminal, asks=False).github
            if github is not None:
                title, body = back.title(prepared, stack), back.body(prepared)
                prepared = replace(prepared, url=github.open(prepared.revert.branch, title, body))
        terminal.rest()
        if as_json:
            print_document(prepared.document(), terminal.mask)
            return
        if prepared.verdict is not None:
            terminal.note(f"the way back is {prepared.verdict.verdict}")
            for reason in prepared.verdict.reasons:
                terminal.note(f"  {reason}")
        where = prepared.url or f"the branch {prepared.revert.branch}"
        terminal.note(f"{stack} back to {prepared.revert.to.short}: {where}")
