"""Windows are open when they say so: in every zone, in every minute of the days on which clocks change."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestack.gates.windows import AHEAD, Hours, Once, Recurring, Window, Windows, decide
from tests.unit.gates.oracle import MINUTE, Cron, Told, changes, minutes, opened

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))

# Zones whose clocks change, with how often in that year; the rest tells days without a change.
ZONES = {
    "Europe/Berlin": (2026, 2),
    "America/New_York": (2026, 2),
    "America/St_Johns": (2026, 2),  # half an hour off, and its clocks once changed at 00:01
    "Australia/Lord_Howe": (2026, 2),  # half an hour only
    "Pacific/Chatham": (2026, 2),  # three quarters of an hour off, at 02:45
    "Africa/Casablanca": (2026, 2),  # back in spring, forward in summer
    "Antarctica/Troll": (2026, 2),  # two hours
    "Asia/Kolkata": (2026, 0),
    "Asia/Kathmandu": (2026, 0),
    "America/Sao_Paulo": (2026, 0),  # not any more
    "America/Sao_Paulo ": (2018, 2),  # at midnight
    "Pacific/Kiritimati": (2026, 0),
    "Pacific/Apia": (2011, 3),  # lost a whole day
}

AT_TWO = Cron("15,30 2 * * *", frozenset({15, 30}), frozenset({2}))
HOURLY = Cron("45 * * * *", frozenset({45}), frozenset(range(24)))
MIDNIGHT = Cron("0 0 * * 1,3,6,0", frozenset({0}), frozenset({0}), frozenset({0, 2, 5, 6}))
DENIED = Cron("20 1-2 * * *", frozenset({20}), frozenset({1, 2}))
TOLD = (Told(AT_TWO, 47), Told(HOURLY, 10), Told(MIDNIGHT, 40), Told(DENIED, 7, denies=True))


def values(told: tuple[Told, ...], zone: ZoneInfo) -> Windows:
    """The oracle's windows as the code takes them."""
    made: dict[bool, tuple[Window, ...]] = {
        denies: tuple(
            Recurring(one.cron.text, one.minutes * MINUTE, zone) for one in told if one.denies is denies
        )
        for denies in (False, True)
    }
    return Windows(made[False], made[True])


@pytest.mark.parametrize("name", ZONES)
def test_every_minute_of_the_days_on_which_clocks_change(name: str) -> None:
    zone, (year, times) = ZoneInfo(name.strip()), ZONES[name]
    days = changes(zone, year)
    assert len(days) == times
    wrong = []
    for day in days or [datetime(year, 3, 29, tzinfo=UTC)]:
        first, last = day - DAY / 2, day + DAY / 2
        expected = opened(first, last, zone, TOLD)
        windows = values(TOLD, zone)
        wrong += [at for at in minutes(first, last) if decide(at, windows).open is not expected[at]]
        assert {True, False} == set(expected.values())
    assert wrong == []


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"]
)
def test_until_when_is_the_next_change_that_the_oracle_sees(name: str) -> None:
    zone = ZoneInfo(name)
    for day in changes(zone, ZONES[name][0]):
        first, last = day - DAY / 4, day + DAY / 4
        expected = opened(first, last, zone, TOLD)
        windows = values(TOLD, zone)
        ahead: datetime | None = None
        for at in reversed(minutes(first, last)):
            later = at + MINUTE
            if later in expected and expected[later] is not expected[at]:
                ahead = later
            if ahead is not None:
                found = decide(at + timedelta(seconds=31), windows)
                assert (found.until if found.open else found.opens) == ahead, at


ANY_CRON = st.builds(
    lambda minute, hour, days: Cron(
        f"{minute} {hour} * * {','.join(str((day + 1) % 7) for day in sorted(days))}",
        frozenset({minute}),
        frozenset({hour}),
        days,
    ),
    st.integers(0, 59),
    st.integers(0, 4),
    st.frozensets(st.integers(0, 6), min_size=1),
)
ANY_WINDOW = st.builds(Told, ANY_CRON, st.integers(1, 8 * 60), st.booleans())


ALWAYS = Told(Cron("0 * * * *", frozenset({0}), frozenset(range(24))), 24 * 60 + 120)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([name for name, (_year, times) in ZONES.items() if times]),
    st.lists(ANY_WINDOW, min_size=1, max_size=3),
    st.integers(0, 2),
    st.integers(-300, 300),
)
def test_any_windows_near_a_change_of_clocks(name: str, some: list[Told], which: int, off: int) -> None:
    zone, told = ZoneInfo(name.strip()), tuple(some)
    days = changes_of(name)
    at = days[which % len(days)] + off * MINUTE
    found = decide(at, values(told, zone))
    # Without a window that allows anything is allowed.
    seen = (*told, ALWAYS) if all(one.denies for one in told) else told
    ends = found.until if found.open else found.opens
    last = min(ends or at, at + DAY / 4)
    expected = opened(at, last + MINUTE, zone, seen)
    if ends == last:
        assert expected.pop(ends) is not found.open
    assert set(expected.values()) == {found.open}


_CHANGES: dict[str, list[datetime]] = {}


def changes_of(name: str) -> list[datetime]:
    if name not in _CHANGES:
        _CHANGES[name] = changes(ZoneInfo(name.strip()), ZONES[name][0])
    return _CHANGES[name]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nightly(duration: timedelta = timedelta(hours=4), zone: ZoneInfo = BERLIN) -> Recurring:
    return Recurring("0 22 * * 1-5", duration, zone)


def test_a_window_opens_closes_and_says_when() -> None:
    windows = Windows((nightly(),))
    assert decide(utc("2026-11-27T20:59:59"), windows) == Hours(False, opens=utc("2026-11-27T21:00"))
    assert decide(utc("2026-11-27T21:00"), windows) == Hours(True, until=utc("2026-11-28T01:00"))
    assert decide(utc("2026-11-28T00:59:59"), windows) == Hours(True, until=utc("2026-11-28T01:00"))
    assert decide(utc("2026-11-28T01:00"), windows) == Hours(False, opens=utc("2026-11-30T21:00"))


def test_a_duration_is_what_a_stopwatch_says() -> None:
    """On the night in which clocks go forward, four hours end at 03:00 on the clock, not at 02:00."""
    saturday = Windows((Recurring("0 22 * * 6", timedelta(hours=5), BERLIN),))
    assert decide(utc("2026-03-28T21:00"), saturday).until == utc("2026-03-29T02:00")
    assert decide(utc("2026-10-24T20:00"), saturday).until == utc("2026-10-25T01:00")


def test_a_start_that_is_left_out_is_when_clocks_go_forward() -> None:
    windows = Windows((Recurring("30 2 * * 0", timedelta(hours=1), BERLIN),))
    jump = utc("2026-03-29T01:00")
    assert decide(jump - timedelta(seconds=1), windows).opens == jump
    assert decide(jump, windows).until == jump + timedelta(hours=1)


def test_a_start_that_comes_twice_opens_once_and_denies_twice() -> None:
    half = Recurring("30 2 * * 0", timedelta(minutes=15), BERLIN)
    first, second = utc("2026-10-25T00:30"), utc("2026-10-25T01:30")
    assert decide(first, Windows((half,))).open
    assert not decide(second, Windows((half,))).open
    assert not decide(first, Windows(deny=(half,))).open
    assert not decide(second, Windows(deny=(half,))).open
    assert decide(second - MINUTE, Windows(deny=(half,))) == Hours(True, until=second)
    assert decide(first + 20 * MINUTE, Windows(deny=(half,))) == Hours(True, until=second)


def test_starts_that_come_twice_are_told_apart() -> None:
    """Clocks show 02:10 and 02:40 at 00:10, 00:40, 01:10 and 01:40 UTC."""
    denies = Windows(deny=(Recurring("10,40 2 * * 0", 15 * MINUTE, BERLIN, "x"),))
    starts = [utc(f"2026-10-25T{time}") for time in ("00:10", "00:40", "01:10", "01:40")]
    for start, later in itertools.pairwise(starts):
        assert decide(start + MINUTE, denies) == Hours(False, opens=start + 15 * MINUTE, denied="x")
        assert decide(start + 15 * MINUTE, denies) == Hours(True, until=later)


def test_an_end_that_comes_twice_is_the_one_that_is_closed() -> None:
    once = Once(datetime(2026, 10, 24), datetime(2026, 10, 25, 2, 30), BERLIN)  # noqa: DTZ001
    noon = utc("2026-10-24T12:00")
    assert decide(noon, Windows((once,))).until == utc("2026-10-25T00:30")
    assert decide(noon, Windows(deny=(once,))).opens == utc("2026-10-25T01:30")


def test_without_windows_it_is_always_open() -> None:
    assert decide(utc("2026-11-28T03:00"), Windows()) == Hours(True)


def test_what_denies_weighs_more() -> None:
    freeze = Once(datetime(2026, 12, 19), datetime(2027, 1, 7), BERLIN, "holidays")  # noqa: DTZ001
    windows = Windows((nightly(),), (freeze,))
    assert decide(utc("2026-12-18T22:00"), windows) == Hours(True, until=utc("2026-12-18T23:00"))
    found = decide(utc("2026-12-18T23:00"), windows)
    assert found == Hours(False, opens=utc("2027-01-06T23:00"), denied="holidays")
    assert decide(utc("2026-12-18T22:00"), Windows(deny=(freeze,))).until == utc("2026-12-18T23:00")
    assert decide(utc("2027-01-06T22:59"), Windows(deny=(freeze,))).opens == utc("2027-01-06T23:00")


def test_windows_that_touch_are_one() -> None:
    windows = Windows((nightly(timedelta(hours=2)), Recurring("0 0 * * *", timedelta(hours=2), BERLIN)))
    assert decide(utc("2026-11-27T21:30"), windows).until == utc("2026-11-28T01:00")


def test_what_never_ends_stays_open_at_least_for_many_windows() -> None:
    found = decide(utc("2026-11-28T03:00"), Windows((Recurring("0 * * * *", timedelta(hours=1), UTC_ZONE),)))
    assert found.open
    assert found.until is not None
    assert found.until >= utc("2026-12-14T00:00")


def test_what_opens_never_says_so_after_bounded_work() -> None:
    minutely = Recurring("* * * * *", MINUTE, UTC_ZONE, "always")
    found = decide(utc("2026-11-28T03:00"), Windows((nightly(),), (minutely,)))
    assert found == Hours(False, denied="always")
    past = Windows((Once(datetime(2020, 1, 1), datetime(2020, 1, 2), BERLIN),))  # noqa: DTZ001
    assert decide(utc("2026-11-28T03:00"), past) == Hours(False)
    far = datetime(2026, 11, 28) + 2 * AHEAD  # noqa: DTZ001
    later = Windows((Once(far, far + DAY, BERLIN),))
    assert decide(utc("2026-11-28T03:00"), later) == Hours(False)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no instant"):
        decide(datetime(2026, 11, 28), Windows())  # noqa: DTZ001


def test_now_may_be_in_any_zone() -> None:
    now = utc("2026-11-27T21:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert decide(now, Windows((nightly(),))).open
