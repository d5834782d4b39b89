"""A holder is taken for dead only where that is proven, whatever the clock says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import platformdirs
import psutil
import pytest

from onestack import processes
from onestack.lease import owner
from onestack.lease.owner import Owner, alive_here, mine, proven_dead
from tests.clocks import jump


@pytest.fixture
def other() -> Iterator[tuple[Owner, subprocess.Popen[bytes]]]:
    """A process of this machine, as an owner, that ends when its stdin does."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = processes.began(process.pid)
    assert started is not None
    yield replace(mine("ada"), pid=process.pid, started=started), process
    process.kill()
    process.communicate()


def test_this_process_lives() -> None:
    assert not proven_dead(mine("ada"))
    assert alive_here(mine("ada"))


def test_one_that_ended_is_dead_reaped_or_not(other: tuple[Owner, subprocess.Popen[bytes]]) -> None:
    held, process = other
    assert alive_here(held)
    process.kill()
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        os.sched_yield()
    assert proven_dead(held)
    process.wait()
    assert proven_dead(held)
    assert not alive_here(held)


def test_another_process_that_has_its_number_now_is_not_it() -> None:
    assert proven_dead(replace(mine("ada"), started="12"))


def test_a_clock_that_is_set_makes_nobody_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    held = mine("ada")
    jump(monkeypatch, 86_400)
    assert alive_here(held)
    assert not proven_dead(held)


def test_a_machine_that_was_started_anew_runs_none_of_before() -> None:
    assert proven_dead(replace(mine("ada"), boot="an earlier start"))


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "elsewhere"},
        {"machine": "a twin that is called the same"},
        {"host": "elsewhere", "boot": "another"},
        {"space": "pid:[1]"},
    ],
)
def test_what_may_run_elsewhere_is_neither_dead_nor_alive_here(changes: dict[str, str]) -> None:
    held = replace(mine("ada"), pid=2**22 + 1, **changes)
    assert not proven_dead(held)
    assert not alive_here(held)


def test_what_can_not_be_looked_at_is_taken_to_live(monkeypatch: pytest.MonkeyPatch) -> None:
    held = replace(mine("ada"), started="12")
    monkeypatch.setattr(processes, "began", lambda _pid: None)
    assert not proven_dead(held)


def test_a_machine_knows_itself_again_and_from_its_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homed(name: str) -> str:
        monkeypatch.setattr(platformdirs, "user_state_path", lambda _name: tmp_path / name)
        return owner._machine()

    assert homed("a") == homed("a")
    assert homed("a") != homed("b")
