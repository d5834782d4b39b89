"""What the roles of a set let its own pods do: such pods make objects and labels at run time. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, mappings, text, texts

GROUP: Final = "rbac.authorization.k8s.io"
_ROLES: Final = frozenset({"Role", "ClusterRole"})
_BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
_RESOURCES: Final = {"ConfigMap": "configmaps", "Secret": "secrets"}
_RoleKey = tuple[str, str, str]


class Rights:
    """Whose names the roles mention, and who may write labels on pods."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._made: set[tuple[str, str, str]] = set()
        labelling: set[_RoleKey] = set()
        bindings = []
        for manifest in manifests:
            if manifest.group == GROUP and manifest.kind in _ROLES:
                self._made.update(_made_by(manifest))
                if any(_grants(rule, "pods", {"patch", "update"}) for rule in _rules(manifest)):
                    labelling.add((manifest.kind, manifest.namespace or "", manifest.name))
            elif manifest.group == GROUP and manifest.kind in _BINDINGS:
                bindings.append(manifest)
        self._labelling: dict[str, set[str]] = defaultdict(set)
        for binding in bindings:
            if _bound(binding) in labelling:
                for namespace, name in accounts(binding):
                    self._labelling[namespace].add(name)

    def may_make(self, kind: str, namespace: str, name: str) -> bool:
        """Whether a role both mentions the object and lets someone create such objects."""
        return (kind, namespace, name) in self._made or (kind, "", name) in self._made

    def may_label_pods(self, namespace: str) -> set[str]:
        """The ServiceAccounts of a namespace whose pods may change the labels of pods."""
        return self._labelling[namespace]


def accounts(binding: Manifest) -> Iterator[tuple[str, str]]:
    """Namespace and name of each ServiceAccount that a binding names."""
    for _, subject in mappings(binding.body, "subjects", EACH):
        if subject.get("kind") == "ServiceAccount":
            yield text(subject, "namespace") or binding.namespace or "", text(subject, "name")


def _bound(binding: Manifest) -> _RoleKey:
    kind = text(binding.body, "roleRef", "kind")
    return kind, (binding.namespace or "") if kind == "Role" else "", text(binding.body, "roleRef", "name")


def _rules(role: Manifest) -> Iterator[Mapping[str, Any]]:
    for _, rule in mappings(role.body, "rules", EACH):
        if _has(rule, "apiGroups", {"", "*"}):
            yield rule


def _made_by(role: Manifest) -> Iterator[tuple[str, str, str]]:
    for kind, resource in _RESOURCES.items():
        if any(_grants(rule, resource, {"create"}) for rule in _rules(role)):
            for rule in _rules(role):
                for _, name in (
                    texts(rule, "resourceNames", EACH) if _has(rule, "resources", {resource}) else ()
                ):
                    yield kind, role.namespace or "", name


def _grants(rule: Mapping[str, Any], resource: str, verbs: set[str]) -> bool:
    return _has(rule, "resources", {resource, "*"}) and _has(rule, "verbs", {*verbs, "*"})


def _has(rule: Mapping[str, Any], field: str, wanted: set[str]) -> bool:
    held = rule.get(field)
    return isinstance(held, list) and any(one in wanted for one in held if isinstance(one, str))
