"""Windows for upgrades as Google wants them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from onestack.gcp.maintenance import _DAYS, Maintenance


def test_a_window_begins_on_the_first_of_its_days() -> None:
    window = Maintenance.model_validate({"start": "22:30", "hours": 6, "days": ["sunday", "tuesday"]})
    assert window.first == ("2024-01-02T22:30:00Z", "2024-01-03T04:30:00Z")
    assert window.recurrence == "FREQ=WEEKLY;BYDAY=TU,SU"


def test_a_window_of_every_day_is_daily() -> None:
    assert Maintenance.model_validate({"hours": 4, "days": list(_DAYS)}).recurrence == "FREQ=DAILY"


@given(st.lists(st.sampled_from(_DAYS), min_size=1, max_size=7), st.integers(4, 24), st.integers(0, 40))
def test_what_is_taken_gives_48_hours_in_any_32_days(days: list[str], hours: int, offset: int) -> None:
    try:
        window = Maintenance.model_validate({"hours": hours, "days": days})
    except ValidationError:
        assert len(set(days)) * hours * 4 < 48
        return
    start = datetime.date(2024, 1, 1) + datetime.timedelta(days=offset)
    inside = [start + datetime.timedelta(days=day) for day in range(32)]
    assert sum(window.hours for day in inside if _DAYS[day.weekday()] in days) >= 48


@pytest.mark.parametrize("days", [[], ["saturday"], ["saturday", "saturday"]])
def test_too_little_is_told(days: list[str]) -> None:
    with pytest.raises(ValidationError, match="Google wants at least 48"):
        Maintenance.model_validate({"hours": 8, "days": days})
