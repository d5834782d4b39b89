"""Roles and bindings (``pkg/apis/rbac/validation/validation.go``). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, mapping, mappings, text
from onestack.validation.rules.pods import selector

_GROUP: Final = "rbac.authorization.k8s.io"


def role(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateRole``."""
    for step, rule in mappings(body, "rules", EACH):
        yield from _rule(rule, step, is_namespaced=True)


def cluster_role(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateClusterRole``."""
    for step, rule in mappings(body, "rules", EACH):
        yield from _rule(rule, step, is_namespaced=False)
    for step, held in mappings(body, "aggregationRule", "clusterRoleSelectors", EACH):
        yield from selector(held, step)


def _rule(rule: Mapping[str, Any], path: Path, *, is_namespaced: bool) -> Iterator[Fault]:
    """``ValidatePolicyRule``."""
    if rule.get("verbs") == []:
        yield Fault((*path, "verbs"), f"{dotted(path)}.verbs is empty", "list what is allowed")
    if rule.get("nonResourceURLs"):
        if is_namespaced:
            what = "a Role can't allow nonResourceURLs"
            yield Fault((*path, "nonResourceURLs"), what, "write a ClusterRole", key=True)
        elif any(rule.get(field) for field in ("apiGroups", "resources", "resourceNames")):
            what = "a rule is about either resources or nonResourceURLs"
            yield Fault((*path, "nonResourceURLs"), what, "write two rules", key=True)
        return
    for field, example in (("apiGroups", '[""] is the core group'), ("resources", "for example [pods]")):
        if not rule.get(field):
            yield Fault(path, f"{dotted(path)} has no {field}", f"list them; {example}")


def binding(body: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateRoleBinding``, ``ValidateClusterRoleBinding``, ``ValidateRoleBindingSubject``."""
    ref = mapping(body, "roleRef")
    kinds = ("ClusterRole", "Role") if body.get("kind") == "RoleBinding" else ("ClusterRole",)
    if text(ref, "kind") and ref["kind"] not in kinds:
        what = f"roleRef.kind is {said(ref['kind'])}"
        yield Fault(("roleRef", "kind"), what, f"write {' or '.join(kinds)}")
    if text(ref, "apiGroup") not in {"", _GROUP}:
        yield Fault(
            ("roleRef", "apiGroup"), f"roleRef.apiGroup is {said(ref['apiGroup'])}", f"write {_GROUP}"
        )
    for step, subject in mappings(body, "subjects", EACH):
        is_account = subject.get("kind") == "ServiceAccount"
        if is_account and not subject.get("namespace") and body.get("kind") == "ClusterRoleBinding":
            yield Fault(
                step, f"{dotted(step)} is a ServiceAccount without a namespace", "write its namespace"
            )
        wanted = {""} if is_account else {"", _GROUP}
        if text(subject, "apiGroup") not in wanted:
            what = f"{dotted((*step, 'apiGroup'))} is {said(subject['apiGroup'])}"
            yield Fault((*step, "apiGroup"), what, "remove it" if is_account else f"write {_GROUP}")
