"""The option that says which repository a command works on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class RootedCommand(click.Command):
    """A command that takes ``--root`` itself, too: it may stand before a verb or after it."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.append(
            click.Option(
                ["--root"],
                type=click.Path(path_type=Path),
                expose_value=False,
                callback=_remember_root,
                help="A folder of the repository; without it the current one.",
            )
        )


class RootedGroup(RootedCommand, click.Group):
    """A group whose verbs, and groups of verbs, take it likewise. The folder is the context's object."""

    command_class = RootedCommand
    group_class = type


def _remember_root(context: click.Context, _option: click.Parameter, root: Path | None) -> None:
    if root is not None:
        context.obj = root
