"""Tells a command that waits for a network that does not answer from one that is busy."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from onestack import processes

_LOOK_EVERY_SECONDS = 1.0
# Below these a process tree only turns over: timers, name look-ups that are tried again.
_CPU_SECONDS = 0.2
_BYTES = 4096

Work = tuple[float, int]
"""CPU seconds used and bytes read and written, sockets included, by a process and its children."""


def work_of(pid: int) -> Work:
    """What a process tree did so far. Where bytes can't be had (macOS), CPU time alone must do."""
    cpu, moved = 0.0, 0
    for process in processes.tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            cpu += times.user + times.system
            counters = process.io_counters() if hasattr(process, "io_counters") else None
            moved += getattr(counters, "read_chars", 0) + getattr(counters, "write_chars", 0)
    return cpu, moved


@dataclass
class Stillness:
    """Says when a command has done nothing for ``seconds``."""

    seconds: float
    work: Callable[[int], Work] = work_of
    clock: Callable[[], float] = time.monotonic
    _seen: Work = (0.0, 0)
    _since: float = field(init=False)
    _looked: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self._looked = self.clock()

    def why_stop(self, pid: int) -> str:
        """Why to give the command up; empty while it works."""
        now = self.clock()
        if now - self._looked < _LOOK_EVERY_SECONDS:
            return ""
        self._looked = now
        cpu, moved = self.work(pid)
        # A child that ended takes its share along, so less than before is also a change.
        if abs(cpu - self._seen[0]) > _CPU_SECONDS or abs(moved - self._seen[1]) > _BYTES:
            self._seen, self._since = (cpu, moved), now
        return f"nothing arrived for {self.seconds:.0f} s" if now - self._since > self.seconds else ""
