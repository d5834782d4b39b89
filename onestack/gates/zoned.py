"""Which instants a time on the wall names: once, twice or never on the days when clocks change. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_SECOND: Final = timedelta(seconds=1)


def zone_fault(name: str) -> tuple[str, str] | None:
    """What is wrong with a zone's name and what to write instead; None where it names one."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as 'Europe'
        names = {zone.casefold(): zone for zone in available_timezones()}
        meant = get_close_matches(name.casefold(), names, n=1)
        other = "write a name of the IANA list, such as Europe/Berlin"
        hint = f"did you mean {names[meant[0]]}?" if meant else other
        return f"there is no time zone '{name}'", hint
    return None


@lru_cache(maxsize=4096)
def instants(wall: datetime, zone: ZoneInfo, *, twice: bool = False) -> tuple[datetime, ...]:
    """The instants in UTC at which clocks in ``zone`` show ``wall``, a time without a zone; in order.

    A time that is left out, when clocks go forward, counts as the instant at which they do. One that is
    shown twice, when they go back, counts the first time only, or with ``twice`` both times.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first > second:
        return (_forward(second, first, zone),)
    return (first, second) if twice and first < second else (first,)


def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    """How far clocks in ``zone`` are ahead of UTC."""
    return instant.astimezone(zone).utcoffset() or timedelta()


def _forward(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """When clocks go forward: they have not yet ``before``, and have ``after``."""
    changed = offset(after, zone)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        before, after = (before, middle) if offset(middle, zone) == changed else (middle, after)
    return after
