"""The control planes of simulated GKE clusters: real ones, embedded, one for each cluster.

All trust one authority, as Google's endpoints do: a run that replaces a cluster has to trust the new one
from its beginning.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from filelock import FileLock

from onestack.errors import SimulatedNodesRefused
from onestack.local.plane import Plane
from onestack.local.plane.certificates import Pki, ensure_authority
from onestack.local.plane.commands import Tools
from onestack.local.plane.probe import Probe
from onestack.local.toolchain import ensure
from onestack.progress import Progress

POOL: Final = "cloud.google.com/gke-nodepool"


@dataclass(frozen=True)
class ControlPlane:
    """Where a cluster answers (``host:port``), and who vouches for it (PEM in base64, as at Google)."""

    endpoint: str
    ca_certificate: str


@dataclass(frozen=True)
class Node:
    """A node of a pool. ``taints`` are as in a Node's spec."""

    name: str
    zone: str
    machine_type: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class LazyTools:
    """The components of control planes, looked for when one is started."""

    root: Path

    def path(self, name: str) -> Path:
        """Raises: as `ensure`."""
        return ensure(self.root, SILENT, (name,)).path(name)


class _Silent:
    def step(self, what: str) -> None:
        """Says nothing."""

    def note(self, text: str) -> None:
        """Says nothing."""


SILENT: Final[Progress] = _Silent()


@dataclass(frozen=True)
class Clusters:
    """The clusters below ``folder``, by name."""

    folder: Path
    tools: Tools

    @property
    def authority(self) -> Pki:
        """The authority that all trust. Made where it is missing."""
        pki = Pki(self.folder / "authority")
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "authority.lock"):
            pki.folder.mkdir(mode=0o700, exist_ok=True)
            ensure_authority(pki, datetime.now(UTC))
        return pki

    def names(self) -> tuple[str, ...]:
        """All clusters, sorted."""
        return tuple(sorted(entry.parent.name for entry in self.folder.glob("*/plane")))

    def plane(self, name: str) -> Plane:
        """The control plane of a cluster, which may not be there yet."""
        home, authority = self.folder / name, Pki(self.folder / "authority")
        return Plane(home / "plane", self.tools, home / "kubeconfig", own_node=False, authority=authority)

    def create(self, name: str, progress: Progress = SILENT) -> ControlPlane:
        """Starts a cluster's control plane, which takes seconds; a second time, only what doesn't run of it.

        Raises: as `Plane.up`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        return self._answering(self.plane(name).up(progress).server)

    def find(self, name: str) -> ControlPlane | None:
        """A cluster that was created, whether it runs or not."""
        status = self.plane(name).status()
        return self._answering(status.server) if status.server else None

    def delete(self, name: str, progress: Progress = SILENT) -> None:
        """Stops a cluster and removes its data. Does nothing where there is none."""
        self.plane(name).reset(progress)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def set_nodes(self, name: str, pool: str, nodes: Sequence[Node]) -> None:
        """Makes the nodes of a pool exactly these. Raises: SimulatedNodesRefused."""
        plane = self.plane(name)
        status = plane.status()
        probe, port = Probe(Pki(plane.layout.pki), "ca", "admin"), urlsplit(status.server).port or 0
        answer = probe.get(port, f"/api/v1/nodes?labelSelector={POOL}%3D{pool}")
        there = {item["metadata"]["name"] for item in answer.json().get("items") or ()}
        if not answer.ok:
            raise SimulatedNodesRefused(name, pool, answer.text)
        for node in nodes:
            done = probe.apply(
                port, f"/api/v1/nodes/{node.name}", _body(node, pool, status.kubernetes_version)
            )
            if not done.ok:
                raise SimulatedNodesRefused(name, pool, done.text)
        for gone in there - {node.name for node in nodes}:
            probe.delete(port, f"/api/v1/nodes/{gone}")

    def credentials(self, server: str) -> tuple[str, str] | None:
        """Certificate and key (PEM) of the administrator of the cluster that answers at a URL."""
        for plane in self._planes():
            if urlsplit(plane.status().server).netloc == urlsplit(server).netloc:
                pki = Pki(plane.layout.pki)
                return pki.certificate("admin").read_text(), pki.key("admin").read_text()
        return None

    def _planes(self) -> Iterator[Plane]:
        return map(self.plane, self.names())

    def _answering(self, server: str) -> ControlPlane:
        return ControlPlane(
            endpoint=urlsplit(server).netloc,
            ca_certificate=base64.b64encode(self.authority.certificate("ca").read_bytes()).decode(),
        )


def clusters(simulation: Path) -> Clusters:
    """The clusters of the simulation in a folder, which lies in ``.onestack`` of a repository."""
    return Clusters(simulation / "clusters", LazyTools(simulation.parents[1]))


def _body(node: Node, pool: str, version: str) -> dict[str, Any]:
    region = node.zone.rpartition("-")[0]
    labels = {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node.name,
        "node.kubernetes.io/instance-type": node.machine_type,
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": node.zone,
        **node.labels,
        POOL: pool,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": node.name,
            "labels": labels,
            "annotations": {"onestack.dev/kubernetes-version": f"v{version}"},
        },
        "spec": {"taints": [dict(taint) for taint in node.taints]},
    }
