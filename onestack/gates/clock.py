"""What is known of the time, as a value: a clock that isn't right opens no window. Pure.

Who reads the machine's clock: `onestack.clock`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

AGREES: Final = timedelta(seconds=5)
"""A server's Date has whole seconds and was under way for a while."""
JUMP: Final = timedelta(seconds=2)
"""A clock that moves so much more, or less, than a stopwatch has been set."""


@dataclass(frozen=True)
class Look:
    """One look at the clocks: the time, in UTC, and the seconds of a clock that nobody sets."""

    wall: datetime
    steady: float


@dataclass(frozen=True)
class Clock:
    """The time, in UTC, and whether it is known to be right; None: nobody can say. ``why`` is a sentence."""

    now: datetime
    synchronised: bool | None
    why: str = ""


def jumped(first: Look, second: Look) -> timedelta:
    """How far the clock was set between two looks, forwards or, negative, backwards."""
    return second.wall - first.wall - timedelta(seconds=second.steady - first.steady)


def judged(
    now: datetime,
    *,
    kernel: bool | None,
    said: str = "",
    server: datetime | None = None,
    moved: timedelta = timedelta(),
) -> Clock:
    """What to think of the time ``now``.

    ``kernel``: whether the system holds its clock to be synchronised, and in ``said`` why it thinks so;
    ``server``: the Date of an answer that was had now; ``moved``: as `jumped` says. A server weighs more
    than the system: containers and small virtual machines often have a clock that is right and don't know it.
    """
    if abs(moved) > JUMP:
        return Clock(now, False, f"it was set by {moved.total_seconds():+.0f} s while this ran")
    if server is not None:
        off = (now - server).total_seconds()
        if abs(off) > AGREES.total_seconds():
            return Clock(
                now, False, f"it is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} a server's"
            )
        return Clock(now, True, "a server that was asked has the same time")
    return Clock(now, kernel, said)
