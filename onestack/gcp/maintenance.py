"""When Google may upgrade a cluster, as a window that returns every week. Pure."""

from __future__ import annotations

import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from onestack.frozen import Frozen
from onestack.gcp.faults import Fault, refuse

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A Monday long ago: what counts is the hour and how it returns.
_ANCHOR: Final = datetime.date(2024, 1, 1)
_SHORTEST: Final = 4
_AVAILABLE: Final = 48
_WEEKS: Final = 4
"""Whole weeks in any 32 days."""


class Maintenance(Frozen):
    """A window in UTC that begins at ``start`` on each of ``days`` and lasts ``hours``.

    Google wants windows of at least 4 hours, and at least 48 hours of them in any 32 days:
    https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
    """

    start: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "02:00"
    hours: Annotated[int, Field(ge=_SHORTEST, le=24)] = 8
    days: Annotated[tuple[Day, ...], Field(strict=False)] = ("saturday", "sunday")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        days = len(set(self.days))
        if (available := days * self.hours * _WEEKS) < _AVAILABLE:
            what = f"{days} windows of {self.hours} hours a week are {available} hours in {_WEEKS} weeks"
            needed = -(-_AVAILABLE // (_WEEKS * max(days, 1)))
            hint = f"take {needed} hours, or more days" if days else "name the days"
            refuse([Fault((), f"{what}; Google wants at least {_AVAILABLE}", hint)])
        return self

    @property
    def recurrence(self) -> str:
        """As RFC 5545 has it, in the order of the week."""
        chosen = [day[:2].upper() for day in _DAYS if day in self.days]
        return "FREQ=DAILY" if len(chosen) == len(_DAYS) else f"FREQ=WEEKLY;BYDAY={','.join(chosen)}"

    @property
    def first(self) -> tuple[str, str]:
        """The first window: when it starts and ends, as RFC 3339 in UTC."""
        after = min(_DAYS.index(day) for day in self.days)
        time = datetime.time.fromisoformat(self.start)
        start = datetime.datetime.combine(_ANCHOR + datetime.timedelta(days=after), time, tzinfo=datetime.UTC)
        end = start + datetime.timedelta(hours=self.hours)
        return f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}"
