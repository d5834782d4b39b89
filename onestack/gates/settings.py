"""What a stack says of its gates, as frozen values. Pure.

A gate stands where the settings put it: a stack that says nothing of windows, approvals, limits or policy
is not stopped by them. What can never open is a finding at the setting that has to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from onestack.frozen import Frozen
from onestack.gates import windows
from onestack.gates.cron import RARELY, cron_fault
from onestack.gates.zoned import zone_fault
from onestack.gcp.faults import Fault, refuse
from onestack.validation.weight import Weight

LONGEST: Final = timedelta(days=31)
_DURATION: Final = re.compile(r"(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?")
_LOGIN: Final = re.compile(r"@?(?P<name>[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9][\w.-]*)?)")
# An instant that every settings file is tried with, so that what is wrong today was wrong yesterday.
_TRIED: Final = datetime(2025, 1, 1, tzinfo=UTC)


def _zone(name: str) -> str:
    if found := zone_fault(name):
        refuse([Fault((), *found)])
    return name


def _cron(expression: str) -> str:
    if found := cron_fault(expression):
        refuse([Fault((), *found)])
    return expression


def _duration(given: Any) -> Any:
    """``4h``, ``90m``, ``1d12h``; a plain number counts hours."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = f"{given}h"
    parts = _DURATION.fullmatch(given) if isinstance(given, str) and given else None
    if parts is None:
        refuse([Fault((), f"'{given}' is no duration", "write 4h, 90m, 1d12h, or a number of hours")])
        return given
    lasts = timedelta(**{name: int(number) for name, number in parts.groupdict("0").items()})
    if not timedelta() < lasts <= LONGEST:
        what = f"a window lasts between a minute and {LONGEST.days} days, not '{given}'"
        refuse([Fault((), what, "write for example 4h")])
    return lasts


def _wall(given: Any) -> Any:
    """``2026-12-19``, or ``2026-12-19 18:00`` on clocks of the window's zone."""
    try:
        return date.fromisoformat(given) if len(given) == len("2026-12-19") else _moment(given)
    except (TypeError, ValueError):
        hint = "write a day, such as '2026-12-19', or a time, such as '2026-12-19 18:00'"
        refuse([Fault((), f"'{given}' is neither a day nor a time of one", hint)])


def _moment(given: str) -> datetime:
    found = datetime.fromisoformat(given)
    if found.tzinfo is not None:
        raise ValueError(given)
    return found


def _login(name: str) -> str:
    found = _LOGIN.fullmatch(name)
    if found is None:
        hint = "write a login, such as alice, or a team, such as acme/platform"
        refuse([Fault((), f"'{name}' is neither a login nor a team", hint)])
        return name
    return found["name"].casefold()


Zone = Annotated[str, AfterValidator(_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Wall = Annotated[datetime | date, BeforeValidator(_wall)]
Login = Annotated[str, AfterValidator(_login)]


class Window(Frozen):
    """A window that returns (``start`` as in cron, and ``duration``) or is there once (``from``, ``to``).

    Times are on the wall in ``zone``, an IANA name. ``to`` may be a day, which is then in it as a whole.
    """

    start: Cron | None = None
    duration: Duration | None = None
    begin: Annotated[Wall | None, Field(alias="from")] = None
    end: Annotated[Wall | None, Field(alias="to")] = None
    zone: Zone = "UTC"
    reason: str = ""

    @model_validator(mode="after")
    def _of_one_form(self) -> Self:
        returns, once = (self.start, self.duration), (self.begin, self.end)
        if None not in returns and once == (None, None):
            return self
        if None in once or returns != (None, None):
            what = "a window has either start and duration, or from and to"
            refuse([Fault((), what, "write {start: '0 22 * * 1-5', duration: 4h, zone: Europe/Berlin}")])
        start, end = self._walls()
        if not timedelta() < end - start <= RARELY:
            refuse([Fault(("to",), "a window ends after it began, within two years", "write a later day")])
        return self

    def value(self) -> windows.Window:
        """The same, as decisions take it."""
        zone = ZoneInfo(self.zone)
        if self.start is not None and self.duration is not None:
            return windows.Recurring(self.start, self.duration, zone, self.reason)
        return windows.Once(*self._walls(), zone, self.reason)

    def _walls(self) -> tuple[datetime, datetime]:
        whole = self.end is not None and not isinstance(self.end, datetime)
        return _midnight(self.begin), _midnight(self.end) + timedelta(days=1 if whole else 0)


def _midnight(wall: datetime | date | None) -> datetime:
    if isinstance(wall, datetime):
        return wall
    return datetime.combine(wall or date.min, time())


class WindowSettings(Frozen):
    """When the stack may be changed; without ``allow`` whenever nothing denies it."""

    allow: Annotated[tuple[Window, ...], Field(strict=False)] = ()
    deny: Annotated[tuple[Window, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _opens(self) -> Self:
        refuse([*self._reasonless()])
        returning = [tuple(one.value() for one in many if one.start) for many in (self.allow, self.deny)]
        once = any(one.start is None for one in self.allow)
        tried = windows.decide(_TRIED, windows.Windows(*returning))
        if not once and not tried.open and tried.opens is None:
            what = "what denies leaves nothing of what allows within two years: it would never open"
            refuse([Fault(("deny",), what, "take a window away, or make it shorter")])
        return self

    def value(self) -> windows.Windows:
        """The same, as decisions take it."""
        return windows.Windows(*(tuple(one.value() for one in many) for many in (self.allow, self.deny)))

    def _reasonless(self) -> Iterator[Fault]:
        for at, one in enumerate(self.deny):
            if not one.reason:
                yield Fault(("deny", at), "a window that denies says why", "write reason: TEXT")


class ApprovalSettings(Frozen):
    """How many must approve which plans, and who they are.

    ``approvers`` are logins and teams; ``codeowners``: the owners of what is touched, too, by the file at
    that path or where GitHub looks for it. ``by_author``: who wrote the change may approve it.
    """

    required: Annotated[int, Field(ge=1, le=20)] = 1
    approvers: Annotated[tuple[Login, ...], Field(strict=False)] = ()
    codeowners: bool | str = False
    when: Literal["grave", "always"] = "grave"
    valid_hours: Annotated[int, Field(ge=1, le=8784)] | None = None
    by_author: bool = False

    @model_validator(mode="after")
    def _somebody_may(self) -> Self:
        people = {name for name in self.approvers if "/" not in name}
        unbounded = bool(self.codeowners) or len(people) < len(set(self.approvers))
        if not unbounded and len(people) < self.required:
            what = f"{self.required} must approve, and {len(people)} may"
            refuse([Fault(("required",), what, "name more approvers, a team, or take codeowners: true")])
        return self


class LimitSettings(Frozen):
    """How much one deployment may change. Creations touch nothing that is there and don't count.

    ``changes`` counts updates, replacements and deletions; ``share`` is their percentage of all resources
    that are there.
    """

    changes: Annotated[int, Field(ge=1)] | None = None
    deletes: Annotated[int, Field(ge=0)] | None = None
    replaces: Annotated[int, Field(ge=0)] | None = None
    share: Annotated[int, Field(ge=1, le=100)] | None = None


class PolicySettings(Frozen):
    """Where the repository's own rules are, and how rules weigh, by name, where that isn't their own say."""

    path: str = "policy"
    rules: dict[str, Weight] = Field(default_factory=dict)


class GateSettings(Frozen):
    """What a deployment of the stack has to pass.

    ``clock``: whether windows need a clock that is known to be right (``require``) or take the machine's
    word (``trust``); without it they need one.
    """

    windows: WindowSettings | None = None
    approvals: ApprovalSettings | None = None
    limits: LimitSettings | None = None
    policy: PolicySettings | None = None
    clock: Literal["trust", "require"] | None = None

    @property
    def clock_required(self) -> bool:
        """Whether an unsynchronised clock closes the windows."""
        return self.clock == "require" or (self.clock is None and self.windows is not None)
