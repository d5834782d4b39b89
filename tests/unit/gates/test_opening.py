"""The window gate says what holds, until when, and what opens it; a clock that may be wrong opens none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from onestack.gates.clock import Clock
from onestack.gates.opening import decide
from onestack.gates.settings import GateSettings
from onestack.gates.verdict import Verdict


def clock(text: str, synchronised: bool | None = True, why: str = "") -> Clock:
    return Clock(datetime.fromisoformat(text).replace(tzinfo=UTC), synchronised, why)


def gates(**more: Any) -> GateSettings:
    allow = [{"start": "0 22 * * 1-4", "duration": "4h", "zone": "Europe/Berlin"}]
    deny = [{"from": "2026-12-19", "to": "2027-01-06", "zone": "Europe/Berlin", "reason": "holidays"}]
    return GateSettings.model_validate({"windows": {"allow": allow, "deny": deny}, **more})


def test_an_open_window_says_until_when() -> None:
    found = decide(clock("2026-11-30T22:00"), gates())
    assert found == Verdict(
        "window",
        True,
        "a window is open until Tue 2026-12-01 02:00 Europe/Berlin",
        datetime(2026, 12, 1, 1, tzinfo=UTC),
    )


def test_outside_of_windows_it_says_when_the_next_one_opens() -> None:
    found = decide(clock("2026-11-28T03:00"), gates())
    assert (found.open, found.until) == (False, datetime(2026, 11, 30, 21, tzinfo=UTC))
    assert found.reason == "it is outside of the stack's windows (Europe/Berlin)"
    assert found.opens_by.startswith("wait until Mon 2026-11-30 22:00 Europe/Berlin, or change")


def test_what_denies_says_its_reason() -> None:
    found = decide(clock("2026-12-21T22:00"), gates())
    assert found.reason == "changes are denied now: holidays"
    # A Thursday: the last day of the holidays is a Wednesday, on which the window opens at midnight.
    assert found.until == datetime(2027, 1, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize(("synchronised", "said"), [(False, "isn't right"), (None, "may be wrong")])
def test_a_clock_that_is_not_known_to_be_right_is_a_closed_window(
    synchronised: bool | None, said: str
) -> None:
    found = decide(clock("2026-11-30T22:00", synchronised, "nothing sets it"), gates())
    assert (found.open, found.until) == (False, None)
    assert found.reason == f"this machine's clock {said}, so no window is open: nothing sets it"
    assert "NTP" in found.opens_by
    assert "onestack:gates.clock to trust" in found.opens_by


def test_a_trusted_clock_is_taken_as_it_is() -> None:
    assert decide(clock("2026-11-30T22:00", None), gates(clock="trust")).open


def test_without_windows_any_clock_will_do() -> None:
    assert decide(clock("2026-11-30T22:00", False), GateSettings()) == Verdict(
        "window", True, "the stack may be changed at any time"
    )
    assert not decide(clock("2026-11-30T22:00", False), GateSettings(clock="require")).open


def test_windows_that_are_over_say_so() -> None:
    over = [{"from": "2020-01-01", "to": "2020-01-02"}]
    found = decide(clock("2026-11-30T22:00"), gates(windows={"allow": over}))
    assert (found.open, found.until) == (False, None)
    assert found.opens_by.startswith("no window opens within two years")
