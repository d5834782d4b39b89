"""A state in a folder elsewhere than in the clone (``file://``): where it is, and the engine's lock there."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from onestack.engine import lock, marker
from onestack.engine.lock import Lock
from onestack.engine.workspace import Workspace

_SCHEME: Final = "file"


def folder(backend: str, root: Path) -> Path:
    """The folder of a file backend, which the engine allows to be written ``file://~`` and ``file://./x``."""
    path = unquote(backend.removeprefix("file://").partition("?")[0])
    return (root / Path(path).expanduser()).absolute()


def release_own_lock(workspace: Workspace) -> tuple[Lock, ...]:
    """Removes the lock of an engine that this clone started, if that is dead, as its marker says.

    As in a bucket (`onestack.engine.bucket`), other machines may write to the folder, and of no other lock is
    it decided here whether its holder lives.
    """
    number = marker.dead_engine(workspace.marker)
    if urlsplit(workspace.backend).scheme != _SCHEME or workspace.own_state or not number:
        return ()
    locks = workspace.locks_below(folder(workspace.backend, workspace.root))
    own = tuple(one for one in lock.held(locks) if one.pid == number and one.proven_dead())
    for one in own:
        one.file.unlink(missing_ok=True)
    return own
