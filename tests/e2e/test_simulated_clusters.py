"""Control planes of simulated GKE clusters: real ones that trust one authority, with the nodes of pools."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onestack.gcp.kubeconfig import kubeconfig
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.local.gcp.clusters import Planes, ProjectClusters
from onestack.local.gcp.preparing import prepare
from onestack.local.gcp.protocol import Node
from onestack.local.simulation import Simulation
from onestack.local.toolchain import Toolchain
from onestack.progress import Silent
from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def simulation(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectClusters]:
    """Two clusters side by side, in a simulation that this process takes part in."""
    home = Simulation(tmp_path_factory.mktemp("repository") / ".onestack" / "simulation")
    made = ProjectClusters(Planes(home.folder / "clusters", toolchain), "acme")
    before = dict(os.environ)
    prepare(home, "dev", Silent())
    try:
        for name in ("one", "two"):
            made.create(name, "1.36")
        yield made
    finally:
        os.environ.clear()
        os.environ.update(before)
        for name in made.planes.names():
            made.planes.plane(name).discard()


async def nodes(there: ProjectClusters, name: str) -> list[dict[str, Any]]:
    """The nodes of a cluster, asked for as anybody would that has only Google's endpoint and its plugin."""
    found = there.find(name)
    assert found is not None
    async with Client(connect(kubeconfig(name, found.endpoint, None)), user_agent="test") as client:
        items: list[dict[str, Any]] = (await client.request("GET", "/api/v1/nodes"))["items"]
    return [item for item in items if item["metadata"]["name"] != "onestack-node"]


def test_a_second_start_finds_the_cluster_running(simulation: ProjectClusters) -> None:
    assert simulation.create("one", "1.36") == simulation.find("one")
    assert simulation.planes.names() == ("acme.one", "acme.two")
    assert simulation.find("three") is None


async def test_a_pool_has_exactly_the_nodes_that_it_is_given(simulation: ProjectClusters) -> None:
    taint = {"key": "only", "value": "batch", "effect": "NoSchedule"}
    first = Node("n-1", "europe-west4-a", "e2-standard-4", {"team": "shop"}, (taint,))
    simulation.set_nodes("one", "default", [first, Node("n-2", "europe-west4-b", "e2-standard-4", {}, ())])
    simulation.set_nodes("one", "other", [Node("o-1", "europe-west4-a", "e2-small", {}, ())])
    simulation.set_nodes("one", "default", [first])

    found = {node["metadata"]["name"]: node for node in await nodes(simulation, "one")}
    assert found.keys() == {"n-1", "o-1"}
    labels = found["n-1"]["metadata"]["labels"]
    assert labels["cloud.google.com/gke-nodepool"] == "default"
    assert labels["topology.kubernetes.io/zone"] == "europe-west4-a"
    assert labels["topology.kubernetes.io/region"] == "europe-west4"
    assert (labels["team"], labels["node.kubernetes.io/instance-type"]) == ("shop", "e2-standard-4")
    assert taint in found["n-1"]["spec"]["taints"]
    assert await nodes(simulation, "two") == []


def test_the_stand_in_for_googles_plugin_gives_nothing_for_other_servers(simulation: ProjectClusters) -> None:
    asked = {"apiVersion": "client.authentication.k8s.io/v1", "spec": {"cluster": {"server": "https://a:1"}}}
    environ = os.environ | {"KUBERNETES_EXEC_INFO": json.dumps(asked), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "onestack.local.gcp.credentials"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "no simulated cluster answers at https://a:1" in done.stderr
    assert simulation.planes.names()


def test_a_deleted_cluster_leaves_nothing_behind(simulation: ProjectClusters) -> None:
    simulation.create("gone", "1.36")
    pids = [part.pid for part in simulation.planes.plane("acme.gone").status().components if part.pid]
    assert pids
    simulation.delete("gone")
    assert not (simulation.planes.folder / "acme.gone").exists()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    simulation.delete("gone")
