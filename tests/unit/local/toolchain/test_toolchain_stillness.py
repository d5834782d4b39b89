"""What counts as doing nothing."""

from __future__ import annotations

import os

import pytest

from onestack.local.toolchain.stillness import Stillness, Work, work_of


class Machine:
    """A clock and a process that are what the test says."""

    def __init__(self) -> None:
        self.now, self.work = 0.0, (10.0, 10_000)
        self.watch = Stillness(5.0, lambda _: self.work, lambda: self.now)

    def at(self, now: float, cpu: float = 0.0, moved: int = 0) -> str:
        self.now, self.work = now, (self.work[0] + cpu, self.work[1] + moved)
        return self.watch.why_stop(1)


def test_a_command_that_does_nothing_is_given_up() -> None:
    machine = Machine()
    assert [machine.at(float(n)) for n in range(1, 7)] == [""] * 6
    assert machine.at(7.0) == "nothing arrived for 5 s"


@pytest.mark.parametrize(("cpu", "moved"), [(1.0, 0), (0.0, 100_000), (-3.0, 0)])
def test_work_of_any_kind_starts_the_wait_again(cpu: float, moved: int) -> None:
    machine = Machine()
    machine.at(1.0)
    assert machine.at(5.0, cpu, moved) == ""
    assert machine.at(10.0) == ""
    assert machine.at(11.0)


def test_turning_over_is_no_work_and_a_slow_drip_adds_up_to_it() -> None:
    idle, dripping = Machine(), Machine()
    assert [bool(idle.at(float(n), 0.001, 100)) for n in range(1, 9)] == [False] * 6 + [True] * 2
    assert not any(dripping.at(float(n), 0.0, 1500) for n in range(1, 40))


def test_this_process_has_done_something_and_one_that_is_gone_nothing() -> None:
    nothing: Work = (0.0, 0)
    assert work_of(os.getpid())[0] > 0
    assert work_of(2**22 + 1) == nothing
