"""What the pods of a Job can't start, or can't do their work, without. Pure.

Controllers try again until all is there, so this matters only where others wait for the Job itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from onestack.manifests.backends import at
from onestack.manifests.edge import Edge
from onestack.manifests.manifest import Identity, Manifest

_RBAC: Final = "rbac.authorization.k8s.io"
_BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
_PODS: Final = {("batch", "Job"): ("spec", "template", "spec"), ("", "Pod"): ("spec",)}


class PodNeeds:
    """What pods name, and what lets their accounts act, for a set of manifests."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._grants: dict[tuple[str, str], list[Edge]] = {}
        for manifest in manifests:
            if manifest.group == _RBAC and manifest.kind in _BINDINGS:
                self._take(manifest)

    def of(self, manifest: Manifest) -> Iterator[Edge]:
        """What the pods of a Job, or a bare Pod, need; some of it may not be among the manifests."""
        where = _PODS.get((manifest.group, manifest.kind))
        spec = at(manifest.body, *where) if where else None
        namespace = manifest.namespace
        if not isinstance(spec, dict) or namespace is None:
            return
        account = _text(at(spec, "serviceAccountName")) or "default"
        yield Edge(Identity("", "ServiceAccount", namespace, account), "its account")
        yield from self._grants.get((namespace, account), ())
        yield from _named(spec, namespace)

    def _take(self, binding: Manifest) -> None:
        """Notes for each account of a binding: the binding and its role."""
        kind, name = _text(at(binding.body, "roleRef", "kind")), _text(at(binding.body, "roleRef", "name"))
        edges = [Edge(binding.identity, "grants its account rights")]
        if kind and name:
            namespace = binding.namespace if kind == "Role" else None
            edges.append(Edge(Identity(_RBAC, kind, namespace, name), "its account's rights"))
        for subject in _list(at(binding.body, "subjects")):
            account, namespace = _text(at(subject, "name")), _text(at(subject, "namespace"))
            if at(subject, "kind") == "ServiceAccount" and account and namespace:
                self._grants.setdefault((namespace, account), []).extend(edges)


def _named(spec: dict[str, Any], namespace: str) -> Iterator[Edge]:
    """The ConfigMaps, Secrets and claims that a pod's spec names, and its classes."""
    for kind, name in _sources(spec):
        yield Edge(Identity("", kind, namespace, name), f"its {kind}")
    if name := _text(at(spec, "priorityClassName")):
        yield Edge(Identity("scheduling.k8s.io", "PriorityClass", None, name), "its PriorityClass")
    if name := _text(at(spec, "runtimeClassName")):
        yield Edge(Identity("node.k8s.io", "RuntimeClass", None, name), "its RuntimeClass")


def _sources(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for volume in _list(at(spec, "volumes")):
        projected = _list(at(volume, "projected", "sources"))
        for source in (volume, *projected):
            yield from _pairs("ConfigMap", (at(source, "configMap", "name"),))
            yield from _pairs("Secret", (at(source, "secret", "secretName"), at(source, "secret", "name")))
        yield from _pairs("PersistentVolumeClaim", (at(volume, "persistentVolumeClaim", "claimName"),))
    for secret in _list(at(spec, "imagePullSecrets")):
        yield from _pairs("Secret", (at(secret, "name"),))
    for field in ("initContainers", "containers"):
        for container in _list(at(spec, field)):
            for source in _list(at(container, "envFrom")):
                yield from _pairs("ConfigMap", (at(source, "configMapRef", "name"),))
                yield from _pairs("Secret", (at(source, "secretRef", "name"),))
            for variable in _list(at(container, "env")):
                yield from _pairs("ConfigMap", (at(variable, "valueFrom", "configMapKeyRef", "name"),))
                yield from _pairs("Secret", (at(variable, "valueFrom", "secretKeyRef", "name"),))


def _pairs(kind: str, names: Iterable[Any]) -> Iterator[tuple[str, str]]:
    return ((kind, name) for name in names if isinstance(name, str) and name)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
