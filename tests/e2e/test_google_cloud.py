"""A stack of Google Cloud from an empty project to ready pods and back: simulated, but for the engine.

One story, in order: each test begins where the one before it ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from onestack.local.toolchain import Toolchain
from tests.e2e.cloud import SETTINGS, Cloud, cloud

pytestmark = pytest.mark.e2e

DOCS: Final = "https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources"
POOL: Final = SETTINGS["nodePools"]["default"]
RANGES: Final = SETTINGS["network"]


@dataclass(frozen=True)
class Change:
    """``settings`` as they become, and what that means by ``docs``: operations by the type's last part."""

    settings: Mapping[str, Any]
    plan: Mapping[str, str]
    docs: str


CHANGES: Final[Mapping[str, Change]] = {
    "a node pool more": Change(
        {"nodePools": {"default": POOL, "batch": {"machineType": "e2-standard-8", "min": 2, "max": 3}}},
        {"NodePool batch": "create"},
        f"{DOCS}/container_node_pool",
    ),
    "a node pool that may grow further": Change(
        {"nodePools": {"default": {**POOL, "max": 5}}},
        {"NodePool default": "update"},
        f"{DOCS}/container_node_pool#nested_autoscaling",
    ),
    "a larger range for nodes": Change(
        {"network": {**RANGES, "nodes": "10.10.0.0/19"}},
        {"Subnetwork subnet": "update"},
        f"{DOCS}/compute_subnetwork#ip_cidr_range",
    ),
    "another release channel": Change(
        {"cluster": {"location": "europe-west4-a", "channel": "stable"}},
        {"Cluster cluster": "update"},
        f"{DOCS}/container_cluster#release_channel",
    ),
    "spot nodes": Change(
        {"nodePools": {"default": {**POOL, "spot": True}}},
        {"NodePool default": "replace"},
        f"{DOCS}/container_node_pool#spot (of node_config, which forces a new one)",
    ),
}
"""Against the deployed stack. Of a component nothing is planned but its parts; a new one is created, too."""


@pytest.fixture(scope="module")
def google(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A repository with a stack of Google Cloud, at first not deployed."""
    assert toolchain
    made = cloud(tmp_path_factory.mktemp("google") / "repository")
    yield made
    made.discard()


@pytest.fixture(scope="module")
def deployed(google: Cloud) -> Cloud:
    """The same, deployed once: each test that changes it ends with what is declared deployed."""
    done = google.onestack("deploy")
    assert done.code == 0, done.err
    return google


def of_google(plan: Mapping[str, str]) -> dict[str, str]:
    """What a plan does to resources of Google's, by the last part of their type and their name."""
    return {key.rpartition(":")[2]: op for key, op in plan.items() if key.startswith("gcp:")}


def test_a_plan_of_an_empty_project_shows_every_resource_and_every_manifest(google: Cloud) -> None:
    done = google.onestack("preview")
    assert done.code == 0, done.err
    assert "(simulated, against an empty state)" in done.err
    assert "Google Cloud is simulated in" in done.err
    plan = google.planned()
    assert set(plan.values()) == {"create"}
    assert {"Network network", "Cluster cluster", "NodePool default"} <= of_google(plan).keys()
    objects = {key.removeprefix("kubernetes:") for key in plan if key.startswith("kubernetes:")}
    assert {"core/v1:Namespace shop", "apps/v1:Deployment shop/web", "core/v1:Service shop/web"} <= objects


def test_one_deployment_makes_the_cloud_the_cluster_and_ready_pods(google: Cloud) -> None:
    done = google.onestack("deploy", "--json")
    assert done.code == 0, done.err
    pods = google.kubectl("get pods --namespace shop --output wide")
    assert pods.out.count("Running") == 2, pods.err
    assert "gke-dev-" in pods.out
    assert google.planned() == {}


def test_plain_pulumi_sees_the_same(deployed: Cloud) -> None:
    done = deployed.shell("pulumi preview --non-interactive --expect-no-changes")
    assert done.code == 0, done.out + done.err


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_plans_what_the_providers_documentation_says(deployed: Cloud, change: Change) -> None:
    deployed.settings(**change.settings)
    plan = deployed.planned()
    deployed.settings()
    assert of_google(plan) == dict(change.plan), change.docs
    others = [key for key in plan if not key.startswith("gcp:")]
    assert all(key.startswith("onestack:google:") for key in others)


def test_pools_come_and_go_and_workloads_stay(deployed: Cloud) -> None:
    names = deployed.kubectl("get pods --namespace shop --output name").out
    deployed.settings(**CHANGES["a node pool more"].settings)
    done = deployed.onestack("deploy")
    assert done.code == 0, done.err
    nodes = deployed.kubectl("get nodes --output name").out
    assert nodes.count("-batch-") == 2
    deployed.settings()
    done = deployed.onestack("deploy")
    assert done.code == 0, done.err
    assert "-batch-" not in deployed.kubectl("get nodes --output name").out
    assert deployed.kubectl("get pods --namespace shop --output name").out == names


def test_a_new_endpoint_of_the_same_cluster_replaces_no_manifest(deployed: Cloud) -> None:
    deployed.settings(cluster={"location": "europe-west4-a", "endpoint": "ip",
                             "authorizedNetworks": {"office": "203.0.113.0/24"}})  # fmt: skip
    plan = deployed.planned()
    deployed.settings()
    assert of_google(plan) == {"Cluster cluster": "update"}
    assert plan["pulumi:providers:kubernetes cluster"] == "update"
    assert not [key for key in plan if key.startswith("kubernetes:")]


def test_a_replaced_cluster_takes_every_manifest_with_it(deployed: Cloud) -> None:
    before = deployed.kubectl("get pods --namespace shop --output name").out
    deployed.settings(cluster={"location": "europe-west4-a", "generation": 2})
    plan = deployed.planned()
    objects = [op for key, op in plan.items() if key.startswith("kubernetes:")]
    assert len(objects) == 6
    assert set(objects) == {"replace"}
    moved = of_google(plan)
    assert moved["Cluster cluster"] == moved["NodePool default"] == "replace"
    assert not {"Network network", "Subnetwork subnet"} & moved.keys()

    done = deployed.onestack("deploy")
    assert done.code == 0, done.err
    pods = deployed.kubectl("get pods --namespace shop --output name")
    assert pods.out.count("pod/web-") == 2, pods.err
    assert pods.out != before
    assert len(deployed.clusters()) == 1
    assert deployed.planned() == {}


def test_what_is_protected_goes_in_two_steps(deployed: Cloud) -> None:
    again = {"cluster": {"location": "europe-west4-a", "generation": 2}}
    deployed.settings(**again, protected=True)
    assert deployed.onestack("deploy").code == 0
    for verb, settings in (("destroy", again), ("deploy", {"cluster": {"location": "europe-west4-b"}})):
        deployed.settings(**settings, protected=True)
        refused = deployed.onestack(verb)
        assert refused.code == 1
        assert "nothing is done: protected resources of stack dev would be deleted or replaced" in refused.err
        assert "Cluster cluster" in refused.err
        assert "set protected: false below onestack:gcp" in refused.err
    assert deployed.kubectl("get pods --namespace shop --output name").out.count("pod/web-") == 2

    deployed.settings(**again)
    done = deployed.onestack("deploy")
    assert done.code == 0, done.err


def test_it_is_taken_down_and_nothing_is_left(deployed: Cloud) -> None:
    done = deployed.onestack("destroy")
    assert done.code == 0, done.err
    assert deployed.clusters() == ()
    # Google itself never deletes these, and keeps services on that others may use by now.
    kept = ("gcp:kms/", "gcp:projects/", "gcp:iam/workloadIdentityPool")
    left = [key for key in deployed.project()["resources"] if not key.startswith(kept)]
    assert left == []
