"""A state in a bucket: asked first, and a lock is taken away only where this clone's own run left it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onestack import engine
from onestack.engine import marker
from onestack.engine.bucket import locks, reachable
from onestack.errors import PermissionRefused, StateBucketMissing
from tests.google_stand_in import Google, Trouble, refusal, serving
from tests.unit.engine.died import dead_pid, left, workspace

LOCK = ".pulumi/locks/organization/shop/dev/0b1f.json"


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    with serving(Google(objects={"states": {}})) as running:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", running.url)
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "ours")
        yield running


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "gs://states")


def locked(google: Google, name: str = LOCK, **changes: Any) -> None:
    """A lock as the engine writes it."""
    content = {
        "pid": 1,
        "username": "ada",
        "hostname": socket.gethostname(),
        "timestamp": "2999-01-01T00:00:00Z",
    } | changes
    google.objects["states"][name] = json.dumps(content).encode()


def test_the_lock_of_our_own_dead_engine_is_taken_away(google: Google, tmp_path: Path) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    locked(google, pid=pid)
    (holder,) = engine.unlock(made)
    assert f"process {pid} of ada on {socket.gethostname()}" in holder
    assert google.objects["states"] == {}
    assert engine.died(made)


@pytest.mark.parametrize(
    "changes", [{"pid": 1}, {"hostname": "elsewhere"}, {"pid": os.getpid()}, {"pid": "no number"}]
)
def test_a_lock_of_anybody_else_stays(google: Google, tmp_path: Path, changes: dict[str, Any]) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    locked(google, **{"pid": pid, **changes})
    assert engine.unlock(made) == ()
    assert LOCK in google.objects["states"]


def test_an_engine_that_lives_on_keeps_its_lock(google: Google, tmp_path: Path) -> None:
    made = workspace(tmp_path)
    left(made, engine=os.getpid())
    locked(google, pid=os.getpid())
    assert engine.unlock(made) == ()


def test_of_another_stack_nothing_is_touched(google: Google, tmp_path: Path) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    others = LOCK.replace("/dev/", "/dev-2/")
    locked(google, others, pid=pid)
    assert engine.unlock(made) == ()
    assert others in google.objects["states"]


def test_without_a_run_that_died_the_bucket_is_not_asked(google: Google, tmp_path: Path) -> None:
    made = workspace(tmp_path)
    locked(google, pid=dead_pid())
    assert engine.unlock(made) == ()
    marker.note_death(made.marker)
    assert engine.unlock(made) == ()
    assert google.asked == []


def test_another_backend_is_left_alone(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    assert engine.unlock(made) == ()
    assert google.asked == []


def test_a_bucket_that_can_not_be_asked_is_the_engines_to_tell(google: Google, tmp_path: Path) -> None:
    made, pid = workspace(tmp_path), dead_pid()
    left(made, engine=pid)
    locked(google, pid=pid)
    google.troubles = [Trouble("GET", "/o$", 403, refusal(403, "no", reason="forbidden"))]
    assert engine.unlock(made) == ()
    assert LOCK in google.objects["states"]


@pytest.mark.parametrize(
    ("address", "start"), [("gs://states", ""), ("gs://states/", ""), ("gs://states/teams/a", "teams/a/")]
)
def test_a_folder_of_the_bucket_is_part_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, start: str
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", address)
    assert locks(workspace(tmp_path)) == f"{start}.pulumi/locks/organization/shop/dev/"


def test_a_bucket_that_answers_is_reachable(google: Google, tmp_path: Path) -> None:
    reachable(workspace(tmp_path))
    assert [one.query["prefix"] for one in google.asked] == [".pulumi/meta.yaml"]


def test_a_bucket_that_is_not_there_is_told_before_the_engine_starts(google: Google, tmp_path: Path) -> None:
    body = refusal(404, "The specified bucket does not exist.", reason="notFound")
    google.troubles = [Trouble("GET", "/o$", 404, body)]
    with pytest.raises(StateBucketMissing, match="onestack bootstrap dev") as told:
        engine.ensure_stack(workspace(tmp_path))
    assert told.value.where == "gs://states"


def test_who_may_not_read_the_state_is_told_the_role(google: Google, tmp_path: Path) -> None:
    google.troubles = [Trouble("GET", "/o$", 403, refusal(403, "no access", reason="forbidden"))]
    with pytest.raises(
        PermissionRefused, match=r"gs://states --member=user:YOU --role=roles/storage\.objectUser"
    ):
        reachable(workspace(tmp_path))


def test_a_state_elsewhere_is_not_asked(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    reachable(workspace(tmp_path))
    assert google.asked == []
