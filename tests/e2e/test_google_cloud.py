"""A stack of Google Cloud from an empty project to ready pods and back: simulated, but for the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.local.toolchain import Toolchain
from tests.e2e.cloud import Cloud, cloud

pytestmark = pytest.mark.e2e


@pytest.fixture
def google(toolchain: Toolchain, tmp_path: Path) -> Iterator[Cloud]:
    """A repository whose stack was never deployed."""
    assert toolchain
    made = cloud(tmp_path / "repository")
    yield made
    made.discard()


def test_from_an_empty_project_to_ready_pods_and_back(google: Cloud) -> None:
    plan = google.planned()
    assert {"kubernetes:apps/v1:Deployment shop/web", "gcp:container/cluster:Cluster cluster"} <= plan.keys()
    assert set(plan.values()) == {"create"}

    done = google.onestack("deploy", "--json")
    assert done.code == 0, done.err
    pods = google.kubectl("get", "pods", "--namespace", "shop", "--output", "name")
    assert pods.out.count("pod/web-") == 2, pods.err
    assert google.planned() == {}

    done = google.onestack("destroy")
    assert done.code == 0, done.err
    assert not google.project()["resources"]
