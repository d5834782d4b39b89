"""A clock is right where the kernel or a server says so, and wrong where it jumps while it is looked at."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest

from onestack.clock import Watch, kernel_says, look, server_time
from onestack.gates.clock import Clock, Look

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
KNOWN = (True, "the kernel says so")


def watch(*seconds: tuple[float, float], kernel: tuple[bool | None, str] = KNOWN) -> Watch:
    """Looks at so many seconds after noon: by the clock, and by one that nobody sets."""
    looks = iter([Look(NOON + timedelta(seconds=wall), 1000 + steady) for wall, steady in [(0, 0), *seconds]])
    return Watch(lambda: next(looks), lambda: kernel)


@pytest.mark.parametrize("kernel", [KNOWN, (False, "nothing sets it"), (None, "it doesn't say")])
def test_the_kernel_is_believed_where_nobody_else_is_asked(kernel: tuple[bool | None, str]) -> None:
    assert watch((1, 1), kernel=kernel).read() == Clock(NOON + timedelta(seconds=1), *kernel)


@pytest.mark.parametrize(("wall", "steady"), [(61, 1), (-60, 1), (5, 8), (3600, 0)])
def test_a_clock_that_jumps_is_not_right(wall: float, steady: float) -> None:
    found = watch((wall, steady)).read("Sat, 28 Nov 2026 12:00:00 GMT")
    assert found.synchronised is False
    assert "while this ran" in found.why


def test_a_clock_that_is_slewed_is_right() -> None:
    both = watch((3601.5, 3600), (7200, 7201.5))
    assert [both.read().synchronised, both.read().synchronised] == [True, True]


@pytest.mark.parametrize("kernel", [KNOWN, (False, "nothing sets it"), (None, "it doesn't say")])
def test_a_server_weighs_more_than_the_kernel(kernel: tuple[bool | None, str]) -> None:
    close = watch((4, 4), kernel=kernel).read("Sat, 28 Nov 2026 12:00:00 GMT")
    assert close.synchronised is True
    ahead = watch((60, 60), kernel=kernel).read("Sat, 28 Nov 2026 12:00:00 GMT")
    assert (ahead.synchronised, ahead.why) == (False, "it is 60 s ahead of a server's")
    behind = watch((0, 0), kernel=kernel).read("Sat, 28 Nov 2026 14:01:00 +0200")
    assert (behind.synchronised, behind.why) == (False, "it is 60 s behind a server's")


@pytest.mark.parametrize(
    "header", [None, "", "soon", "Sat, 28 Nov 2026 12:00:00", "Sat, 99 Nov 2026 12:00:00 GMT"]
)
def test_a_date_that_can_not_be_read_says_nothing(header: str | None) -> None:
    assert server_time(header) is None
    assert watch((0, 0)).read(header).why == KNOWN[1]


def test_this_machine_can_be_asked() -> None:
    synchronised, why = kernel_says()
    assert why
    assert synchronised in ({True, False, None} if sys.platform.startswith("linux") else {None})
    first, second = look(), look()
    assert first.wall.tzinfo is UTC
    assert second.steady >= first.steady


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has adjtimex")
@pytest.mark.parametrize(
    ("state", "status", "said"),
    [(0, 0x2001, True), (0, 0x0041, False), (5, 0, False), (-1, 0, None)],
)
def test_what_adjtimex_says(
    monkeypatch: pytest.MonkeyPatch, state: int, status: int, said: bool | None
) -> None:
    """``status`` lies where ``struct timex`` has it."""

    class Library:
        def adjtimex(self, room: bytearray) -> int:
            assert bytes(room) == bytes(len(room))  # asks and sets nothing
            at = 40 if sys.maxsize > 2**32 else 20
            room[at : at + 4] = status.to_bytes(4, sys.byteorder)
            return state

    monkeypatch.setattr("ctypes.CDLL", lambda *_args, **_more: Library())
    assert kernel_says()[0] is said
