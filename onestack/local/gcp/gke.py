"""What is particular to GKE: versions, ranges, keys, and the nodes of a pool."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from onestack.errors import GoogleRefused
from onestack.local.gcp import refusal
from onestack.local.gcp.fill import least_nodes, service_agent
from onestack.local.gcp.project import Project
from onestack.local.gcp.protocol import ControlPlane, Node
from onestack.local.gcp.rules import SUBNETWORK, find, google, zones_of
from onestack.local.gcp.table import Type, type_of

CLUSTER: Final = "gcp:container/cluster:Cluster"
POOL: Final = "gcp:container/nodePool:NodePool"
DEFAULT_POOL: Final = "default-pool"
_KEY_ROLE: Final = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
_EFFECTS: Final[Mapping[str, str]] = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}


def prepare_cluster(known: Type, state: dict[str, Any], project: Project, operation: str) -> None:
    """Fills in, in place, what a cluster takes from its project: ranges, zones, version.

    Raises:
        GoogleRefused: Google wouldn't make it.
    """
    _check_key(known, state, project, operation)
    policy = state.get("ipAllocationPolicy")
    if isinstance(policy, dict):
        _resolve_ranges(known, state, policy, project, operation)
    zones = zones_of(str(state.get("location")))
    state.setdefault("nodeLocations", [zone for zone in zones if zone != state.get("location")])
    state["masterVersion"] = _version(known, state, operation)
    pool = (state.get("workloadIdentityConfig") or {}).get("workloadPool")
    if pool and pool not in project.identity_pools:
        project.identity_pools.append(pool)


def _resolve_ranges(
    known: Type, state: Mapping[str, Any], policy: dict[str, Any], project: Project, operation: str
) -> None:
    found = find(project, type_of(SUBNETWORK), str(state.get("subnetwork") or ""), state)
    ranges = {
        one.get("rangeName"): one.get("ipCidrRange")
        for one in (found[1].state.get("secondaryIpRanges") or () if found else ())
    }
    pairs = {
        "clusterSecondaryRangeName": "clusterIpv4CidrBlock",
        "servicesSecondaryRangeName": "servicesIpv4CidrBlock",
    }
    for name, block in pairs.items():
        wanted = policy.get(name)
        if wanted and wanted not in ranges:
            text = f'Pod or service secondary range "{wanted}" does not exist in the subnetwork., badRequest'
            raise GoogleRefused(refusal.doing(known, operation), 400, text)
        if wanted:
            policy[block] = ranges[wanted]


def _check_key(known: Type, state: Mapping[str, Any], project: Project, operation: str) -> None:
    """Google's own account for GKE must be allowed to use the key.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets
    """
    encryption = state.get("databaseEncryption") or {}
    key = encryption.get("keyName")
    if not key or encryption.get("state") == "DECRYPTED":
        return
    agent = f"serviceAccount:{service_agent('container.googleapis.com', project.number)}"
    granted = any(
        record.state.get("role") == _KEY_ROLE
        and record.state.get("member") == agent
        and record.state.get("cryptoKeyId", key) == key
        for record in project.resources.values()
        if not record.gone
    )
    if not granted:
        text = (
            f"Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '{key}' for "
            f"'{agent}' (or it may not exist): it needs {_KEY_ROLE}., badRequest"
        )
        raise GoogleRefused(refusal.doing(known, operation), 400, text)


def _version(known: Type, state: Mapping[str, Any], operation: str) -> str:
    """The control plane's version: never older than it was, than its channel's, or than asked for."""
    channel = (state.get("releaseChannel") or {}).get("channel") or "REGULAR"
    versions: list[str] = google()["versions"]
    candidates: list[str] = [google()["channels"].get(channel, google()["channels"]["REGULAR"])]
    if current := state.get("masterVersion"):
        candidates.append(current)
    if least := state.get("minMasterVersion"):
        fitting = [
            one for one in versions if least == "latest" or f"{one}.".startswith(f"{least}".rstrip(".") + ".")
        ]
        fitting = fitting or [one for one in versions if one.startswith(f"{least}-")]
        if not fitting:
            text = f'No valid versions with the prefix "{least}" found., badRequest'
            raise GoogleRefused(refusal.doing(known, operation), 400, text)
        candidates.append(fitting[-1])
    return max(candidates, key=_numbers)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def started(state: dict[str, Any], plane: ControlPlane) -> None:
    """Records, in place, where a cluster's control plane answers."""
    state["endpoint"] = plane.endpoint
    auth = state.setdefault("masterAuth", {})
    auth["clusterCaCertificate"] = plane.ca_certificate
    auth.setdefault("clientCertificate", "")
    auth.setdefault("clientKey", "")
    auth.setdefault("clientCertificateConfig", {"issueClientCertificate": False})
    endpoints = state.get("controlPlaneEndpointsConfig") or {}
    dns = {"allowExternalTraffic": False, **(endpoints.get("dnsEndpointConfig") or {})}
    endpoints = {"ipEndpointsConfig": {"enabled": True}, **endpoints}
    state["controlPlaneEndpointsConfig"] = {
        **endpoints,
        "dnsEndpointConfig": {**dns, "endpoint": plane.endpoint},
    }


def prepare_pool(known: Type, state: dict[str, Any], project: Project, operation: str) -> None:
    """Fills in, in place, what a node pool takes from its cluster.

    Raises:
        GoogleRefused: its machine type or zones can't be.
    """
    machine = str((state.get("nodeConfig") or {}).get("machineType") or "e2-medium")
    zones = state.get("nodeLocations") or _pool_zones(state, project)
    if not re.fullmatch(google()["machineTypes"], machine):
        text = f'Machine type with name "{machine}" does not exist in zone "{zones[0]}"., badRequest'
        raise GoogleRefused(refusal.doing(known, operation), 400, text)
    state["nodeLocations"] = list(zones)
    found = find(project, type_of(CLUSTER), str(state.get("cluster")), state)
    if found and not state.get("version"):
        state["version"] = found[1].state.get("masterVersion", "")


def _pool_zones(state: Mapping[str, Any], project: Project) -> list[str]:
    found = find(project, type_of(CLUSTER), str(state.get("cluster")), state)
    location = str(found[1].state.get("location") if found else state.get("location"))
    return list(zones_of(location)) or [location]


def nodes_of(cluster: str, name: str, pool: Mapping[str, Any]) -> list[Node]:
    """The nodes of a pool, as many as its settings ask for at least, in each of its zones."""
    config = pool.get("nodeConfig") or {}
    machine = str(config.get("machineType") or "e2-medium")
    taints = tuple(
        {"key": str(one["key"]), "value": str(one["value"]), "effect": _EFFECTS[str(one["effect"])]}
        for one in config.get("taints") or ()
    )
    return [
        Node(
            _node_name(cluster, name, zone, index),
            zone,
            machine,
            _labels(name, machine, zone, config),
            taints,
        )
        for zone in pool.get("nodeLocations") or ()
        for index in range(least_nodes(pool))
    ]


def _labels(pool: str, machine: str, zone: str, config: Mapping[str, Any]) -> Mapping[str, str]:
    spot = {"cloud.google.com/gke-spot": "true"} if config.get("spot") else {}
    return {
        "cloud.google.com/gke-nodepool": pool,
        "cloud.google.com/machine-family": machine.partition("-")[0],
        "node.kubernetes.io/instance-type": machine,
        "topology.kubernetes.io/region": zone.rpartition("-")[0],
        "topology.kubernetes.io/zone": zone,
        **spot,
        **(config.get("labels") or {}),
    }


def _node_name(cluster: str, pool: str, zone: str, index: int) -> str:
    """``gke-CLUSTER-POOL-0123abcd-4567``: one group for each zone. Google shortens long names likewise."""
    group = hashlib.sha256(f"{cluster}/{pool}/{zone}".encode()).hexdigest()[:8]
    one = hashlib.sha256(f"{group}/{index}".encode()).hexdigest()[:4]
    return f"gke-{f'{cluster}-{pool}'[:40].rstrip('-')}-{group}-{one}"
