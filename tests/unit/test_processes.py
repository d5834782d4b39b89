"""A process is known again by what no clock changes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from onestack import processes
from tests.clocks import jump

Child = subprocess.Popen[bytes]


@pytest.fixture
def child() -> Iterator[Child]:
    """A process that waits to be ended."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def known(pid: int) -> str:
    found = processes.identity(pid)
    assert found is not None
    return found


@pytest.mark.parametrize("seconds", [-86_400, 1, 86_400])
@pytest.mark.parametrize("proc", [processes._PROC, Path("/nowhere")])
def test_a_clock_that_is_set_changes_nobody(
    child: Child, proc: Path, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PROC", proc)  # Nowhere, as on macOS.
    living, mine = known(child.pid), known(os.getpid())
    jump(monkeypatch, seconds)
    assert processes.runs(child.pid, living)
    assert not processes.gone(child.pid, living)
    assert processes.runs(os.getpid(), mine)
    child.kill()
    child.wait()
    assert not processes.runs(child.pid, living)
    assert processes.gone(child.pid, living)
    assert processes.identity(child.pid) is None


def test_one_that_ended_has_its_number_until_its_parent_takes_note(child: Child) -> None:
    living = known(child.pid)
    child.kill()
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        os.sched_yield()
    assert processes.same(child.pid, living)
    assert not processes.runs(child.pid, living)
    assert processes.gone(child.pid, living)


@pytest.mark.parametrize("seconds", [0, -86_400, 86_400])
def test_another_one_of_the_same_number_is_told_apart(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that began at the same time by a clock that was set in between."""
    boot, space, began = known(os.getpid()).split("/")
    earlier = processes.joined(boot, space, f"{began}0")
    jump(monkeypatch, seconds)
    assert not processes.same(os.getpid(), earlier)
    assert not processes.runs(os.getpid(), earlier)
    assert processes.gone(os.getpid(), earlier)


def test_what_ran_before_the_machine_was_started_anew_is_gone() -> None:
    boot, space, began = known(os.getpid()).split("/")
    assert processes.gone(os.getpid(), processes.joined(f"not-{boot}", space, began))
    assert not processes.runs(os.getpid(), processes.joined(f"not-{boot}", space, began))


def test_in_another_namespace_a_number_is_another_process() -> None:
    boot, _, began = known(os.getpid()).split("/")
    elsewhere = processes.joined(boot, "pid:[1]", began)
    assert not processes.runs(os.getpid(), elsewhere)
    assert not processes.gone(os.getpid(), elsewhere)


@pytest.mark.parametrize("part", ["boot", "began"])
def test_what_can_not_be_seen_is_not_proven_gone(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = known(os.getpid())
    monkeypatch.setattr(processes, part, {"boot": lambda: "", "began": lambda _pid: None}[part])
    assert not processes.gone(os.getpid(), mine)
    assert not processes.runs(os.getpid(), mine)


def test_what_an_earlier_version_noted_is_compared_with_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    began = psutil.Process().create_time()
    assert processes.ran_since(os.getpid(), began)
    assert not processes.ran_since(os.getpid(), began - 60)
    jump(monkeypatch, 60)
    assert time.time() > began
    assert not processes.ran_since(os.getpid(), began)
