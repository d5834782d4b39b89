"""What stands behind a simulated GKE cluster: a control plane, and nodes that it is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ControlPlane:
    """Where it answers, ``127.0.0.1:40123``, and the certificate (PEM in base64) to trust it by."""

    endpoint: str
    ca_certificate: str


@dataclass(frozen=True)
class Node:
    """One node of a pool; ``taints`` are Kubernetes taints (key, value, effect)."""

    name: str
    zone: str
    machine_type: str
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...]


class Clusters(Protocol):
    """The control planes of one simulated project, by the clusters' names."""

    def create(self, name: str, kubernetes_version: str) -> ControlPlane:
        """Starts one, which takes seconds; one that is there is left alone."""
        ...

    def delete(self, name: str) -> None:
        """Stops one and takes its data away; nothing where there is none."""
        ...

    def find(self, name: str) -> ControlPlane | None:
        """One that was created and not deleted."""
        ...

    def set_nodes(self, name: str, pool: str, nodes: Sequence[Node]) -> None:
        """Makes the nodes of a pool exactly these."""
        ...
