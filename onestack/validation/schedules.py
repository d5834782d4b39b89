"""Schedules of CronJobs, as ``robfig/cron`` parses them (``validateScheduleFormat``). Pure."""

from __future__ import annotations

import re
import zoneinfo
from typing import Final

_NAMED: Final = frozenset({"@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly"})
_EVERY: Final = re.compile(r"@every ([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+\Z")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)


def wrong_schedule(text: str) -> str:
    """What is wrong with a schedule, or nothing."""
    if "TZ=" in text:
        return "a time zone belongs in spec.timeZone"
    if text.startswith("@"):
        is_known = text in _NAMED or _EVERY.match(text) is not None
        return "" if is_known else f"'{text[:40]}' is no name of a schedule"
    parts = text.split()
    if len(parts) != len(_FIELDS):
        return f"it has {len(parts)} fields, not {len(_FIELDS)}"
    for part, (name, low, high, names) in zip(parts, _FIELDS, strict=True):
        for piece in part.split(","):
            if not _is_range(piece, low, high, names):
                return f"'{piece[:40]}' is no {name} ({low} to {high})"
    return ""


def _is_range(piece: str, low: int, high: int, names: tuple[str, ...]) -> bool:
    span, slash, step = piece.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return False
    if span in {"*", "?"}:
        return True
    start, dash, end = span.partition("-")
    first = _number(start, low, names)
    last = _number(end, low, names) if dash else first
    return first is not None and last is not None and low <= first <= last <= high


def _number(text: str, low: int, names: tuple[str, ...]) -> int | None:
    if text.isdecimal():
        return int(text)
    folded = text.casefold()
    return names.index(folded) + low if folded in names else None


def wrong_zone(name: str) -> str:
    """What a time zone is, if the name is none (``validateTimeZone``)."""
    if name.casefold() == "local":
        return "'Local' depends on the machine; write for example 'Europe/Berlin'"
    known = zoneinfo.available_timezones()
    # Without a database of time zones nothing is known, and nothing is refused.
    if not name or (known and name not in known and name != "UTC"):
        return "write a name of the IANA database, for example 'Europe/Berlin'"
    return ""
