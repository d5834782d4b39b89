"""What a rendering tool may cost, what it costs, and the kernel's own bounds on it."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Final

import psutil

from onestack import processes

_HEADROOM: Final = 512 * 1024 * 1024
# What a watch is late at most: a bound that it tells of is not to be broken in the kernel's words.
_SLACK_SECONDS: Final = 5.0


class Breach(Enum):
    """The bound that a run broke."""

    TIME = "time"
    PROCESSOR = "processor"
    MEMORY = "memory"
    OUTPUT = "output"


@dataclass(frozen=True)
class Cost:
    """What a process and all below it hold and have used: resident bytes, seconds of processor time."""

    memory_bytes: int
    cpu_seconds: float


@dataclass(frozen=True)
class Bounds:
    """What a run may cost: wall time, processor time and resident memory of all its processes, printed bytes.

    Wall time alone would stop on a busy machine what is done in a second on another one.
    """

    seconds: float = 60.0
    memory_bytes: int = 1024 * 1024 * 1024
    output_bytes: int = 64 * 1024 * 1024
    cpu_seconds: float = inf

    def broken_by(self, its: Cost) -> Breach | None:
        """The bound that this cost breaks."""
        if its.memory_bytes > self.memory_bytes:
            return Breach.MEMORY
        return Breach.PROCESSOR if its.cpu_seconds > self.cpu_seconds else None

    def impose(self, pid: int) -> None:
        """Has the kernel stop what a watch is too slow for, or what outlives us should we be killed outright.

        Writable memory is what is bounded, with room to spare: Go reserves far more addresses than it uses.
        """
        if sys.platform != "linux":
            return
        memory = self.memory_bytes + _HEADROOM
        cpu = int(min(self.seconds * (os.cpu_count() or 1), self.cpu_seconds + _SLACK_SECONDS)) + 1
        limits = ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, cpu), (resource.RLIMIT_CORE, 0))
        for kind, most in limits:
            # It may be gone already; a lower bound of the system's own can't be raised.
            with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
                resource.prlimit(pid, kind, (most, most))


BOUNDS: Final = Bounds()


def cost(pid: int) -> Cost:
    """What a process and all below it cost; nothing once it is gone."""
    memory, seconds = 0, 0.0
    for one in processes.tree(pid):
        with contextlib.suppress(psutil.Error):
            memory += one.memory_info().rss
            seconds += sum(one.cpu_times()[:4])  # its own, and of what it waited for
    return Cost(memory, seconds)
