"""What time it is, and whether this machine's clock is known to be right.

Asked are the kernel, as ``adjtimex(2)`` tells it to everybody, and where it helps a server's Date. A watch
also compares the clock with one that nobody sets, so that a jump between two looks is noticed.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from onestack.gates.clock import Clock, Look, judged, jumped

_UNSYNCHRONISED: Final = 0x0040
"""``STA_UNSYNC`` of ``<sys/timex.h>``."""
_TIME_ERROR: Final = 5
_ROOM: Final = 512
"""More than ``struct timex`` takes on any architecture."""
_LONG: Final = ctypes.sizeof(ctypes.c_long)
_STATUS_AT: Final = 5 * _LONG
"""``status`` follows an int, which is padded, and four longs: offset, freq, maxerror, esterror."""

Kernel = tuple[bool | None, str]


def look() -> Look:
    """The clocks of this machine now."""
    return Look(datetime.now(UTC), _steady())


class Watch:
    """A clock that is looked at more than once. ``look`` and ``kernel`` are how; tests have their own."""

    def __init__(self, look: Callable[[], Look] = look, kernel: Callable[[], Kernel] | None = None) -> None:
        self._look = look
        self._kernel = kernel or kernel_says
        self._first = look()

    def read(self, server_date: str | None = None) -> Clock:
        """The time now. ``server_date``: the Date header of an answer that a server has just given."""
        now = self._look()
        kernel, said = self._kernel()
        moved = jumped(self._first, now)
        return judged(now.wall, kernel=kernel, said=said, server=server_time(server_date), moved=moved)


def server_time(header: str | None) -> datetime | None:
    """The instant that a Date header names; None where there is none that can be read."""
    try:
        found = parsedate_to_datetime(header) if header else None
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None


def kernel_says() -> Kernel:
    """Whether the kernel holds its clock to be synchronised, and why; None where it doesn't say.

    A container is told about the clock of its host. Somebody has to keep the kernel informed (chrony,
    ntpd, systemd-timesyncd); a virtual machine whose clock comes from its host has a right one and says that
    it isn't synchronised.
    """
    if not sys.platform.startswith("linux"):
        return None, "this system doesn't say whether its clock is synchronised"
    room = ctypes.create_string_buffer(_ROOM)  # all zero: modes 0 only reads
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(room)
    except (AttributeError, OSError):
        return None, "this system has no adjtimex"
    if state < 0:
        return None, "the kernel doesn't say whether its clock is synchronised"
    status = int.from_bytes(room.raw[_STATUS_AT : _STATUS_AT + 4], sys.byteorder)
    if state == _TIME_ERROR or status & _UNSYNCHRONISED:
        return False, "the kernel says that nothing synchronises it"
    return True, "the kernel says that it is synchronised"


def _steady() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps where there is one."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
