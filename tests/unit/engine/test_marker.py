"""The in-flight marker tells whoever comes next that a run died."""

import json
import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from onestack import processes
from onestack.engine import marker
from tests.clocks import jump


def test_a_run_that_ended_leaves_nothing(tmp_path: Path) -> None:
    file = marker.path(tmp_path, "onestack", "local")
    begun = marker.begin(file)
    assert begun.alive()
    assert not begun.recovers
    assert not marker.died(file)
    marker.end(file)
    assert marker.read(file) is None
    assert not marker.died(file)


def test_after_a_run_that_died_the_next_one_recovers(tmp_path: Path) -> None:
    file = marker.path(tmp_path, "onestack", "local")
    # This process's number, but another birth: the number was given out again.
    reused = replace(marker.begin(file), identity=f"{processes.identity(os.getpid())}0")
    assert not reused.alive()
    marker._write(file, reused)
    assert marker.died(file)
    assert marker.begin(file).recovers
    assert marker.died(file)


def test_the_engine_that_was_started_is_known_afterwards(tmp_path: Path) -> None:
    file = marker.path(tmp_path, "onestack", "local")
    begun = marker.begin(file)
    assert begun.engine == 0
    marker.engine_started(file, begun, 4711)
    found = marker.read(file)
    assert found is not None
    assert (found.engine, found.alive(), found.recovers) == (4711, True, False)


def test_a_marker_cut_short_counts_as_a_run_that_died(tmp_path: Path) -> None:
    file = marker.path(tmp_path, "onestack", "local")
    file.write_text('{"pid": 1')
    assert marker.died(file)


def test_the_death_of_somebody_elses_run_is_noted_once(tmp_path: Path) -> None:
    file = marker.path(tmp_path / "state", "onestack", "local")
    marker.note_death(file)
    assert marker.died(file)
    begun = marker.begin(file)
    marker.note_death(file)
    assert marker.read(file) == begun


@pytest.mark.parametrize("seconds", [-86_400, 86_400])
def test_a_clock_that_is_set_makes_no_living_run_dead(
    seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = marker.path(tmp_path, "onestack", "local")
    marker.begin(file)
    jump(monkeypatch, seconds)
    assert not marker.died(file)


def test_the_marker_of_an_earlier_version_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dead is one whose number was given out again and, to be sure, one from before the clock was set."""
    file = marker.path(tmp_path, "onestack", "local")
    content = {"pid": os.getpid(), "started": psutil.Process().create_time(), "recovers": False, "engine": 0}
    file.write_text(json.dumps(content))
    assert not marker.died(file)
    file.write_text(json.dumps(content | {"started": 1.0}))
    assert marker.died(file)
    file.write_text(json.dumps(content))
    jump(monkeypatch, 60)
    assert marker.died(file)
