"""A run on an excerpt of the state: in a folder of its own, and what became of it brought home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from onestack.engine import lock, private, state
from onestack.engine.excerpt import Excerpt
from onestack.engine.workspace import Workspace
from onestack.errors import StackLocked

_META: Final = "version: 1\n"
"""The file backend's layout, in which stacks belong to projects."""


@contextmanager
def aside(
    workspace: Workspace, deployment: Mapping[str, Any], form: Mapping[str, Any]
) -> Iterator[Workspace]:
    """A workspace with this state, on the same disk as the stack's own; gone afterwards."""
    with private.folder(workspace.root) as folder:
        apart = replace(workspace, aside=Path(folder))
        state.write(apart, deployment, form)
        (Path(folder) / ".pulumi" / "meta.yaml").write_text(_META)
        yield apart


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """The stack's lock in its own state, which keeps plain pulumi out meanwhile. Raises: StackLocked."""
    taken = lock.take(workspace.locks)
    try:
        others = [one for one in lock.held(workspace.locks) if one.file != taken]
        if others:
            raise StackLocked(
                workspace.stack, others[0].holder(), hosts=frozenset(one.host for one in others)
            )
        yield
    finally:
        taken.unlink(missing_ok=True)


def put_together(workspace: Workspace, excerpt: Excerpt, apart: Workspace) -> None:
    """Writes the whole state, with what a run made of its excerpt, and the run into the stack's history.

    An engine that was killed may have left an excerpt that can't be read, or is as it was: then the
    state stays, and the marker beside it says that it may not know all.
    """
    after = state.read(apart)
    if not after.resources or after.deployment == excerpt.deployment():
        return
    state.write(workspace, excerpt.merged(after), after.form)
    with suppress(OSError):  # the history is a convenience; what counts is written
        _into_history(workspace, apart)


def _into_history(workspace: Workspace, apart: Workspace) -> None:
    for entry in apart.history.glob("*.history.json"):
        workspace.history.mkdir(parents=True, exist_ok=True)
        entry.replace(workspace.history / entry.name)
        checkpoint = entry.name.replace(".history.", ".checkpoint.")
        shutil.copyfile(workspace.checkpoint, workspace.history / checkpoint)
