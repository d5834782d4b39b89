"""Arguments that several verbs take."""

from __future__ import annotations

import os
from pathlib import Path

import click

from onestack.errors import FileNotWritable


class OutputFile(click.Path):
    """A file to be written at the end: that it can't be is told before anything begins.

    ``folders``: those that it needs are made.
    """

    def __init__(self, *, folders: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=False)
        self._folders = folders

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Raises: BadParameter, FileNotWritable."""
        file = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = file.absolute().parent
        while self._folders and not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise FileNotWritable(str(file), f"there is no folder {folder}")
        if not os.access(file if os.access(file, os.F_OK) else folder, os.W_OK):
            raise FileNotWritable(str(file), "this user may not write there")
        return file


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
full_option = click.option(
    "--full", is_flag=True, help="Have the engine look at every object, also those that didn't change."
)
stack_argument = click.argument("stack")
offline_option = click.option(
    "--offline/--online",
    default=None,
    help="For platform gcp: simulate Google Cloud here; verbs that change nothing do so without credentials.",
)
take_over_option = click.option(
    "--take-over",
    metavar="OWNER/NUMBER",
    help="Take over a lease that was never given back, of somebody who is known to be dead.",
)
