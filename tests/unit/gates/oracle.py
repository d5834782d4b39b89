"""When windows are open, worked out minute by minute: slow, plain, and in no way like the code it watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
SEEN = 25 * 60


@dataclass(frozen=True)
class Cron:
    """A start in plain sets; ``weekdays`` as Python counts them, from Monday at 0."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    weekdays: frozenset[int] = frozenset(range(7))

    def fits(self, wall: datetime) -> bool:
        return wall.minute in self.minutes and wall.hour in self.hours and wall.weekday() in self.weekdays


@dataclass(frozen=True)
class Told:
    """A window as the oracle takes it."""

    cron: Cron
    minutes: int
    denies: bool = False


def minutes(first: datetime, last: datetime) -> list[datetime]:
    count = (last - first) // MINUTE
    return [first + number * MINUTE for number in range(count)]


def opened(first: datetime, last: datetime, zone: ZoneInfo, windows: Sequence[Told]) -> dict[datetime, bool]:
    """Whether it is open in each minute of UTC."""
    longest = max(window.minutes for window in windows)
    # Clocks that are set back show what they have shown hours ago.
    before = minutes(first - max(longest + 1, SEEN) * MINUTE, last)
    walls = [instant.astimezone(zone).replace(tzinfo=None) for instant in before]
    covered: dict[bool, set[datetime]] = {True: set(), False: set()}
    for window in windows:
        for start in _starts(before, walls, window):
            covered[window.denies] |= {start + number * MINUTE for number in range(window.minutes)}
    return {at: at in covered[False] and at not in covered[True] for at in minutes(first, last)}


def _starts(instants: Sequence[datetime], walls: Sequence[datetime], window: Told) -> Iterator[datetime]:
    """The instants at which a clock that is watched shows a start, or jumps over one."""
    shown: set[datetime] = set()
    for at in range(1, len(walls)):
        jump = minutes(walls[at - 1] + MINUTE, walls[at])
        fits = window.cron.fits(walls[at]) and (window.denies or walls[at] not in shown)
        if fits or any(window.cron.fits(wall) for wall in jump):
            yield instants[at]
        shown.add(walls[at])


def changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The minutes of a year at which clocks in the zone are changed."""
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=number) for number in range((last - first) // timedelta(hours=1))]
    ahead = [instant.astimezone(zone).utcoffset() for instant in hours]
    rough = [hours[at] for at in range(1, len(hours)) if ahead[at] != ahead[at - 1]]
    return [next(_exactly(zone, hour)) for hour in rough]


def _exactly(zone: ZoneInfo, hour: datetime) -> Iterator[datetime]:
    for minute in minutes(hour - timedelta(hours=1), hour + MINUTE):
        if minute.astimezone(zone).utcoffset() != (minute - MINUTE).astimezone(zone).utcoffset():
            yield minute
