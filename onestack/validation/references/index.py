"""A set of manifests, quickly found by what references say. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import text
from onestack.validation.pods import Pods
from onestack.validation.references.made import Made
from onestack.validation.references.rights import Rights

OF_THE_CLUSTER: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})
"""Namespaces in which the cluster keeps things that no manifest declares."""
_SCALERS: Final = {("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")}


class Index:
    """The manifests of a set by kind, namespace and name; its pods; and what it makes at run time."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._held: dict[tuple[str, str, str], dict[str, Manifest]] = defaultdict(dict)
        self._named: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self.namespaces: set[str] = set()
        self.scalers: dict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        self.rights = Rights(manifests)
        self.pods = Pods(manifests)
        self.made = Made(manifests, self.rights)
        for manifest in manifests:
            namespace = manifest.namespace or ""
            self._held[manifest.group, manifest.kind, namespace][manifest.name] = manifest
            self._named[manifest.group, manifest.kind, manifest.name].append(namespace)
            self.namespaces.add(manifest.name if manifest.kind == "Namespace" else namespace)
            if (manifest.group, manifest.kind) in _SCALERS:
                kind = text(manifest.body, "spec", "scaleTargetRef", "kind") or "Deployment"
                name = text(manifest.body, "spec", "scaleTargetRef", "name")
                self.scalers[namespace, kind, name].append(manifest)

    def get(self, group: str, kind: str, namespace: str | None, name: str) -> Manifest | None:
        """The object, or None."""
        return self._held[group, kind, namespace or ""].get(name)

    def all(self, group: str, kind: str, namespace: str | None) -> Mapping[str, Manifest]:
        """The objects of a kind in a namespace, by name."""
        return self._held[group, kind, namespace or ""]

    def elsewhere(self, group: str, kind: str, namespace: str | None, name: str) -> Collection[str]:
        """The other namespaces that have an object of that kind and name."""
        return [one for one in self._named[group, kind, name] if one != (namespace or "")]

    def holds(self, namespace: str) -> bool:
        """Whether the set has anything in the namespace, so that it can be said what is missing there."""
        return namespace in self.namespaces
