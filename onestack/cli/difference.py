"""``onestack diff``: what changed between two revisions, as objects and cloud resources."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from onestack import comparison
from onestack.cli.arguments import json_option, stack_argument
from onestack.cli.document import print_document
from onestack.errors import OnestackError
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal


@click.command("diff", cls=RootedCommand)
@stack_argument
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option("--exit-code", "tells", is_flag=True, help="Exit with 1 where anything differs.")
@json_option
@click.pass_obj
def diff(root: Path, stack: str, before: str, after: str | None, tells: bool, as_json: bool) -> None:
    """Show what changed in STACK between the revisions A and B, in objects and cloud resources.

    Without B, between A and the files as they lie here. Files that were moved or laid out otherwise show
    nothing. Neither cluster nor cloud is asked.
    """
    with Terminal() as terminal:
        found = comparison.compare(find(root), stack, before, after, terminal)
        found = comparison.masked(found, terminal.mask)
        terminal.rest()
        if as_json:
            print_document(comparison.document(found), terminal.mask)
        else:
            for line in comparison.lines(found):
                line.plain = terminal.mask(line.plain)
                terminal.console.print(line, soft_wrap=True)
            terminal.note(comparison.summary(found))
        if tells and found.differences:
            sys.exit(OnestackError.exit_code)
