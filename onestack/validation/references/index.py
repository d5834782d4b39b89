"""A set of manifests, quickly found by what references say. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import Final

from onestack.manifests.manifest import Identity, Manifest
from onestack.validation.parts import EACH, labels, mappings, text
from onestack.validation.pods import Pods, Port, claim_templates
from onestack.validation.references.made import Made
from onestack.validation.references.rights import Rights
from onestack.validation.selectors import Selector

OF_THE_CLUSTER: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})
"""Namespaces in which the cluster keeps things that no manifest declares."""
_SCALERS: Final = {("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")}


class Index:
    """The manifests of a set by kind, namespace and name; its pods; and what it makes at run time.

    ``claims`` has what StatefulSets call their claims, without the ordinal; ``endpoints`` the Services that
    have some by a manifest; ``grants`` who may refer into a namespace: namespace, kind, the other's;
    ``scalers`` the autoscalers by namespace, kind and name of what they scale; ``counted`` remembers how
    many pods selectors take.
    """

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._held: dict[tuple[str, str, str], dict[str, Manifest]] = defaultdict(dict)
        self._named: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self.namespaces: set[str] = set()
        self.endpoints: set[tuple[str, str]] = set()
        self.grants: set[tuple[str, str, str]] = set()
        self._offers: dict[Identity, Set[Port]] = {}
        self.claims: set[tuple[str, str]] = set()
        self.counted: dict[tuple[str, Selector], int | None] = {}
        self.scalers: dict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        self.rights = Rights(manifests)
        self.pods = Pods(manifests)
        self.made = Made(manifests, self.pods, self.rights)
        for manifest in manifests:
            namespace = manifest.namespace or ""
            self._held[manifest.group, manifest.kind, namespace][manifest.name] = manifest
            self._named[manifest.group, manifest.kind, manifest.name].append(namespace)
            self.namespaces.add(manifest.name if manifest.kind == "Namespace" else namespace)
            self._remember(manifest, namespace)
            if (manifest.group, manifest.kind) in _SCALERS:
                kind = text(manifest.body, "spec", "scaleTargetRef", "kind") or "Deployment"
                name = text(manifest.body, "spec", "scaleTargetRef", "name")
                self.scalers[namespace, kind, name].append(manifest)

    def _remember(self, manifest: Manifest, namespace: str) -> None:
        match manifest.kind:
            case "StatefulSet":
                self.claims.update((namespace, f"{one}-{manifest.name}") for one in claim_templates(manifest))
            case "Endpoints":
                self.endpoints.add((namespace, manifest.name))
            case "EndpointSlice":
                label = "kubernetes.io/service-name"
                self.endpoints.add((namespace, labels(manifest.body, "metadata", "labels").get(label, "")))
            case "ReferenceGrant":
                for _, source in mappings(manifest.body, "spec", "from", EACH):
                    self.grants.add((namespace, text(source, "kind"), text(source, "namespace")))

    def offers(self, service: Manifest) -> Set[Port]:
        """Name, number and protocol of the ports that a Service offers."""
        found = self._offers.get(service.identity)
        if found is None:
            found = self._offers[service.identity] = frozenset(_offered(service))
        return found

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


def _offered(service: Manifest) -> Iterator[Port]:
    for _, port in mappings(service.body, "spec", "ports", EACH):
        number = port.get("port")
        if isinstance(number, int):
            yield text(port, "name"), number, text(port, "protocol") or "TCP"
