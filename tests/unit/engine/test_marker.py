"""The in-flight marker tells whoever comes next that a run died."""

import json
from pathlib import Path

import psutil

from onestack.engine import marker


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
    file.write_text(json.dumps({"pid": psutil.Process().pid, "started": 1.0, "recovers": False}))
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
