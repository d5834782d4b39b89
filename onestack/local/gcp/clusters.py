"""The control planes of simulated GKE clusters: real ones, embedded, one for each cluster.

All trust one authority, as Google's endpoints do: a run that replaces a cluster has to trust the new one
from its beginning.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from filelock import FileLock

from onestack.errors import SimulatedNodesRefused
from onestack.local.gcp.protocol import ControlPlane, Node
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.plane.certificates import Pki, ensure_authority
from onestack.local.plane.commands import Tools
from onestack.local.plane.probe import Probe
from onestack.local.toolchain import ensure
from onestack.progress import Progress, Silent

POOL: Final = "cloud.google.com/gke-nodepool"


@dataclass(frozen=True)
class LazyTools:
    """The components of control planes, looked for when one is started."""

    root: Path

    def path(self, name: str) -> Path:
        """Raises: as `ensure`."""
        return ensure(self.root, Silent(), (name,)).path(name)


@dataclass(frozen=True)
class Planes:
    """The control planes below ``folder``, by ``<project>.<cluster>``."""

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
        """All that were started once, sorted."""
        return tuple(sorted(entry.parent.name for entry in self.folder.glob("*/plane")))

    def plane(self, name: str) -> Plane:
        """One of them, which may not be there yet."""
        home, authority = self.folder / name, Pki(self.folder / "authority")
        return Plane(home / "plane", self.tools, home / "kubeconfig", own_node=False, authority=authority)

    def start(self, name: str, progress: Progress) -> PlaneStatus:
        """Starts what doesn't run of one. Raises: as `Plane.up`."""
        self.authority  # noqa: B018 - made, for the plane to find it
        return self.plane(name).up(progress)

    def remove(self, name: str, progress: Progress) -> None:
        """Stops one and removes its data. Does nothing where there is none. Raises: as `Plane.reset`."""
        self.plane(name).reset(progress)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def credentials(self, server: str) -> tuple[str, str] | None:
        """Certificate and key (PEM) of the administrator of the control plane that answers at a URL."""
        for plane in map(self.plane, self.names()):
            if urlsplit(plane.status().server).netloc == urlsplit(server).netloc:
                pki = Pki(plane.layout.pki)
                return pki.certificate("admin").read_text(), pki.key("admin").read_text()
        return None


@dataclass(frozen=True)
class ProjectClusters:
    """The clusters of one simulated project: `onestack.local.gcp.protocol.Clusters`."""

    planes: Planes
    project: str

    def create(self, name: str, kubernetes_version: str) -> ControlPlane:
        """Starts one, which takes seconds, in the version that is at hand. Raises: as `Plane.up`."""
        _ = kubernetes_version
        return self._answering(self.planes.start(self._key(name), Silent()).server)

    def find(self, name: str) -> ControlPlane | None:
        """One that was created, whether it runs or not."""
        server = self.planes.plane(self._key(name)).status().server
        return self._answering(server) if server else None

    def delete(self, name: str) -> None:
        """Stops one and removes its data. Does nothing where there is none."""
        self.planes.remove(self._key(name), Silent())

    def set_nodes(self, name: str, pool: str, nodes: Sequence[Node]) -> None:
        """Makes the nodes of a pool exactly these. Raises: SimulatedNodesRefused."""
        plane = self.planes.plane(self._key(name))
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

    def _key(self, name: str) -> str:
        return f"{self.project}.{name}"

    def _answering(self, server: str) -> ControlPlane:
        certificate = self.planes.authority.certificate("ca").read_bytes()
        return ControlPlane(urlsplit(server).netloc, base64.b64encode(certificate).decode())


def planes(simulation: Path) -> Planes:
    """The control planes of the simulation in a folder, which lies in ``.onestack`` of a repository."""
    return Planes(simulation / "clusters", LazyTools(simulation.parents[1]))


def clusters(project: Path) -> ProjectClusters:
    """The clusters of the simulated project whose folder this would be, below that of its simulation."""
    return ProjectClusters(planes(project.parent), project.name)


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
