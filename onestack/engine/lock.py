"""The stack's lock: who holds it, and whether that holder is proven dead.

Pulumi's backends of files and buckets (``pkg/backend/diy/lock.go``) write one JSON file per holder with
``pid``, ``username``, ``hostname`` and ``timestamp``, and never check whether the holder still lives.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from onestack import processes

_ENGINE = "pulumi"
"""What the program is called that takes locks without an identity."""


@dataclass(frozen=True)
class Lock:
    """One lock file, or object in a bucket, and its holder.

    ``identity`` tells the holder from all others of its number. Only locks that we took ourselves have it.
    """

    file: Path
    pid: int
    host: str
    user: str
    since: str
    identity: str = ""

    def holder(self) -> str:
        """The holder in words."""
        return f"held by process {self.pid} of {self.user} on {self.host} since {self.since}"

    def proven_dead(self) -> bool:
        """Whether the holder ran on this machine and is gone.

        The engine notes only its number and the time, by the clock. A process that began after that, and
        that is none which takes locks, only has the holder's number. Neither is enough by itself: once
        the clock was set forward all processes seem to have begun later, and an engine may be called
        something else. A holder on another machine is never proven dead from here.
        """
        if self.host != socket.gethostname():
            return False
        if self.identity:
            return processes.gone(self.pid, self.identity)
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return True  # Ended; whoever is its parent now only hasn't taken note.
            taken = _timestamp(self.since)
            return taken is not None and process.create_time() > taken and not _may_write(process)
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


def held(folder: Path) -> tuple[Lock, ...]:
    """The locks in a stack's lock folder; an unreadable one counts as held by nobody known."""
    return tuple(_read(file) for file in sorted(folder.glob("*.json")))


def release_dead(folder: Path) -> tuple[Lock, ...]:
    """Removes the locks whose holders are proven dead and returns them."""
    dead = tuple(lock for lock in held(folder) if lock.proven_dead())
    for lock in dead:
        lock.file.unlink(missing_ok=True)
    return dead


def take(folder: Path) -> Path:
    """Writes a lock of this process, as the engine does; the caller removes it.

    It holds only if there is no other one afterwards: of two that come at once both see both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pid = os.getpid()
    content = {
        "pid": pid,
        "username": getpass.getuser(),
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).isoformat(),
        # The engine passes over what it doesn't know.
        "identity": processes.identity(pid) or "",
    }
    name = uuid.uuid4()
    # Whole or not at all: a lock that can't be read is nobody's, and nobody could take it away.
    unfinished = folder / f"{name}.taking"
    unfinished.write_text(json.dumps(content))
    return unfinished.rename(folder / f"{name}.json")


def _read(file: Path) -> Lock:
    try:
        return parsed(file, file.read_bytes())
    except OSError:
        return parsed(file, b"")


def parsed(file: Path, text: bytes) -> Lock:
    """The lock that ``file`` holds as ``text``; one that can't be read is held by nobody known."""
    try:
        content = json.loads(text)
        return Lock(
            file=file,
            pid=int(content["pid"]),
            host=str(content["hostname"]),
            user=str(content["username"]),
            since=str(content["timestamp"]),
            identity=str(content.get("identity", "")),
        )
    except (ValueError, KeyError, TypeError):
        return Lock(file=file, pid=0, host="an unknown machine", user="someone", since="an unknown time")


def _may_write(process: psutil.Process) -> bool:
    """Whether a process may be an engine, by the name of its program and of its file."""
    called = {process.name(), *(Path(word).name for word in process.cmdline()[:1])}
    with suppress(psutil.AccessDenied):
        called.add(Path(process.exe()).name)
    return any(_ENGINE in name.lower() for name in called)


def _timestamp(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
