"""Who holds a lease, and whether that process is proven dead.

No clock is asked: a clock that was set would make a living process look like another one. On Linux a
process is known by its number in its namespace, the ticks since the machine started at which it began, and
the id of that start; elsewhere by its number and the time that the kernel noted as it began.
"""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import platformdirs
import psutil

_PROC: Final = Path("/proc")
_START_TICKS: Final = 19
"""The place of ``starttime`` in ``/proc/PID/stat`` after the name, which may hold anything (proc(5))."""


@dataclass(frozen=True)
class Owner:
    """A process that deploys. ``who`` is a person or a job, as they call themselves.

    ``machine`` tells this machine from others that are called the same; ``boot`` is the id of its start,
    ``space`` the namespace that ``pid`` counts in, ``started`` when the process began, in whatever the
    kernel counts. ``token`` is this holding's own.
    """

    who: str
    host: str
    pid: int
    machine: str
    boot: str
    space: str
    started: str
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def name(self) -> str:
        """``who@host``, as ``--take-over`` wants it."""
        return f"{self.who}@{self.host}"

    @property
    def told(self) -> str:
        """In words."""
        return f"{self.who} on {self.host} (process {self.pid})"


def mine(who: str) -> Owner:
    """This process."""
    pid = os.getpid()
    return Owner(who, socket.gethostname(), pid, _machine(), _boot(), _space(pid), _started(pid) or "unknown")


def proven_dead(owner: Owner) -> bool:
    """Whether the owner ran on this machine and is gone; one that may be elsewhere is never proven dead."""
    if not _here(owner):
        return False
    if owner.boot != _boot():
        return True  # The machine was started anew since.
    return owner.space == _space(os.getpid()) and not _runs(owner)


def alive_here(owner: Owner) -> bool:
    """Whether the owner runs on this machine."""
    return _here(owner) and owner.boot == _boot() and owner.space == _space(os.getpid()) and _runs(owner)


def _here(owner: Owner) -> bool:
    return (owner.host, owner.machine) == (socket.gethostname(), _machine())


def _runs(owner: Owner) -> bool:
    """Whether that very process is there, not only its number; what can't be seen is taken to run."""
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # Somebody else's.
    try:
        if psutil.Process(owner.pid).status() == psutil.STATUS_ZOMBIE:
            return False  # Ended; whoever is its parent now only hasn't taken note.
    except psutil.Error:
        return True
    started = _started(owner.pid)
    return started is None or started == owner.started


def _started(pid: int) -> str | None:
    """When a process began; None where that can't be known."""
    try:
        if (_PROC / "self/stat").exists():
            stat = (_PROC / str(pid) / "stat").read_text(errors="replace")
            return stat.rpartition(")")[2].split()[_START_TICKS]
        return str(psutil.Process(pid).create_time())
    except (OSError, IndexError, psutil.Error):
        return None


def _boot() -> str:
    return _text(_PROC / "sys/kernel/random/boot_id")


def _space(pid: int) -> str:
    try:
        return str((_PROC / str(pid) / "ns/pid").readlink())
    except OSError:
        return ""


def _machine() -> str:
    """The machine's id, and one of this user's own there: copies of an image share the first."""
    own = platformdirs.user_state_path("onestack") / "machine"
    if not _text(own):
        # Whole at once, and by one of several that come at the same time: all then read the same.
        made = own.with_name(f"{own.name}.{uuid.uuid4().hex}")
        with suppress(OSError):  # Where it can't be, the machine's own has to do.
            own.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(uuid.uuid4().hex)
            own.hardlink_to(made)
        with suppress(OSError):
            made.unlink()
    return f"{_text(Path('/etc/machine-id'))}/{_text(own)}"


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
