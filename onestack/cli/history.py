"""``onestack history``: what was deployed to a stack, by whom, and how it ended."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from onestack import history as told
from onestack.cli.arguments import json_option, offline_option, stack_argument
from onestack.cli.document import print_document
from onestack.errors import LedgerBroken, OnestackError
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal


@click.command("history", cls=RootedCommand)
@stack_argument
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many deployments to show.",
)
@click.option("--verify", is_flag=True, help="Verify the whole ledger, not only what is shown.")
@offline_option
@json_option
@click.pass_obj
def history(root: Path, stack: str, limit: int, verify: bool, offline: bool | None, as_json: bool) -> None:
    """Show the deployments of STACK, the last one first.

    A ledger that was changed after it was written is told, with the place, and ends with exit code 1.
    """
    with Terminal() as terminal:
        repository = find(root)
        records = told.store(repository, stack, offline, terminal)
        terminal.step(f"reading the ledger of {stack}")
        found = told.history(records, repository.project, stack, limit=limit, whole=verify)
        terminal.rest()
        if as_json:
            print_document(told.document(found), terminal.mask)
            if found.faults:
                sys.exit(OnestackError.exit_code)
            return
        if found.deployed:
            terminal.console.print(told.table(found))
        for line in told.remarks(found):
            terminal.note(line)
        if found.faults:
            raise LedgerBroken(stack, found.place, list(map(str, found.faults)))
        terminal.note(told.summary(found))
