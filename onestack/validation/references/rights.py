"""What the roles of a set let its own pods do: such pods make objects and labels at run time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, mappings, text, texts

GROUP: Final = "rbac.authorization.k8s.io"
_ROLES: Final = frozenset({"Role", "ClusterRole"})
_BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
_RESOURCES: Final = {"ConfigMap": "configmaps", "Secret": "secrets"}
_LABEL_PODS: Final = "label pods"
_MAKE_PODS: Final = "make pods"
_WORKLOADS: Final = ("pods", "deployments", "daemonsets", "statefulsets", "replicasets")

_RoleKey = tuple[str, str, str]


class Rights:
    """Whose names the roles mention, and which ServiceAccounts may make objects or label pods."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._made: set[tuple[str, str, str]] = set()
        powers: dict[_RoleKey, set[str]] = {}
        bindings = []
        for manifest in manifests:
            if manifest.group == GROUP and manifest.kind in _ROLES:
                self._made.update(_made_by(manifest))
                powers[manifest.kind, manifest.namespace or "", manifest.name] = set(_powers(manifest))
            elif manifest.group == GROUP and manifest.kind in _BINDINGS:
                bindings.append(manifest)
        self._may: set[tuple[str, str, str]] = {
            (power, namespace, name)
            for binding in bindings
            for power in powers.get(_bound(binding), ())
            for namespace, name in _accounts(binding)
        }

    def may_make(self, kind: str, namespace: str, name: str) -> bool:
        """Whether a role both mentions the object and lets someone create such objects."""
        return (kind, namespace, name) in self._made or (kind, "", name) in self._made

    def may_create(self, kind: str, namespace: str, account: str) -> bool:
        """Whether the pods of a ServiceAccount may make Secrets, or ConfigMaps."""
        return (kind, namespace, account) in self._may

    def may_make_pods(self, namespace: str, account: str) -> bool:
        """Whether the pods of a ServiceAccount may make pods, by a role that says so in plain words."""
        return (_MAKE_PODS, namespace, account) in self._may

    def may_label_pods(self, namespace: str, account: str) -> bool:
        """Whether the pods of a ServiceAccount may change the labels of pods."""
        return (_LABEL_PODS, namespace, account) in self._may


def _accounts(binding: Manifest) -> Iterator[tuple[str, str]]:
    for _, subject in mappings(binding.body, "subjects", EACH):
        if subject.get("kind") == "ServiceAccount":
            yield text(subject, "namespace") or binding.namespace or "", text(subject, "name")


def _bound(binding: Manifest) -> _RoleKey:
    kind = text(binding.body, "roleRef", "kind")
    return kind, (binding.namespace or "") if kind == "Role" else "", text(binding.body, "roleRef", "name")


def _powers(role: Manifest) -> Iterator[str]:
    for rule in _rules(role):
        if _grants(rule, "pods", {"patch", "update"}):
            yield _LABEL_PODS
        for kind, resource in _RESOURCES.items():
            if _grants(rule, resource, {"create"}):
                yield kind
    for _, rule in mappings(role.body, "rules", EACH):
        # Who may do just everything, as a delivery tool may, is no operator for that.
        if _has(rule, "resources", set(_WORKLOADS)) and _has(rule, "verbs", {"create", "*"}):
            yield _MAKE_PODS


def _rules(role: Manifest) -> Iterator[Mapping[str, Any]]:
    for _, rule in mappings(role.body, "rules", EACH):
        if _has(rule, "apiGroups", {"", "*"}):
            yield rule


def _made_by(role: Manifest) -> Iterator[tuple[str, str, str]]:
    powers = set(_powers(role))
    for kind, resource in _RESOURCES.items():
        for rule in _rules(role) if kind in powers else ():
            for _, name in texts(rule, "resourceNames", EACH) if _has(rule, "resources", {resource}) else ():
                yield kind, role.namespace or "", name


def _grants(rule: Mapping[str, Any], resource: str, verbs: set[str]) -> bool:
    return _has(rule, "resources", {resource, "*"}) and _has(rule, "verbs", {*verbs, "*"})


def _has(rule: Mapping[str, Any], field: str, wanted: set[str]) -> bool:
    held = rule.get(field)
    return isinstance(held, list) and any(one in wanted for one in held if isinstance(one, str))
