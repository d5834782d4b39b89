"""Inputs: names that are made up, defaults, and values that can't be."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.local.gcp.check import DEFAULTS, Naming, check
from onestack.local.gcp.table import type_of
from onestack.local.serving.codec import UNKNOWN, Secret
from tests.unit.local.gcp.simulated import (
    ACCOUNT,
    CLUSTER,
    FIREWALL,
    IDENTITY_POOL,
    KEY,
    NAT,
    NETWORK,
    POOL,
    PROJECT_MEMBER,
    SAMPLES,
    SUBNETWORK,
)


def failures_of(token: str, **changed: Any) -> dict[str, str]:
    _, failures = check(type_of(token), {**SAMPLES[token], **changed}, {}, Naming("x"))
    return {one.path: one.reason for one in failures}


@pytest.mark.parametrize(
    ("token", "path", "changed", "words"),
    [
        (NETWORK, "name", {"name": "Main"}, "begin with a letter"),
        (NETWORK, "name", {"name": "a" * 64}, "1 to 63"),
        (NETWORK, "name", {"name": "main-"}, "not end with a dash"),
        (NETWORK, "routingMode", {"routingMode": "LOCAL"}, 'one of ["REGIONAL" "GLOBAL"], got LOCAL'),
        (NETWORK, "mtu", {"mtu": "many"}, "expected integer, got a string"),
        (SUBNETWORK, "ipCidrRange", {"ipCidrRange": "10.10.0.0"}, "must be a range"),
        (SUBNETWORK, "ipCidrRange", {"ipCidrRange": "10.10.0.1/20"}, "has host bits set"),
        (
            SUBNETWORK,
            "secondaryIpRanges[1].ipCidrRange",
            {"secondaryIpRanges": [{"rangeName": "a"}, {"rangeName": "b", "ipCidrRange": "10/8"}]},
            "must be a range",
        ),
        (NAT, "logConfig.filter", {"logConfig": {"enable": True, "filter": "SOME"}}, '"ERRORS_ONLY"'),
        (NAT, "logConfig.filter", {"logConfig": {"enable": True}}, "is required"),
        (NAT, "name", {"name": "n"}, "2 to 63"),
        (FIREWALL, "priority", {"priority": 70000}, "in the range (0 - 65535), got 70000"),
        (FIREWALL, "allows", {"allows": "tcp"}, "expected a list"),
        (FIREWALL, "allows", {"denies": [{"protocol": "all"}]}, "exactly one of allows, denies"),
        (FIREWALL, "allows", {"allows": None}, "exactly one of allows, denies"),
        (KEY, "rotationPeriod", {"rotationPeriod": "3600s"}, "greater than one day"),
        (KEY, "rotationPeriod", {"rotationPeriod": "90d"}, "Invalid rotation period format"),
        (KEY, "labels", {"labels": []}, "expected a map"),
        (ACCOUNT, "accountId", {"accountId": "dev"}, "6 to 30"),
        (PROJECT_MEMBER, "member", {"member": "me@acme.example"}, "KIND:WHO"),
        (PROJECT_MEMBER, "member", {"member": "deleted:user:me"}, "KIND:WHO"),
        (
            IDENTITY_POOL,
            "workloadIdentityPoolId",
            {"workloadIdentityPoolId": "gcp-pool"},
            "not begin with gcp-",
        ),
        (CLUSTER, "name", {"name": "a" * 41}, "1 to 40"),
        (CLUSTER, "releaseChannel.channel", {"releaseChannel": {"channel": "fast"}}, "got fast"),
        (
            CLUSTER,
            "privateClusterConfig.masterIpv4CidrBlock",
            {"privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/24"}},
            "must be a /28 range",
        ),
        (
            CLUSTER,
            "maintenancePolicy.dailyMaintenanceWindow.startTime",
            {"maintenancePolicy": {"dailyMaintenanceWindow": {"startTime": "25:00"}}},
            "HH:MM",
        ),
        (CLUSTER, "nodePools", {"nodePools": [{"name": "x"}]}, "not expected here"),
        (POOL, "nodeConfig.diskSizeGb", {"nodeConfig": {"diskSizeGb": 5}}, "at least (10), got 5"),
        (
            POOL,
            "nodeConfig.taints[0].effect",
            {"nodeConfig": {"taints": [{"key": "a", "value": "b"}]}},
            "required",
        ),
        (POOL, "nodeConfig", {"nodeConfig": "big"}, "expected an object, got a string"),
        (POOL, "initialNodeCount", {"initialNodeCount": True}, "expected integer, got a boolean"),
    ],
)
def test_what_google_or_its_provider_refuse(
    token: str, path: str, changed: dict[str, Any], words: str
) -> None:
    found = failures_of(token, **changed)
    assert path in found, found
    assert words in found[path]
    assert found[path].endswith(f"Examine values at 'x.{path}'.")


def test_defaults_are_filled_in_at_every_depth_and_noted() -> None:
    given = {
        "router": "edge",
        "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "name": "nat",
    }
    inputs, _ = check(type_of(NAT), given, {}, Naming("x"))
    assert inputs["udpIdleTimeoutSec"] == 30
    assert inputs["type"] == "PUBLIC"
    assert "udpIdleTimeoutSec" in inputs[DEFAULTS]
    inputs, _ = check(type_of(SUBNETWORK), SAMPLES[SUBNETWORK], {}, Naming("x"))
    assert inputs["logConfig"]["flowSampling"] == 0.5
    assert inputs["logConfig"][DEFAULTS] == ["filterExpr", "flowSampling", "metadata"]
    inputs, _ = check(type_of(CLUSTER), SAMPLES[CLUSTER], {}, Naming("x"))
    assert inputs["deletionProtection"] is False


def test_a_cluster_is_protected_unless_it_says_otherwise() -> None:
    given = {key: value for key, value in SAMPLES[CLUSTER].items() if key != "deletionProtection"}
    inputs, _ = check(type_of(CLUSTER), given, {}, Naming("x"))
    assert inputs["deletionProtection"] is True


def test_a_name_is_made_up_once_and_kept() -> None:
    first, _ = check(type_of(NETWORK), {}, {}, Naming("Main", b"seed"))
    assert first["name"].startswith("main-")
    assert first["name"] == check(type_of(NETWORK), {}, {}, Naming("Main", b"seed"))[0]["name"]
    again, _ = check(type_of(NETWORK), {}, first, Naming("Main", b"other"))
    assert again["name"] == first["name"]
    chosen = {"name": "chosen", DEFAULTS: []}
    fresh, _ = check(type_of(NETWORK), {}, chosen, Naming("Main", b"seed"))
    assert fresh["name"] == first["name"]
    proposed, _ = check(type_of(NETWORK), {}, {}, Naming("Main", b"", "engine-made"))
    assert proposed["name"] == "engine-made"


def test_secrets_stay_secret_and_are_checked_all_the_same() -> None:
    given = {**SAMPLES[KEY], "rotationPeriod": Secret("3600s"), "labels": Secret({"a": UNKNOWN})}
    inputs, failures = check(type_of(KEY), given, {}, Naming("x"))
    assert inputs["rotationPeriod"] == Secret("3600s")
    assert [one.path for one in failures] == ["rotationPeriod"]
