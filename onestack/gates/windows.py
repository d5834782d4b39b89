"""When a stack may be changed: windows that allow it, windows that deny it, and what holds now. Pure.

A window begins at times on the wall of its zone and lasts as long as a stopwatch says. On the days when
clocks change a start that is left out begins when the clocks go forward; one that comes twice begins a
window that allows the first time only, and one that denies both times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from onestack.gates import cron
from onestack.gates.zoned import instants

AHEAD: Final = cron.RARELY
"""How far an opening is looked for."""
_STEPS: Final = 2000
_CHAIN: Final = 400
"""So many windows in a row are followed to say until when it stays open."""


@dataclass(frozen=True)
class Recurring:
    """A window that begins whenever ``start``, a cron expression, comes on clocks in ``zone``."""

    start: str
    duration: timedelta
    zone: ZoneInfo
    reason: str = ""

    def covering(self, now: datetime, *, twice: bool) -> datetime | None:
        """When the window that ``now`` is in ends; None outside of it."""
        began = cron.latest(self.start, self.zone, now, twice=twice)
        return began + self.duration if began and now < began + self.duration else None

    def following(self, now: datetime, *, twice: bool) -> datetime | None:
        """When it begins next, after ``now``."""
        return cron.following(self.start, self.zone, now, twice=twice)


@dataclass(frozen=True)
class Once:
    """A window between two times on the wall in ``zone``; ``end`` is not in it any more."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    reason: str = ""

    def covering(self, now: datetime, *, twice: bool) -> datetime | None:
        """As for `Recurring`."""
        end = self._end(twice=twice)
        return end if instants(self.start, self.zone)[0] <= now < end else None

    def following(self, now: datetime, *, twice: bool) -> datetime | None:
        """As for `Recurring`; it never comes twice."""
        start = instants(self.start, self.zone)[0]
        return start if now < start < self._end(twice=twice) else None

    def _end(self, *, twice: bool) -> datetime:
        return instants(self.end, self.zone, twice=twice)[-1]


Window = Recurring | Once


@dataclass(frozen=True)
class Windows:
    """Windows that allow a change, and those that deny it, which weigh more. With none it is always open."""

    allow: tuple[Window, ...] = ()
    deny: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Hours:
    """Whether it is open now. All times are in UTC.

    ``until``: open at least until then; None: always, as far as is looked. ``opens``: closed, and open
    again then; None: no opening was found. ``denied`` is the reason of the window that denies.
    """

    open: bool
    until: datetime | None = None
    opens: datetime | None = None
    denied: str | None = None


def decide(now: datetime, windows: Windows) -> Hours:
    """What holds at ``now``, an instant with a zone.

    An opening is looked for two years ahead and through 2,000 windows; it takes milliseconds.

    Raises: ValueError for a time without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("a time without a zone names no instant")
    now = now.astimezone(UTC)
    denying = max(
        ((end, window.reason) for window in windows.deny if (end := window.covering(now, twice=True))),
        default=None,
    )
    if denying:
        return Hours(False, opens=_opens(now, windows), denied=denying[1])
    if _allowed(now, windows) is None:
        return Hours(False, opens=_opens(now, windows))
    return Hours(True, until=_closes(now, windows))


def _covered(now: datetime, windows: Iterable[Window], *, twice: bool) -> datetime | None:
    """The latest end of the windows that ``now`` is in."""
    ends = (window.covering(now, twice=twice) for window in windows)
    return max(filter(None, ends), default=None)


def _next(now: datetime, windows: Iterable[Window], *, twice: bool) -> datetime | None:
    starts = (window.following(now, twice=twice) for window in windows)
    return min(filter(None, starts), default=None)


def _allowed(now: datetime, windows: Windows) -> datetime | None:
    """Until when it is allowed, whatever is denied."""
    return _covered(now, windows.allow, twice=False) if windows.allow else now + AHEAD


def _closes(now: datetime, windows: Windows) -> datetime | None:
    """Until when it stays open; at least, where many windows follow each other without a gap."""
    horizon, denied = now + AHEAD, _next(now, windows.deny, twice=True)
    at = now
    for _ in range(_CHAIN):
        end = _allowed(at, windows)
        if end is None:
            return at
        if denied and denied <= end:
            return denied
        if end >= horizon:
            return None
        at = end
    return at


def _opens(now: datetime, windows: Windows) -> datetime | None:
    at = now
    for _ in range(_STEPS):
        if denied := _covered(at, windows.deny, twice=True):
            at = denied
            continue
        if _allowed(at, windows):
            return at
        start = _next(at, windows.allow, twice=False)
        if start is None or start > now + AHEAD:
            return None
        at = start
    return None
