"""Who holds a lease, and whether that process is proven dead.

No clock is asked: a clock that was set would make a living process look like another one. How a process is
known instead: ``onestack.processes``.
"""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from onestack import processes


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
    def identity(self) -> str:
        """What tells its process from all others of this number."""
        return processes.joined(self.boot, self.space, self.started)

    @property
    def told(self) -> str:
        """In words."""
        return f"{self.who} on {self.host} (process {self.pid})"


def mine(who: str) -> Owner:
    """This process."""
    pid = os.getpid()
    started = processes.began(pid) or "unknown"
    return Owner(who, socket.gethostname(), pid, _machine(), processes.boot(), processes.space(), started)


def proven_dead(owner: Owner) -> bool:
    """Whether the owner ran on this machine and is gone; one that may be elsewhere is never proven dead."""
    return _here(owner) and processes.gone(owner.pid, owner.identity)


def alive_here(owner: Owner) -> bool:
    """Whether the owner runs on this machine."""
    return _here(owner) and processes.runs(owner.pid, owner.identity)


def _here(owner: Owner) -> bool:
    return (owner.host, owner.machine) == (socket.gethostname(), _machine())


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
