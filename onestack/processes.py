"""Whether a process is that very one, not only one of the same number: numbers are given out again.

No clock is asked. On Linux psutil reckons when a process began from the time that the machine started, by
the clock: set the clock, and every process seems to have begun at another time. Here a process is known by
the id of the machine's start, the namespace that its number counts in, and the ticks since the machine
started at which it began; elsewhere by the time that the kernel noted as it began.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import psutil

_PROC: Final = Path("/proc")
_START_TICKS: Final = 19
"""The place of ``starttime`` in ``/proc/PID/stat`` after the name, which may hold anything (proc(5))."""
_EARLIER_TOLERANCE_SECONDS: Final = 2.0


def identity(pid: int) -> str | None:
    """What tells a process from all others of its number, for a file; None where there is none, or none can
    be seen. One that has ended but that its parent took no note of has it still."""
    started = began(pid)
    return None if started is None else joined(boot(), space(), started)


def joined(boot_id: str, pid_space: str, started: str) -> str:
    """The identity made of its three parts."""
    return f"{boot_id}/{pid_space}/{started}"


def same(pid: int, known: str) -> bool:
    """Whether the process of that number is the one that had the identity ``known``."""
    return identity(pid) == known


def runs(pid: int, known: str) -> bool:
    """Whether that very process still runs. One that ended doesn't, though its parent took no note of it."""
    return same(pid, known) and not _zombie(pid)


def gone(pid: int, known: str) -> bool:
    """Whether that very process is proven to be gone from this machine.

    What can't be seen is taken to run.
    """
    boot_id, _, rest = known.partition("/")
    pid_space, _, started = rest.partition("/")
    now = boot()
    if boot_id != now:
        return bool(boot_id and now)  # Started anew since, if both are known.
    if pid_space != space():
        return False  # Its number means another process here.
    if not psutil.pid_exists(pid) or _zombie(pid):
        return True
    return began(pid) not in (None, started)


def ran_since(pid: int, seconds: float) -> bool:
    """Whether a process runs that began then, by the clock (seconds since the epoch).

    Only for files of versions that noted nothing better: false for all once the clock was set.
    """
    try:
        fits = abs(psutil.Process(pid).create_time() - seconds) < _EARLIER_TOLERANCE_SECONDS
    except psutil.Error:
        return False
    return fits and not _zombie(pid)


def tree(pid: int) -> tuple[psutil.Process, ...]:
    """A process and all below it, as far as they can be seen; none once it is gone."""
    try:
        top = psutil.Process(pid)
        return (top, *top.children(recursive=True))
    except psutil.Error:
        return ()


def began(pid: int) -> str | None:
    """When a process began, in whatever the kernel counts; None where that can't be known."""
    try:
        if (_PROC / "self/stat").exists():
            stat = (_PROC / str(pid) / "stat").read_text(errors="replace")
            return stat.rpartition(")")[2].split()[_START_TICKS]
        # What psutil itself knows a process by. Its public time is corrected by how far the clock was set
        # since psutil was imported, so two commands may be told two times.
        return str(psutil.Process(pid)._ident[1])  # type: ignore[attr-defined]  # noqa: SLF001
    except (OSError, IndexError, psutil.Error):
        return None


def boot() -> str:
    """The id of the machine's start; empty where it has none."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def space() -> str:
    """The namespace that numbers of processes count in here; empty where there is only one."""
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""


def _zombie(pid: int) -> bool:
    """Ended; whoever is its parent now only hasn't taken note."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
