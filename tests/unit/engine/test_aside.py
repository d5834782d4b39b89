"""Runs on an excerpt: when there may be one, what comes home of it, and what is left behind."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onestack import engine
from onestack.engine import Event, Excerpt, Outcome, Step, Workspace, lock, marker, private, run, state
from onestack.engine.aside import aside, put_together
from onestack.engine.process import How
from onestack.errors import EngineKilled, PartNotEnough, StackLocked
from tests.unit.engine.died import dead_pid

HELD = {
    "manifest": {"time": "1"},
    "resources": [{"urn": "a"}, {"urn": "b"}, {"urn": "c", "dependencies": ["a"]}],
}
PROVIDER = "pulumi:providers:kubernetes"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A stack whose state lies beside the clone."""
    made = Workspace(tmp_path, "onestack", "test", (), tmp_path / "kubeconfig", tmp_path / "home")
    state.write(made, HELD, {"version": 3})
    return made


def excerpt(workspace: Workspace) -> Excerpt:
    """The state without what stands on nothing and is needed by nobody."""
    return Excerpt(state.read(workspace), frozenset({"a", "c"}))


class Engine:
    """Stands in for the engine: writes what it is told to, and keeps on which state it ran."""

    def __init__(self, patch: pytest.MonkeyPatch, *steps: Step) -> None:
        self.ran: list[Workspace] = []
        self.locked: list[bool] = []
        self.steps = steps
        self.writes: Mapping[str, Any] | None = None
        self.raises: Exception | None = None
        patch.setattr(run, "_run", self)

    def __call__(self, workspace: Workspace, _how: How, _on_event: Any) -> Outcome:
        self.ran.append(workspace)
        home = Workspace(workspace.root, "onestack", "test", (), Path(), Path())
        self.locked.append(bool(lock.held(home.locks)))
        if self.writes is not None:
            state.write(workspace, self.writes, {"version": 3})
        if self.raises is not None:
            raise self.raises
        return Outcome({"same": 2}, self.steps, ())


def silent(_event: Event) -> None:
    """Nobody listens."""


def leftovers(workspace: Workspace) -> list[str]:
    """Folders of excerpts, locks and markers."""
    home = workspace.root / ".onestack"
    return [
        *(one.name for one in home.glob("run-*")),
        *(one.name for one in workspace.locks.glob("*")),
        *(one.name for one in (workspace.marker,) if one.exists()),
    ]


def test_what_a_run_makes_of_its_excerpt_comes_home_and_the_rest_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Engine(monkeypatch)
    found.writes = {"manifest": {"time": "2"}, "resources": [{"urn": "a"}, {"urn": "new"}]}
    outcome = engine.up(workspace, silent, excerpt=excerpt(workspace))
    assert outcome.changes == {"same": 3}
    assert found.locked == [True]
    assert found.ran[0].state != workspace.state
    merged = state.read(workspace).deployment
    assert merged == {"manifest": {"time": "2"}, "resources": [{"urn": "a"}, {"urn": "new"}, {"urn": "b"}]}
    assert leftovers(workspace) == []


def test_the_run_is_in_the_history_with_the_whole_state(workspace: Workspace) -> None:
    chosen = excerpt(workspace)
    with aside(workspace, chosen.deployment(), chosen.state.form) as apart:
        apart.history.mkdir(parents=True)
        (apart.history / "test-1.history.json").write_text("{}")
        state.write(apart, {"manifest": {"time": "2"}, "resources": [{"urn": "a"}]}, {"version": 3})
        put_together(workspace, chosen, apart)
    kept = json.loads((workspace.history / "test-1.checkpoint.json").read_text())
    assert (workspace.history / "test-1.history.json").read_text() == "{}"
    assert kept["checkpoint"]["latest"]["resources"] == [{"urn": "a"}, {"urn": "b"}]


@pytest.mark.parametrize("broken", ["", "{", '{"version": 3}'], ids=["empty", "cut off", "without a state"])
def test_of_an_excerpt_that_can_not_be_read_nothing_comes_home(workspace: Workspace, broken: str) -> None:
    chosen = excerpt(workspace)
    with aside(workspace, chosen.deployment(), chosen.state.form) as apart:
        apart.checkpoint.write_text(broken)
        put_together(workspace, chosen, apart)
    assert state.read(workspace).deployment == HELD


def test_a_preview_takes_no_lock_and_leaves_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Engine(monkeypatch)
    found.writes = {"resources": [{"urn": "preview"}]}
    assert engine.preview(workspace, silent, excerpt=excerpt(workspace)).changes == {"same": 3}
    assert found.locked == [False]
    assert state.read(workspace).deployment == HELD
    assert leftovers(workspace) == []


def test_where_the_engine_is_killed_the_marker_says_so_and_the_lock_is_gone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Engine(monkeypatch)
    found.raises = EngineKilled("up", "test", "SIGKILL")
    with pytest.raises(EngineKilled):
        engine.up(workspace, silent, excerpt=excerpt(workspace))
    assert state.read(workspace).deployment == HELD
    assert leftovers(workspace) == [workspace.marker.name]


def refused(workspace: Workspace, chosen: Excerpt, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run isn't begun: nothing is written, nor marked as begun."""
    found = Engine(monkeypatch)
    before = leftovers(workspace)
    with pytest.raises(PartNotEnough, match="not the one that was read"):
        engine.up(workspace, silent, excerpt=chosen)
    assert found.ran == []
    assert leftovers(workspace) == before


def test_a_state_that_was_written_since_it_was_read_is_no_ground(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = excerpt(workspace)
    state.write(workspace, HELD, {"version": 3})
    os.utime(workspace.checkpoint, ns=(1, 1))
    refused(workspace, chosen, monkeypatch)
    assert not engine.died(workspace)


def test_a_run_that_has_to_recover_is_no_ground(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker.note_death(workspace.marker)
    refused(workspace, excerpt(workspace), monkeypatch)


def test_a_state_of_somebody_elses_backend_is_no_ground(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The engine told it; there is no file into which it could be put together.
    monkeypatch.setenv("PULUMI_BACKEND_URL", (workspace.root / "shared").as_uri())
    theirs = replace(workspace, shared_state=True)
    refused(theirs, Excerpt(engine.State(HELD), frozenset({"a", "c"})), monkeypatch)
    assert state.read(workspace).deployment == HELD


@contextmanager
def second_lock(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody takes the lock in the same moment as we do."""
    take = lock.take

    def both(folder: Path) -> Path:
        take(folder)
        return take(folder)

    monkeypatch.setattr(lock, "take", both)
    yield


def test_of_two_that_take_the_lock_at_once_ours_gives_way(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Engine(monkeypatch)
    with second_lock(workspace, monkeypatch), pytest.raises(StackLocked):
        engine.up(workspace, silent, excerpt=excerpt(workspace))
    assert found.ran == []
    assert len(leftovers(workspace)) == 1


def test_a_changed_provider_asks_a_preview_for_more_and_is_told_of_a_deployment(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    Engine(monkeypatch, Step("started", "update", "urn::p", PROVIDER))
    with pytest.raises(PartNotEnough, match="provider"):
        engine.preview(workspace, silent, excerpt=excerpt(workspace))
    assert engine.up(workspace, silent, excerpt=excerpt(workspace)).reaches_all
    assert engine.preview(workspace, silent).reaches_all


def test_two_runs_told_as_one_count_what_both_did() -> None:
    first = Step("started", "update", "urn::p", PROVIDER)
    second = Step("started", "create", "urn::n", "t")
    before = Outcome({"update": 1, "delete": 2, "same": 5}, (first,), ("w",))
    after = Outcome({"create": 1, "same": 6}, (second,), ("w", "x"))
    told = after.behind(before)
    assert told.changes == {"create": 1, "update": 1, "delete": 2, "same": 5}
    assert told.steps == (first, second)
    assert told.warnings == ("w", "x")


def test_folders_of_killed_runs_go_and_those_of_others_stay(workspace: Workspace) -> None:
    home, host = workspace.root / ".onestack", socket.gethostname()
    stay = {f"run-{host}-{os.getpid()}-x", f"run-elsewhere-{dead_pid()}-x", "run-x"}
    for name in (*stay, f"run-{host}-{dead_pid()}-x"):
        (home / name / ".pulumi").mkdir(parents=True)
    private.sweep(workspace.root)
    assert {one.name for one in home.glob("run-*")} == stay


def test_an_engine_that_outlived_its_command_keeps_its_excerpt_and_the_next_run_out(
    workspace: Workspace,
) -> None:
    left = workspace.root / ".onestack" / f"run-{socket.gethostname()}-{dead_pid()}-x"
    lock.take(left / ".pulumi" / "locks" / "organization" / "onestack" / "test")
    with pytest.raises(StackLocked):
        engine.up(workspace, silent)
    assert left.exists()
