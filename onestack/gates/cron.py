"""When a cron expression starts something in a time zone. Pure.

What is iterated are times on the wall; what clocks make of them on the days when they change is decided by
`onestack.gates.zoned`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from onestack.gates.zoned import instants, offset

RARELY: Final = timedelta(days=731)
"""What doesn't start for so long is taken for a mistake."""
_FIELDS: Final = 5
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
# Every year of a leap year's round: what starts within two years of each of them always does.
_LOOKED_AT: Final = range(2023, 2028)


def cron_fault(expression: str) -> tuple[str, str] | None:
    """What is wrong with a cron expression and what to write instead; None where it can be used."""
    usual = "write minute, hour, day, month and weekday, such as '0 22 * * 1-5'"
    if len(expression.split()) != _FIELDS:
        return f"'{expression}' is no cron expression of five fields", usual
    try:
        comes = all(_within_two_years(expression, year) for year in _LOOKED_AT)
    except CronSimError as error:
        return f"'{expression}' is no cron expression: {str(error).lower()}", usual
    return None if comes else (f"'{expression}' doesn't come within two years", "write a time that returns")


def _within_two_years(expression: str, year: int) -> bool:
    anchor = datetime(year, 1, 1)  # noqa: DTZ001 - a time on the wall
    return next(CronSim(expression, anchor), anchor + 2 * RARELY) - anchor <= RARELY


def latest(expression: str, zone: ZoneInfo, now: datetime, *, twice: bool) -> datetime | None:
    """The last start at or before ``now``."""
    found: datetime | None = None
    # Clocks that went back less than a day ago have shown later times than they show now.
    shown = _wall(now, max(offset(now, zone), offset(now - _DAY, zone)))
    for wall in _walls(expression, shown + _MINUTE, back=True):
        meant = instants(wall, zone, twice=twice)
        past = [found] if found else []
        found = max([*past, *(one for one in meant if one <= now)], default=None)
        if meant[-1] <= now:
            return found
    return found


def following(expression: str, zone: ZoneInfo, now: datetime, *, twice: bool) -> datetime | None:
    """The first start after ``now``."""
    found: datetime | None = None
    # Clocks that go back within a day will show earlier times than they show now.
    shown = _wall(now, min(offset(now, zone), offset(now + _DAY, zone)))
    for wall in _walls(expression, shown, back=False):
        meant = instants(wall, zone, twice=twice)
        ahead = [found] if found else []
        found = min([*ahead, *(one for one in meant if one > now)], default=None)
        if meant[0] > now:
            return found
    return found


def _wall(instant: datetime, ahead: timedelta) -> datetime:
    """The minute that a clock shows which is ``ahead`` of UTC, without a zone."""
    return (instant.astimezone(UTC) + ahead).replace(tzinfo=None, second=0, microsecond=0)


def _walls(expression: str, start: datetime, *, back: bool) -> Iterator[datetime]:
    """Times on the wall after ``start``, or before it, the nearest first."""
    return CronSim(expression, start, reverse=back)
