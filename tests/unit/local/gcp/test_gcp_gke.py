"""Simulated clusters: control planes, versions, nodes, protection, keys, and creations cut short."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onestack.errors import GoogleRefused, PlaneNotPermitted, ProviderError
from onestack.local.gcp.drift import change
from onestack.local.gcp.protocol import ControlPlane
from onestack.local.serving.failure import PartialFailure
from tests.unit.local.gcp.simulated import (
    ACCOUNT_MEMBER,
    CLUSTER,
    CLUSTER_ID,
    KEY_ID,
    POOL,
    PROJECT,
    SAMPLES,
    World,
)


@pytest.fixture
def made(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    return world.make_all(ACCOUNT_MEMBER)


def refused(code: int, words: str) -> Any:
    return pytest.raises(GoogleRefused, match=rf"googleapi: Error {code}: .*{words}")


def test_a_cluster_is_reached_at_its_control_plane(
    world: World, made: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    resource_id, state = made[CLUSTER]
    assert resource_id == CLUSTER_ID
    assert state["endpoint"] == "127.0.0.1:40001"
    assert state["masterAuth"]["clusterCaCertificate"] == "Y2VydA=="
    dns = state["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]
    assert (dns["endpoint"], dns["allowExternalTraffic"]) == ("127.0.0.1:40001", True)
    assert state["clusterIpv4Cidr"] == "10.20.0.0/14"
    assert state["servicesIpv4Cidr"] == "10.24.0.0/20"
    assert world.planes.started == {"dev-ab12": state["masterVersion"].partition("-")[0]}
    assert f"{PROJECT}.svc.id.goog" in world.project.identity_pools


@pytest.mark.parametrize(
    ("channel", "least", "expected"),
    [
        ("RAPID", None, "1.36.3"),
        ("REGULAR", None, "1.36.2"),
        ("STABLE", None, "1.35.6"),
        ("STABLE", "1.36", "1.36.3"),
        ("STABLE", "1.36.2", "1.36.2"),
        ("RAPID", "1.35", "1.36.3"),
        ("STABLE", "latest", "1.36.3"),
    ],
)
def test_the_version_is_the_channels_or_a_newer_one(
    world: World, channel: str, least: str | None, expected: str
) -> None:
    world.make_all(CLUSTER)
    _, state = world.make(CLUSTER, releaseChannel={"channel": channel}, minMasterVersion=least)
    assert state["masterVersion"].startswith(f"{expected}-gke.")
    assert state["nodeVersion"] == state["masterVersion"]


def test_a_version_never_goes_back(world: World) -> None:
    world.make_all(CLUSTER)
    world.make(CLUSTER, releaseChannel={"channel": "RAPID"})
    state = world.update(CLUSTER, CLUSTER_ID, releaseChannel={"channel": "STABLE"})
    assert state["releaseChannel"]["channel"] == "STABLE"
    assert state["masterVersion"].startswith("1.36.3-")
    with refused(400, 'No valid versions with the prefix "1.99" found'):
        world.update(CLUSTER, CLUSTER_ID, minMasterVersion="1.99")


def test_a_pool_has_nodes_in_every_zone(world: World, made: dict[str, tuple[str, dict[str, Any]]]) -> None:
    resource_id, state = made[POOL]
    assert resource_id == f"{CLUSTER_ID}/nodePools/default"
    nodes = world.planes.nodes["dev-ab12", "default"]
    assert [node.zone for node in nodes] == ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
    assert state["nodeLocations"] == [node.zone for node in nodes]
    for node in nodes:
        assert re.fullmatch(r"gke-dev-ab12-default-[0-9a-f]{8}-[0-9a-f]{4}", node.name)
        assert node.machine_type == "e2-standard-4"
        assert node.labels["cloud.google.com/gke-nodepool"] == "default"
        assert node.labels["node.kubernetes.io/instance-type"] == "e2-standard-4"
        assert node.labels["topology.kubernetes.io/region"] == "europe-west4"
        assert node.labels["topology.kubernetes.io/zone"] == node.zone
        assert node.labels["team"] == "shop"
        assert node.taints == ({"key": "team", "value": "shop", "effect": "NoSchedule"},)
    assert len({node.name for node in nodes}) == 3


def test_a_pool_that_changes_changes_its_nodes(
    world: World, made: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    before = [node.name for node in world.planes.nodes["dev-ab12", "default"]]
    config = {**SAMPLES[POOL]["nodeConfig"], "labels": {"team": "blog"}}
    world.update(POOL, made[POOL][0], autoscaling={"minNodeCount": 2, "maxNodeCount": 3}, nodeConfig=config)
    nodes = world.planes.nodes["dev-ab12", "default"]
    assert len(nodes) == 6
    assert {node.labels["team"] for node in nodes} == {"blog"}
    assert set(before) <= {node.name for node in nodes}
    world.delete(POOL, made[POOL][0])
    assert world.planes.nodes["dev-ab12", "default"] == []


def test_what_google_computed_inside_an_object_stays(
    world: World, made: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    assert made[POOL][1]["nodeConfig"]["diskType"] == "pd-balanced"
    change(world.folder, PROJECT, POOL, "default", {"nodeConfig.diskType": "pd-ssd"})
    config = {**SAMPLES[POOL]["nodeConfig"], "labels": {}}
    assert world.update(POOL, made[POOL][0], nodeConfig=config)["nodeConfig"]["diskType"] == "pd-ssd"
    cluster = world.update(CLUSTER, CLUSTER_ID, resourceLabels={})
    assert cluster["ipAllocationPolicy"]["clusterIpv4CidrBlock"] == "10.20.0.0/14"
    assert cluster["endpoint"] == made[CLUSTER][1]["endpoint"]


def test_a_zonal_cluster_has_its_nodes_in_its_zone(world: World) -> None:
    world.make_all(CLUSTER)
    cluster, state = world.make(CLUSTER, location="europe-west4-b")
    assert state["nodeLocations"] == []
    world.make(POOL, cluster=cluster, location="europe-west4-b")
    assert [node.zone for node in world.planes.nodes["dev-ab12", "default"]] == ["europe-west4-b"]


def test_the_default_pool_is_there_unless_it_is_removed(world: World) -> None:
    world.make_all(CLUSTER)
    world.make(CLUSTER, name="kept", removeDefaultNodePool=False)
    world.make(CLUSTER, name="removed")
    assert len(world.planes.nodes["kept", "default-pool"]) == 3
    assert ("removed", "default-pool") not in world.planes.nodes


def test_a_protected_cluster_is_not_destroyed(
    world: World, made: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    with pytest.raises(
        ProviderError, match="Cannot destroy cluster because deletion_protection is set to true"
    ):
        world.delete(CLUSTER, CLUSTER_ID, deletionProtection=True)
    assert "dev-ab12" in world.planes.started
    world.delete(CLUSTER, CLUSTER_ID)
    assert world.planes.started == {}


def test_the_key_must_be_granted_to_googles_own_account(world: World) -> None:
    world.make_all("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
    world.make("gcp:serviceaccount/account:Account")
    with refused(400, f"useToEncrypt' denied on resource '{KEY_ID}'"):
        world.make(CLUSTER)
    world.make(CLUSTER, databaseEncryption={"state": "DECRYPTED"})


def test_ranges_and_machine_types_that_are_not_there(world: World) -> None:
    world.make_all(CLUSTER)
    with refused(400, 'secondary range "pod" does not exist'):
        world.make(CLUSTER, ipAllocationPolicy={"clusterSecondaryRangeName": "pod"})
    with refused(404, "Not found: projects/acme-dev/locations/europe-west4/clusters/dev-ab12"):
        world.make(POOL)
    world.make(CLUSTER)
    with refused(400, 'Machine type with name "e2-huge-4" does not exist in zone "europe-west4-a"'):
        world.make(POOL, nodeConfig={"machineType": "e2-huge-4"})


def test_a_creation_cut_short_is_recorded_and_the_next_run_goes_on(world: World) -> None:
    world.make_all(CLUSTER)
    world.faults("- {type: container/cluster, operation: create, halfway: true, times: 1}")
    with pytest.raises(PartialFailure, match="timeout while waiting for state to become 'DONE'") as failure:
        world.make(CLUSTER)
    assert failure.value.object_id == CLUSTER_ID
    assert failure.value.state["name"] == "dev-ab12"
    assert "endpoint" not in failure.value.state
    assert world.planes.started == {}

    state = world.update(CLUSTER, CLUSTER_ID)

    assert state["endpoint"] == "127.0.0.1:40001"
    assert state["masterAuth"]["clusterCaCertificate"]


def test_a_control_plane_that_does_not_start_is_recorded_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.make_all(CLUSTER)

    def fail(name: str, version: str) -> ControlPlane:
        raise PlaneNotPermitted("/data", "permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(world.planes, "create", fail)
        with pytest.raises(PartialFailure, match="permission denied") as failure:
            world.make(CLUSTER)
    assert failure.value.object_id == CLUSTER_ID
    read = world.read(CLUSTER, CLUSTER_ID)
    assert read is not None
    assert read["endpoint"] == "127.0.0.1:40001"
