"""The window gate: whether now is a time for changes, by a clock that can be trusted. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from onestack.gates import windows
from onestack.gates.clock import Clock
from onestack.gates.settings import GateSettings, WindowSettings
from onestack.gates.verdict import Verdict

_UNSURE = (
    "have the machine's clock set by NTP; where it is right and can't say so, set "
    "onestack:gates.clock to trust"
)


def decide(clock: Clock, settings: GateSettings) -> Verdict:
    """Whether a window is open at the clock's time. One that isn't known to be right opens none."""
    if settings.clock_required and not clock.synchronised:
        known = "isn't right" if clock.synchronised is False else "may be wrong"
        reason = f"this machine's clock {known}, so no window is open: {clock.why or 'nobody vouches for it'}"
        return Verdict("window", False, reason, opens_by=_UNSURE)
    if settings.windows is None:
        return Verdict("window", True, "the stack may be changed at any time")
    hours = windows.decide(clock.now, settings.windows.value())
    zone = _zone(settings.windows)
    if hours.open:
        end = f" until {_shown(hours.until, zone)}" if hours.until else ""
        return Verdict("window", True, f"a window is open{end}", hours.until)
    return Verdict("window", False, _why(hours, zone), hours.opens, _opens_by(hours, zone))


def _why(hours: windows.Hours, zone: str) -> str:
    if hours.denied is not None:
        return f"changes are denied now: {hours.denied}"
    return f"it is outside of the stack's windows ({zone})"


def _opens_by(hours: windows.Hours, zone: str) -> str:
    if hours.opens is None:
        return "no window opens within two years: change onestack:gates.windows in a pull request"
    return f"wait until {_shown(hours.opens, zone)}, or change onestack:gates.windows in a pull request"


def _zone(settings: WindowSettings) -> str:
    """The zone to tell times in: that of the first window."""
    return next((one.zone for one in (*settings.allow, *settings.deny)), "UTC")


def _shown(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M} {zone}"
