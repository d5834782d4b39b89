"""A state in a folder that others share: a lock is taken away only where this clone's own run left it."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from onestack import engine, processes
from tests.unit.engine.died import dead_pid, left, workspace


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, beside the clone."""
    folder = tmp_path / "the team's states"
    monkeypatch.setenv("PULUMI_BACKEND_URL", folder.as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
    return folder


def locked(shared: Path, stack: str = "dev", **changes: Any) -> Path:
    """A lock as the engine writes it."""
    content = {
        "pid": 1,
        "username": "ada",
        "hostname": socket.gethostname(),
        "timestamp": "2999-01-01T00:00:00Z",
    }
    file = shared / ".pulumi/locks/organization/shop" / stack / "0b1f.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content | changes))
    return file


def test_the_lock_of_our_own_dead_engine_is_taken_away(shared: Path, tmp_path: Path) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    file = locked(shared, pid=pid)
    (holder,) = engine.unlock(made)
    assert f"process {pid} of ada" in holder
    assert not file.exists()
    assert engine.died(made)


@pytest.mark.parametrize("changes", [{"pid": 1}, {"hostname": "elsewhere"}, {"pid": "no number"}])
def test_a_lock_of_anybody_else_stays(shared: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    others = locked(shared, "dev-2", pid=pid)
    file = locked(shared, **{"pid": pid, **changes})
    assert engine.unlock(made) == ()
    assert file.exists()
    assert others.exists()


def test_an_engine_or_a_command_that_lives_keeps_it(shared: Path, tmp_path: Path) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=os.getpid())
    file = locked(shared, pid=os.getpid())
    assert engine.unlock(made) == ()
    left(made, engine=pid, pid=os.getpid(), identity=processes.identity(os.getpid()) or "")
    locked(shared, pid=pid)
    assert engine.unlock(made) == ()
    assert file.exists()


def test_without_a_run_that_died_nothing_is_touched(shared: Path, tmp_path: Path) -> None:
    file = locked(shared, pid=dead_pid())
    assert engine.unlock(workspace(tmp_path)) == ()
    assert file.exists()
