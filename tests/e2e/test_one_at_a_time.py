"""Deployments of one stack at the same instant, and plans whose state moves before they are carried out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone

NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: one-at-a-time}}\n"
CONFIG_MAP = (
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: one-at-a-time}, data: {number: '%d'}}\n"
)


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=None)
    made.write("manifests/shop/namespace.yaml", NAMESPACE)
    made.write("manifests/shop/c.yaml", CONFIG_MAP % 0)
    made.deploy()
    yield made
    made.destroy()


def _begun(repository: Clone) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "onestack", "deploy", repository.stack],
        cwd=repository.root,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _deployments(repository: Clone) -> list[dict[str, Any]]:
    done = repository.onestack("history", repository.stack, "--verify", "--json", "--limit", "1000")
    assert done.code == 0, done.err
    return sorted(done.document()["deployments"], key=lambda one: int(one["number"]))


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.torture)])
def test_two_at_the_same_instant_are_never_both(repository: Clone, rounds: int) -> None:
    for number in range(1, rounds + 1):
        repository.write("manifests/shop/c.yaml", CONFIG_MAP % number)
        both = [_begun(repository) for _ in range(2)]
        said = [one.communicate(timeout=300)[1] for one in both]
        codes = sorted(one.returncode for one in both)
        assert codes in ([0, 0], [0, 4]), said  # one may have ended before the other asked
        if codes == [0, 4]:
            assert any("is being deployed by" in one for one in said), said
    done = _deployments(repository)
    assert {one["state"] for one in done} == {"succeeded"}
    for earlier, later in pairwise(done):
        assert earlier["ended"] <= later["began"], "they went on at the same time"
        assert earlier["lease"] < later["lease"]


def test_a_plan_whose_state_moved_is_refused_and_nothing_is_done(repository: Clone) -> None:
    repository.write("manifests/shop/c.yaml", CONFIG_MAP % 7)
    sealed = repository.onestack("preview", repository.stack, "--json").document()["plan"]["digest"]
    repository.write("manifests/shop/c.yaml", CONFIG_MAP % 8)
    repository.deploy()
    repository.write("manifests/shop/c.yaml", CONFIG_MAP % 7)  # the files are those of the plan again
    refused = repository.onestack("deploy", repository.stack, "--sealed", sealed)
    assert refused.code == 3, refused.err
    assert "is not the one that was sealed" in refused.err
    assert repository.planned() != {}, "nothing was done"
    again = repository.onestack("preview", repository.stack, "--json").document()["plan"]["digest"]
    assert repository.onestack("deploy", repository.stack, "--sealed", again[:19]).code == 0
    assert [one["state"] for one in _deployments(repository)] == [
        "succeeded",
        "succeeded",
        "stopped",
        "succeeded",
    ]
