"""Folders of one run each, beside the state: what is left of a run that was killed is removed by the next."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import psutil

from onestack.engine import lock
from onestack.engine.lock import Lock
from onestack.engine.workspace import HOME

_OURS: Final = f"run-{socket.gethostname()}-"
"""How the names begin on this machine; the number of the process follows."""


def folder(root: Path) -> AbstractContextManager[str]:
    """A folder that only this user can read, on the disk of the state; gone after the block."""
    home = root / HOME
    home.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=f"{_OURS}{os.getpid()}-", dir=home)


def sweep(root: Path) -> None:
    """Removes what killed runs of this machine left, unless an engine of theirs lives on in there."""
    for left in (root / HOME).glob(f"{_OURS}*"):
        owner = left.name.removeprefix(_OURS).partition("-")[0]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)) and not _living(left):
            shutil.rmtree(left, ignore_errors=True)


def orphans(root: Path) -> tuple[Lock, ...]:
    """The locks of engines that outlived the command that started them on an excerpt of the state."""
    return tuple(one for left in (root / HOME).glob("run-*") for one in _living(left))


def _living(left: Path) -> tuple[Lock, ...]:
    folders = {file.parent for file in left.glob(".pulumi/locks/**/*.json")}
    return tuple(one for place in folders for one in lock.held(place) if not one.proven_dead())
