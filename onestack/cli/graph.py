"""``onestack graph``: a stack as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from onestack import delivery
from onestack.cli.arguments import OutputFile, json_option, offline_option, stack_argument
from onestack.cli.document import print_document
from onestack.errors import PictureNotWritten
from onestack.graph import Picture, document, fold, mermaid, svg
from onestack.repository import find
from onestack.rooted import RootedCommand
from onestack.stack import gather
from onestack.terminal import Terminal

_file = OutputFile()


@click.command("graph", cls=RootedCommand)
@stack_argument
@click.option("--svg", "svg_file", type=_file, metavar="FILE", help="Write the picture itself, as SVG.")
@click.option("--mermaid", "mermaid_file", type=_file, metavar="FILE", help="Write the text for Mermaid.")
@click.option(
    "--live", is_flag=True, help="Show what the state holds, not what a deployment would make of it."
)
@offline_option
@json_option
@click.pass_obj
def graph(
    root: Path,
    stack: str,
    svg_file: Path | None,
    mermaid_file: Path | None,
    live: bool,
    offline: bool | None,
    as_json: bool,
) -> None:
    """Draw STACK: its applications, what they run on, and what needs what.

    Without a file the text for Mermaid is printed, ready for a Markdown block. It shows what a deployment of
    STACK would leave, so it works before anything is deployed.
    """
    with Terminal() as terminal:
        gathered = gather(find(root), stack, terminal, offline=offline, plans=True)
        found = delivery.graph(gathered, terminal, live=live)
        picture = fold(stack, found, terminal.mask)
        terminal.rest()
        for file, drawn in ((svg_file, svg), (mermaid_file, mermaid)):
            if file is not None:
                _write(file, drawn(picture))
                terminal.note(f"wrote {file}")
        if not picture.groups:
            terminal.note(f"{stack} has no resources{' in its state' if live else ''}: the picture is empty")
        if as_json:
            print_document(_document(picture, live=live), terminal.mask)
        elif svg_file is None and mermaid_file is None:
            click.echo(mermaid(picture), nl=False)


def _document(picture: Picture, *, live: bool) -> dict[str, object]:
    return {"source": "state" if live else "plan", **document(picture)}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PictureNotWritten(str(file), error.strerror or str(error)) from None
