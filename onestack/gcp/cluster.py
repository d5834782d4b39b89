"""Which cluster a stack's settings mean: its name and identifier, known before anything exists. Pure.

A name that changes exactly when Google would have to make a new cluster lets the new one be made before the
old one goes, and lets whoever holds on to the cluster know that it is another. The same goes for the subnet
and for node pools.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.gcp.names import digest
from onestack.gcp.node_pools import NodePool
from onestack.gcp.settings import GcpSettings, Ranges

REPLACING: Final[Mapping[str, str]] = {
    "project": "project",
    "region": "subnetwork",
    "cluster.location": "location",
    "cluster.generation": "name",
    "network.nodes (its first address)": "subnetwork",
    "network.pods": "subnetwork",
    "network.services": "subnetwork",
}
"""The settings for which a cluster is replaced, each with the cluster's input that it changes.

Which inputs force a replacement: ``ForceNew`` in the schema of ``google_container_cluster``,
https://github.com/hashicorp/terraform-provider-google-beta/blob/main/google-beta/services/container/resource_container_cluster.go
All other inputs that force one are constants of `components.cluster`.
"""


def subnet_name(stack: str, region: str, ranges: Ranges) -> str:
    """``<stack>-<4 characters>``: another one when the subnet can't be changed in place.

    Its nodes' range can grow, https://cloud.google.com/vpc/docs/create-modify-vpc-networks#expand-subnet;
    the secondary ranges can't be changed while a cluster uses them.
    """
    return f"{stack}-{digest(region, *_fixed(ranges))}"


def cluster_name(stack: str, settings: GcpSettings) -> str:
    """``<stack>-<4 characters>``: another one exactly when a setting of `REPLACING` changes."""
    place = (settings.project, settings.region, settings.location)
    return f"{stack}-{digest(_generation(settings), *place, *_fixed(settings.network))}"


def cluster_identifier(stack: str, settings: GcpSettings) -> str:
    """``gcp/<project>/<location>/<name>``: changes exactly when the cluster does."""
    return f"gcp/{settings.project}/{settings.location}/{cluster_name(stack, settings)}"


def node_pool_name(name: str, pool: NodePool, cluster: str) -> str:
    """``<pool>-<4 characters>``: another one when the pool can't be changed in place.

    ``cluster`` is the cluster's name, in which all else lies that a pool is replaced for.
    """
    return f"{name}-{digest(cluster, pool.spot)}"


def key_ring_name(stack: str, settings: GcpSettings) -> str:
    """``<stack>-<generation>``.

    Google keeps key rings for ever: a stack that is destroyed and made again needs another generation, and
    gets a key of its own with it.
    """
    return f"{stack}-{_generation(settings)}"


def _generation(settings: GcpSettings) -> int:
    return settings.cluster.generation


def _fixed(ranges: Ranges) -> tuple[Any, ...]:
    return str(ranges.nodes.network_address), str(ranges.pods), str(ranges.services)
