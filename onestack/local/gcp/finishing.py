"""What an operation leaves at Google once it is through: for GKE a control plane and nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.local.gcp import gke, refusal, rules
from onestack.local.gcp.project import Record
from onestack.local.gcp.session import Session
from onestack.local.gcp.table import Type


def finish(sim: Session, known: Type, name: str, resource_id: str) -> dict[str, Any]:
    """What an operation leaves at Google once it is through: for GKE a control plane and nodes."""
    record = sim.projects.look(name).get(known.token, resource_id)
    if record is None:
        raise refusal.missing(known, "update", known, resource_id)
    if known.token == gke.CLUSTER:
        return _start_cluster(sim, known, name, resource_id, record)
    if known.token == gke.POOL:
        cluster = cluster_name(record.state)
        nodes = gke.nodes_of(cluster, record.state["name"], record.state)
        sim.clusters(name).set_nodes(cluster, record.state["name"], nodes)
    return record.state


def _start_cluster(sim: Session, known: Type, name: str, resource_id: str, record: Record) -> dict[str, Any]:
    clusters, cluster = sim.clusters(name), record.state["name"]
    plane = clusters.find(cluster)
    if plane is None:
        plane = clusters.create(cluster, str(record.state["masterVersion"]).partition("-")[0])
        if not record.state.get("removeDefaultNodePool") and not record.state.get("enableAutopilot"):
            pool = {**(record.state.get("nodeConfig") or {}), **record.state}
            pool = {**pool, "nodeLocations": rules.zones_of(str(record.state["location"]))}
            clusters.set_nodes(cluster, gke.DEFAULT_POOL, gke.nodes_of(cluster, gke.DEFAULT_POOL, pool))
    with sim.projects.change(name) as project:
        now = project.get(known.token, resource_id)
        if now is None:
            raise refusal.missing(known, "update", known, resource_id)
        gke.started(now.state, plane)
        return now.state


def cluster_name(pool: Mapping[str, Any]) -> str:
    """The name of a node pool's cluster, which its inputs name by id or name."""
    return str(pool["cluster"]).rpartition("/")[2]
