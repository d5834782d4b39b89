"""Runs of a part that are killed, that meet other runs, or whose state somebody else keeps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone
from tests.e2e.test_recovery import COUNT, is_settled, kill_halfway, kill_tree, write
from tests.e2e.valid import require_valid

pytestmark = pytest.mark.e2e

NAMESPACE = "recovery"


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A few ConfigMaps, live; whatever changes from here on is a part."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=NAMESPACE)
    write(made, 3)
    made.deploy()
    yield made
    made.destroy()


def folders(made: Clone) -> list[str]:
    """The excerpts that lie about."""
    return [one.name for one in (made.root / ".onestack").glob("run-*")]


@pytest.mark.torture
def test_a_killed_part_is_finished_by_running_again_and_its_excerpt_goes(
    repository: Clone, plane: Plane
) -> None:
    write(repository, COUNT)
    kill_halfway(repository, plane, "deploy")
    assert folders(repository)
    repository.deploy()
    is_settled(repository, plane, "b", COUNT)
    write(repository, COUNT - 1)
    repository.deploy()
    assert folders(repository) == []
    is_settled(repository, plane, "b", COUNT - 1)


@pytest.fixture
def stopped(repository: Clone) -> Iterator[subprocess.Popen[bytes]]:
    """A deployment of a part that holds the stack's lock, and stands still."""
    write(repository, COUNT)
    first = subprocess.Popen(
        [sys.executable, "-m", "onestack", "deploy", repository.stack],
        cwd=repository.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    locks = repository.root / f".onestack/state/.pulumi/locks/organization/onestack/{repository.stack}"
    while first.poll() is None and not (folders(repository) and any(locks.glob("*.json"))):
        pass
    os.kill(first.pid, signal.SIGSTOP)
    assert first.poll() is None
    try:
        yield first
    finally:
        if first.poll() is None:
            os.kill(first.pid, signal.SIGCONT)
            kill_tree(first)


@pytest.mark.torture
def test_of_two_runs_one_is_refused_and_the_other_ends_well(
    repository: Clone, plane: Plane, stopped: subprocess.Popen[bytes]
) -> None:
    second = repository.onestack("deploy", repository.stack)
    assert second.code == 4
    assert "is being deployed by" in second.err
    plain = repository.shell("pulumi up --yes --skip-preview --non-interactive")
    assert plain.code != 0
    assert f"pid {stopped.pid}" in plain.out + plain.err
    os.kill(stopped.pid, signal.SIGCONT)
    assert stopped.wait(300) == 0
    is_settled(repository, plane, "b", COUNT)


@pytest.mark.torture
def test_a_state_on_a_backend_of_the_callers_is_written_there(
    tmp_path: Path, plane: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", shared.as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of-this-test-alone")
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=NAMESPACE)
    write(made, 3)
    made.deploy()
    try:
        write(made, 4)
        assert made.planned().keys() >= {f"ConfigMap {NAMESPACE}/c3"}
        made.deploy()
        is_settled(made, plane, "b", 4)
        file = shared / f".pulumi/stacks/onestack/{made.stack}.json"
        require_valid(json.loads(file.read_text())["checkpoint"]["latest"]["resources"])
        assert not (made.root / f".onestack/state/.pulumi/stacks/onestack/{made.stack}.json").exists()
    finally:
        made.destroy()
