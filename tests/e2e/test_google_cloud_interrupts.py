"""Ctrl-C while Google makes something: the next deployment finds it, and a destroy leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.local.toolchain import Toolchain
from tests.e2e.cloud import Cloud, cloud

pytestmark = [pytest.mark.e2e, pytest.mark.torture]

SLOW = '- {type: "artifactregistry/repository:", operation: create, seconds: 20, times: 1}\n'


@pytest.fixture
def google(toolchain: Toolchain, tmp_path: Path) -> Iterator[Cloud]:
    """A repository with a stack of Google Cloud, where a repository of images takes long to make."""
    assert toolchain
    made = cloud(tmp_path / "repository")
    made.simulation.mkdir(parents=True)
    (made.simulation / "acme-dev.faults.yaml").write_text(SLOW)
    yield made
    made.discard()


def begun(google: Cloud) -> bool:
    """Whether the engine has written down that the repository is being created."""
    state = google.simulation / "state" / ".pulumi" / "stacks" / "onestack" / "dev.json"
    try:
        latest = json.loads(state.read_text())["checkpoint"]["latest"] or {}
    except (OSError, ValueError):
        return False
    return any(
        one["resource"]["type"].endswith(":Repository") for one in latest.get("pending_operations", ())
    )


def interrupted(google: Cloud) -> int:
    """A deployment that is interrupted while the repository is being created; its exit code."""
    run = subprocess.Popen(
        [sys.executable, "-m", "onestack", "deploy", "dev", "--offline"],
        cwd=google.clone.root,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while run.poll() is None and not begun(google):
        pass
    run.send_signal(signal.SIGINT)
    return run.wait(120)


def test_what_an_interrupt_cut_off_is_taken_over(google: Cloud) -> None:
    assert interrupted(google) == 130
    done = google.onestack("deploy")
    assert done.code == 0, done.err
    assert "Repository repository" in done.err
    assert "looking for them" in done.err
    assert google.planned() == {}


def test_a_destroy_after_an_interrupt_leaves_nothing(google: Cloud) -> None:
    assert interrupted(google) == 130
    done = google.onestack("destroy")
    assert done.code == 0, done.err
    kept = ("gcp:kms/", "gcp:projects/", "gcp:iam/workloadIdentityPool")
    assert [key for key in google.project()["resources"] if not key.startswith(kept)] == []
