"""The CIS GKE Benchmark over the graph of every stack, and each of its controls broken once."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from tests.program import cis, rules
from tests.program.clouds import STACKS, recorded

MISSING = object()
NODES = "the account of nodes"
# Control, type, input and a value that violates it. Of several resources of a type the first is broken.
BROKEN: Sequence[tuple[str, str, str, Any]] = (
    ("4.1.8", rules.CLUSTER, "anonymousAuthenticationConfig.mode", "ENABLED"),
    ("4.1.8", rules.CLUSTER, "anonymousAuthenticationConfig", MISSING),
    ("4.1.9", rules.CLUSTER, "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated", True),
    ("4.1.9", rules.CLUSTER, "rbacBindingConfig", MISSING),
    ("4.1.10", rules.CLUSTER, "rbacBindingConfig.enableInsecureBindingSystemAuthenticated", True),
    ("4.3.1", rules.CLUSTER, "datapathProvider", "LEGACY_DATAPATH"),
    ("4.3.1", rules.CLUSTER, "datapathProvider", MISSING),
    ("5.1.1", rules.REGISTRY, "vulnerabilityScanningConfig.enablementConfig", "DISABLED"),
    ("5.1.1", rules.SERVICE, "", "containerscanning"),
    ("5.1.3", rules.READER, "role", "roles/artifactregistry.writer"),
    ("5.2.1", rules.POOL, "nodeConfig.serviceAccount", MISSING),
    ("5.2.1", rules.POOL, "nodeConfig.serviceAccount", "default"),
    ("5.2.1", rules.POOL, "nodeConfig.serviceAccount", "1-compute@developer.gserviceaccount.com"),
    ("5.2.1", rules.CLUSTER, "nodeConfig", MISSING),
    ("5.2.1", rules.PROJECT_ROLE, "role", "roles/editor"),
    ("5.2.1", rules.PROJECT_ROLE, "member", NODES),
    ("5.2.2", rules.CLUSTER, "workloadIdentityConfig", MISSING),
    ("5.3.1", rules.CLUSTER, "databaseEncryption.state", "DECRYPTED"),
    ("5.3.1", rules.CLUSTER, "databaseEncryption.keyName", MISSING),
    ("5.4.1", rules.POOL, "nodeConfig.workloadMetadataConfig.mode", "GCE_METADATA"),
    ("5.5.1", rules.POOL, "nodeConfig.imageType", "UBUNTU_CONTAINERD"),
    ("5.5.2", rules.POOL, "management.autoRepair", False),
    ("5.5.3", rules.POOL, "management.autoUpgrade", False),
    ("5.5.4", rules.CLUSTER, "releaseChannel.channel", "UNSPECIFIED"),
    ("5.5.5", rules.CLUSTER, "enableShieldedNodes", False),
    ("5.5.6", rules.POOL, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", False),
    ("5.5.7", rules.POOL, "nodeConfig.shieldedInstanceConfig.enableSecureBoot", MISSING),
    ("5.6.1", rules.SUBNET, "logConfig", MISSING),
    ("5.6.1", rules.CLUSTER, "enableIntranodeVisibility", False),
    ("5.6.2", rules.CLUSTER, "networkingMode", "ROUTES"),
    ("5.6.2", rules.CLUSTER, "ipAllocationPolicy", MISSING),
    ("5.6.3", rules.CLUSTER, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", True),
    ("5.6.3", rules.CLUSTER, "controlPlaneEndpointsConfig", MISSING),
    ("5.6.4", rules.CLUSTER, "privateClusterConfig.enablePrivateEndpoint", False),
    ("5.6.5", rules.CLUSTER, "privateClusterConfig.enablePrivateNodes", False),
    ("5.6.5", rules.POOL, "networkConfig", MISSING),
    ("5.6.6", rules.FIREWALL, "denies", [{"protocol": "tcp"}]),
    ("5.6.6", rules.FIREWALL, "logConfig", MISSING),
    ("5.6.6", rules.FIREWALL, "allows", [{"protocol": "tcp", "ports": ["22"]}]),
    ("5.7.1", rules.CLUSTER, "loggingConfig.enableComponents", ["SYSTEM_COMPONENTS"]),
    ("5.7.1", rules.CLUSTER, "monitoringConfig", MISSING),
    ("5.8.1", rules.CLUSTER, "masterAuth.clientCertificateConfig.issueClientCertificate", True),
    ("5.8.1", rules.CLUSTER, "masterAuth", MISSING),
    ("5.8.1", rules.CLUSTER, "masterAuth.username", "admin"),
    ("5.8.3", rules.CLUSTER, "enableLegacyAbac", True),
    ("5.9.2", rules.POOL, "nodeConfig.bootDiskKmsKey", MISSING),
    ("5.10.1", rules.CLUSTER, "addonsConfig.kubernetesDashboard", {"disabled": False}),
    ("5.10.2", rules.CLUSTER, "enableKubernetesAlpha", True),
    ("5.10.4", rules.CLUSTER, "securityPostureConfig.mode", "DISABLED"),
)


def graph_of(stack: str) -> list[dict[str, Any]]:
    """What the stack's recorded graph has at Google."""
    return [one for one in recorded(stack) if one["type"].startswith("gcp:")]


def broken(graph: list[dict[str, Any]], kind: str, path: str, value: Any) -> list[dict[str, Any]]:
    """The graph with one input of the first resource of the type set, or taken away."""
    if not path:
        return [one for one in graph if (one["type"], one["name"]) != (kind, value)]
    changed = copy.deepcopy(graph)
    if value == NODES:
        pool = next(one for one in graph if one["type"] == rules.POOL)
        value = f"serviceAccount:{rules.at(pool, 'nodeConfig.serviceAccount')}"
    *steps, last = path.split(".")
    inputs = next(one for one in changed if one["type"] == kind)["inputs"]
    for step in steps:
        inputs = inputs[step]
    if value is MISSING:
        del inputs[last]
    else:
        inputs[last] = value
    return changed


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("control", cis.CONTROLS)
def test_every_stack_keeps_the_benchmark(stack: str, control: str) -> None:
    _, check = cis.CONTROLS[control]
    assert list(check(graph_of(stack))) == []


@pytest.mark.parametrize(("control", "kind", "path", "value"), BROKEN)
def test_a_bad_value_is_found(control: str, kind: str, path: str, value: Any) -> None:
    graph = graph_of("prod")
    _, check = cis.CONTROLS[control]
    assert list(check(broken(graph, kind, path, value))) != []


def test_every_control_is_broken_once() -> None:
    assert {control for control, *_ in BROKEN} == set(cis.CONTROLS)


def test_every_automated_control_is_asserted_or_not_ours() -> None:
    assert sorted(cis.AUTOMATED - set(cis.CONTROLS) - set(cis.NOT_OURS)) == []
    assert not set(cis.CONTROLS) & set(cis.NOT_OURS)
    assert set(cis.NOT_OURS) <= cis.AUTOMATED


@pytest.mark.parametrize(
    ("config", "kept"),
    [
        ({"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}], "gcpPublicCidrsAccessEnabled": False}, True),
        ({"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}], "gcpPublicCidrsAccessEnabled": False}, False),
        ({"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}]}, False),
    ],
)
def test_an_address_is_for_named_networks_only(config: dict[str, Any], *, kept: bool) -> None:
    graph = broken(
        graph_of("prod"), rules.CLUSTER, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", value=True
    )
    graph = broken(graph, rules.CLUSTER, "masterAuthorizedNetworksConfig", config)
    assert bool(list(cis.CONTROLS["5.6.3"][1](graph))) != kept
