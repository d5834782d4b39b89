"""``onestack tools``: what everything else needs."""

from __future__ import annotations

from pathlib import Path

import click

from onestack import tables
from onestack.cli.arguments import json_option
from onestack.cli.document import print_document
from onestack.local.toolchain import document, ensure, prune, pruned_document, pruned_lines, rows
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.terminal import Terminal, clock


@click.command("tools", cls=RootedCommand)
@json_option
@click.option("--prune", "to_prune", is_flag=True, help="Remove kept tools that this repository doesn't pin.")
@click.pass_obj
def tools(root: Path, as_json: bool, to_prune: bool) -> None:
    """Find, download or build the tools that everything else needs."""
    with Terminal() as terminal:
        if to_prune:
            _prune(find(root).root, as_json, terminal)
            return
        toolchain = ensure(find(root).root, terminal, look_again=True)
        terminal.rest()
        if as_json:
            print_document(document(toolchain))
            return
        terminal.console.print(tables.tools(rows(toolchain)))
        terminal.note(f"the tools are there ({clock(terminal.elapsed())})")


def _prune(root: Path, as_json: bool, terminal: Terminal) -> None:
    gone = prune(root)
    if as_json:
        print_document(pruned_document(gone))
        return
    for line in pruned_lines(gone):
        terminal.note(line)
