"""What a change does: in place, or a new resource, and which goes first."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from onestack.local.gcp.check import DEFAULTS
from onestack.local.gcp.diff import Verdict, diff, same
from onestack.local.gcp.fill import state_of
from onestack.local.gcp.table import type_of
from onestack.local.serving.codec import UNKNOWN
from onestack.local.serving.property_path import format_path, parse_path
from tests.unit.local.gcp.simulated import (
    CLUSTER,
    FIREWALL,
    KEY,
    NETWORK,
    NETWORK_ID,
    POOL,
    PROJECT,
    PROJECT_MEMBER,
    SAMPLES,
    SUBNETWORK,
    World,
)

FACTS = {"project": PROJECT, "number": "1", "born": 1, "root": "", "made": "", "changed": "", "id": "x"}


def verdict(world: World, token: str, ignored: tuple[str, ...] = (), **changed: Any) -> Verdict:
    """Of a change from the sample to the sample with something else."""
    inputs = world.inputs(token)
    state = state_of(type_of(token), inputs, {}, FACTS)
    news = world.inputs(token, **changed)
    return diff(type_of(token), state, news, [parse_path(path) for path in ignored])


def config(**changed: Any) -> dict[str, Any]:
    return {"nodeConfig": {**SAMPLES[POOL]["nodeConfig"], **changed}}


def shown(found: Verdict) -> dict[str, PropertyDiff.Kind.ValueType]:
    return {format_path(change.path): change.shown for change in found.changes}


# Field by field as the provider's documentation says: the link is in the table, at ``docs``.
@pytest.mark.parametrize(
    ("token", "changed", "expected"),
    [
        (NETWORK, {"description": "new"}, {"description": PropertyDiff.ADD_REPLACE}),
        (NETWORK, {"routingMode": "GLOBAL"}, {"routingMode": PropertyDiff.UPDATE}),
        (NETWORK, {"routingMode": None}, {}),
        (NETWORK, {"autoCreateSubnetworks": True}, {"autoCreateSubnetworks": PropertyDiff.ADD_REPLACE}),
        (SUBNETWORK, {"ipCidrRange": "10.10.0.0/19"}, {"ipCidrRange": PropertyDiff.UPDATE}),
        (SUBNETWORK, {"ipCidrRange": "10.10.0.0/21"}, {"ipCidrRange": PropertyDiff.UPDATE_REPLACE}),
        (SUBNETWORK, {"ipCidrRange": "10.99.0.0/20"}, {"ipCidrRange": PropertyDiff.UPDATE_REPLACE}),
        (SUBNETWORK, {"privateIpGoogleAccess": False}, {"privateIpGoogleAccess": PropertyDiff.UPDATE}),
        (
            SUBNETWORK,
            {"secondaryIpRanges": [*SAMPLES[SUBNETWORK]["secondaryIpRanges"], {"rangeName": "more"}]},
            {"secondaryIpRanges[2]": PropertyDiff.ADD},
        ),
        (SUBNETWORK, {"logConfig": None}, {"logConfig": PropertyDiff.DELETE}),
        (FIREWALL, {"sourceRanges": ["130.211.0.0/22", "35.191.0.0/16"]}, {}),
        (
            FIREWALL,
            {"sourceRanges": ["130.211.0.0/22", "10.0.0.0/8"]},
            {"sourceRanges[0]": PropertyDiff.DELETE, "sourceRanges[1]": PropertyDiff.ADD},
        ),
        (FIREWALL, {"allows": list(reversed(SAMPLES[FIREWALL]["allows"]))}, {}),
        (KEY, {"labels": {"stack": "dev", "team": "a"}}, {"labels.team": PropertyDiff.ADD}),
        (KEY, {"rotationPeriod": UNKNOWN}, {"rotationPeriod": PropertyDiff.UPDATE}),
        (PROJECT_MEMBER, {"role": "roles/viewer"}, {"role": PropertyDiff.UPDATE_REPLACE}),
        (CLUSTER, {"releaseChannel": {"channel": "STABLE"}}, {"releaseChannel.channel": PropertyDiff.UPDATE}),
        (CLUSTER, {"releaseChannel": None}, {}),
        (CLUSTER, {"minMasterVersion": "1.36"}, {"minMasterVersion": PropertyDiff.ADD}),
        (CLUSTER, {"deletionProtection": True}, {"deletionProtection": PropertyDiff.ADD}),
        (CLUSTER, {"location": "europe-west1"}, {"location": PropertyDiff.UPDATE_REPLACE}),
        (CLUSTER, {"subnetwork": UNKNOWN}, {"subnetwork": PropertyDiff.UPDATE_REPLACE}),
        (CLUSTER, {"datapathProvider": "LEGACY_DATAPATH"}, {"datapathProvider": PropertyDiff.UPDATE_REPLACE}),
        (CLUSTER, {"datapathProvider": None}, {}),
        (
            CLUSTER,
            {
                "ipAllocationPolicy": {
                    **SAMPLES[CLUSTER]["ipAllocationPolicy"],
                    "clusterSecondaryRangeName": "b",
                }
            },
            {"ipAllocationPolicy.clusterSecondaryRangeName": PropertyDiff.UPDATE_REPLACE},
        ),
        (
            CLUSTER,
            {"maintenancePolicy": {"dailyMaintenanceWindow": {"startTime": "02:00"}}},
            {"maintenancePolicy": PropertyDiff.ADD},
        ),
        (CLUSTER, {"enableShieldedNodes": False}, {"enableShieldedNodes": PropertyDiff.UPDATE}),
        (POOL, config(machineType="e2-standard-8"), {"nodeConfig.machineType": PropertyDiff.UPDATE}),
        (POOL, config(diskSizeGb=200), {"nodeConfig.diskSizeGb": PropertyDiff.UPDATE}),
        (POOL, config(labels={"team": "blog"}), {"nodeConfig.labels.team": PropertyDiff.UPDATE}),
        (POOL, config(taints=[]), {"nodeConfig.taints[0]": PropertyDiff.DELETE}),
        (POOL, config(spot=True), {"nodeConfig.spot": PropertyDiff.ADD_REPLACE}),
        (POOL, config(serviceAccount="default"), {"nodeConfig.serviceAccount": PropertyDiff.UPDATE_REPLACE}),
        (
            POOL,
            {"autoscaling": {"minNodeCount": 1, "maxNodeCount": 5}},
            {"autoscaling.maxNodeCount": PropertyDiff.UPDATE},
        ),
        (POOL, {"initialNodeCount": 2}, {"initialNodeCount": PropertyDiff.UPDATE_REPLACE}),
        (POOL, {"upgradeSettings": {"maxSurge": 2}}, {"upgradeSettings.maxSurge": PropertyDiff.UPDATE}),
    ],
)
def test_a_field_is_updated_or_replaces(
    world: World, token: str, changed: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert shown(verdict(world, token, **changed)) == expected


def test_a_name_that_somebody_chose_must_go_before_it_can_be_taken_again(world: World) -> None:
    assert verdict(world, NETWORK, description="new").delete_first
    assert not verdict(world, NETWORK, description="new", name="other").delete_first
    made_up = {**world.inputs(NETWORK, description="new"), DEFAULTS: ["name"]}
    assert not diff(type_of(NETWORK), world.inputs(NETWORK), made_up).delete_first
    assert not verdict(world, NETWORK, routingMode="GLOBAL").delete_first
    assert verdict(world, PROJECT_MEMBER, role="roles/viewer").delete_first


def test_what_is_ignored_is_no_change(world: World) -> None:
    assert verdict(world, POOL, ("nodeConfig",), **config(spot=True)).changes == ()
    assert verdict(world, POOL, ("nodeConfig.labels",), **config(spot=True, labels={})).replaces


def test_switches_that_stay_on(world: World) -> None:
    known = type_of(CLUSTER)
    inputs = world.inputs(CLUSTER)
    on, off = ({**inputs, "enableL4IlbSubsetting": switch} for switch in (True, False))
    assert diff(known, inputs, on).replaces == ()
    assert [change.path for change in diff(known, on, off).replaces] == [("enableL4IlbSubsetting",)]
    assert diff(known, on, inputs).changes == ()


@pytest.mark.parametrize(
    ("old", "new", "equal"),
    [
        (NETWORK_ID, f"https://www.googleapis.com/compute/v1/{NETWORK_ID}", True),
        (NETWORK_ID, "main", True),
        (NETWORK_ID, "other", False),
        (NETWORK_ID, NETWORK_ID.replace("main", "other"), False),
        ("roles/viewer", "viewer", False),
        (3, "3", True),
        (True, "true", True),
        (1, 2, False),
    ],
)
def test_two_ways_to_write_the_same(old: Any, new: Any, equal: bool) -> None:
    assert same(old, new) is equal
    assert same(new, old) is equal
