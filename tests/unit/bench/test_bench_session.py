"""A session takes its turns in order, keeps what it finds, and outlives a phase that fails."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from onestack.local.toolchain import FoundTool, Toolchain
from tests.bench.__main__ import bench, default_runs
from tests.bench.names import CHANGE_UP, DESTROY, NO_OP, UP
from tests.bench.phases import Phase, Phases, Place, Subject
from tests.bench.results import Results, read
from tests.bench.session import Session, turns
from tests.bench.subjects import SUBJECTS
from tests.bench.watch import Command, named, watch
from tests.unit.bench.canned import results


def python(code: str, folder: Path) -> Command:
    return Command((sys.executable, "-c", code), folder, {})


def fake(*codes: str) -> Callable[[Place], Phases]:
    """A turn whose phases run Python code."""

    def turn(place: Place) -> Phases:
        for name, code in zip((UP, NO_OP, DESTROY), codes, strict=False):
            yield Phase(name, python(code, place.folder), says="done")

    return turn


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """One whose kubectl lists 20 objects, always, and whose control planes are made of nothing."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\nfor one in 1 2 3 4 5 6 7 8 9 10; do echo pod/$one; echo pod/$one; done\n")
    kubectl.chmod(0o755)
    toolchain = Toolchain((FoundTool("kubectl", "1", kubectl, "path"),))

    @contextmanager
    def planes(folder: Path) -> Iterator[Path]:
        yield folder / "kubeconfig"

    return Session(
        results(finished=False), tmp_path / "kept" / "x.json", toolchain, planes, lambda _text: None
    )


def taken(session: Session, *codes: str) -> Results:
    session.run(turns([Subject("onestack", fake(*codes))], {20: 1}))
    return read(session.file)


def test_what_phases_took_is_kept_and_nothing_else(session: Session) -> None:
    kept = taken(session, "print('done')", "print('done')")
    assert [(one.phase, one.size, one.run, one.failed) for one in kept.measurements] == [
        (UP, 20, 1, ""),
        (NO_OP, 20, 1, ""),
    ]
    assert kept.finished
    assert sum(kept.kinds["20"].values()) == 20
    assert [one.name for one in session.file.parent.iterdir()] == ["x.json"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; sys.exit('broken')", "exit code 1"),
        ("print('something else')", "does not say 'done'"),
    ],
)
def test_a_failed_phase_keeps_its_log_and_ends_its_turn(session: Session, code: str, why: str) -> None:
    (failed,) = taken(session, code, "print('done')").failures
    assert why in failed.failed
    assert len(session.results.measurements) == 1
    (log,) = session.file.parent.glob("*.log")
    assert str(log) in failed.failed
    assert log.read_text().strip() in {"broken", "something else"}


def test_objects_that_are_left_after_destroy_are_a_failure(session: Session) -> None:
    (failed,) = taken(session, *["print('done')"] * 3).failures
    assert (failed.phase, failed.left) == (DESTROY, 20)
    assert "20 objects are there, not 0" in failed.failed


def test_a_slow_phase_is_measured_in_the_first_run_of_a_large_size_only(session: Session) -> None:
    def turn(place: Place) -> Phases:
        yield Phase(NO_OP, python("", place.folder))
        yield Phase(CHANGE_UP, python("", place.folder), slow=500)

    session.run(turns([Subject("onestack", turn)], {500: 2, 501: 2}))
    found = [(one.size, one.run) for one in session.results.measurements if one.phase == CHANGE_UP]
    assert found == [(500, 1), (500, 2), (501, 1)]
    assert len(session.results.find("onestack", 501, NO_OP)) == 2


def test_subjects_alternate_who_begins_changes_and_none_goes_beyond_its_largest() -> None:
    planned = turns(list(SUBJECTS.values()), {100: 2, 2000: 1})
    assert [(one.subject.name, one.size, one.run) for one in planned] == [
        ("control plane", 0, 1),
        ("checking", 0, 1),
        ("control plane", 0, 2),
        ("checking", 0, 2),
        ("onestack", 100, 1),
        ("kubectl", 100, 1),
        ("kapp", 100, 1),
        ("plain pulumi", 100, 1),
        ("kubectl", 100, 2),
        ("kapp", 100, 2),
        ("plain pulumi", 100, 2),
        ("onestack", 100, 2),
        ("onestack", 2000, 1),
        ("kubectl", 2000, 1),
        ("kapp", 2000, 1),
    ]
    assert [default_runs(size) for size in (100, 500, 2000)] == [3, 2, 2]


def test_a_command_is_watched_with_its_children(tmp_path: Path) -> None:
    # The parent holds 40 MB, and so does a child of another name.
    other = tmp_path / "other"
    other.symlink_to(sys.executable)
    child = "held = bytearray(40_000_000); sum(range(30_000_000))"
    code = (
        f"import subprocess; held = bytearray(40_000_000); subprocess.run([{str(other)!r}, '-c', {child!r}])"
    )
    took = watch(python(code, tmp_path), tmp_path / "log", limit_seconds=60, remind=lambda _seconds: None)
    assert took.code == 0
    assert took.peak_bytes > 80_000_000
    assert took.processes["other"].peak_bytes < took.peak_bytes
    assert took.cpu_seconds >= took.processes["other"].cpu_seconds > 0


def test_a_command_past_its_limit_is_stopped_with_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, pathlib; "
        "child = subprocess.Popen(['sleep', '600']); "
        "pathlib.Path('pid').write_text(str(child.pid)); child.wait()"
    )
    took = watch(python(code, tmp_path), tmp_path / "log", limit_seconds=1, remind=lambda _seconds: None)
    assert took.code == -signal.SIGKILL
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int((tmp_path / "pid").read_text())).wait(timeout=60)


def test_processes_are_named_for_what_they_are() -> None:
    names = {
        "/v/bin/python -m onestack deploy x": "onestack",
        "python3 -m onestack.local.kubernetes 127.0.0.1:1": "provider (offline)",
        "/p/pulumi-resource-kubernetes 127.0.0.1:1": "provider",
        "/t/pulumi up": "engine",
        "/t/pulumi-language-python --root=x": "language host",
        "/v/bin/python3 -u /t/pulumi-language-python-exec --monitor x": "program (python)",
        "/t/kubectl diff": "kubectl",
        "": "",
    }
    assert {line: named(line.split()) for line in names} == names


def test_a_mistake_ends_with_exit_code_2() -> None:
    for mistake in (
        ("--sizes", "ten"),
        ("--sizes", "5"),
        ("--runs", "0"),
        ("--only", "flux"),
        ("--only", ""),
    ):
        assert CliRunner().invoke(bench, mistake).exit_code == 2, mistake


def test_kept_results_are_shown_again(tmp_path: Path) -> None:
    results().save(tmp_path / "x.json")
    given = ["--from", str(tmp_path / "x.json"), "--docs", str(tmp_path)]
    assert CliRunner().invoke(bench, given, standalone_mode=False).return_value == 0
    assert (tmp_path / "benchmarks.md").exists()
