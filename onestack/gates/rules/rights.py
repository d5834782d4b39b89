"""Rules about rights in the cluster, and about what must not go by accident. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.gates.policy import Review, Rule, Violation, rule
from onestack.validation.finding import Severity, Weights
from onestack.validation.parts import EACH, mappings, text, texts
from onestack.validation.plaintext import findings

_BINDINGS: Final = ("ClusterRoleBinding", "RoleBinding")
_EVERYBODY: Final = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated"})
_KEPT: Final = frozenset({"CustomResourceDefinition", "Namespace"})


@rule("cluster-admin", "Whoever is cluster-admin can do everything, so nobody is by a manifest.")
def cluster_admin(review: Review) -> Iterator[Violation]:
    for binding in review.of_kind(*_BINDINGS):
        if text(binding.body, "roleRef", "name") == "cluster-admin":
            yield Violation("it gives the role cluster-admin", binding, ("roleRef", "name"))
    for role in review.of_kind("ClusterRole"):
        for path, granted in mappings(role.body, "rules", EACH):
            stars = [{found for _, found in texts(granted, field, EACH)} for field in _SCOPES]
            if all("*" in held for held in stars):
                yield Violation("it allows everything on everything", role, path)


@rule("everybody-bound", "What everybody may do, an attacker may do first.")
def everybody_bound(review: Review) -> Iterator[Violation]:
    for binding in review.of_kind(*_BINDINGS):
        for path, name in texts(binding.body, "subjects", EACH, "name"):
            if name in _EVERYBODY:
                yield Violation(f"it gives rights to {name}", binding, path)


@rule("secret-in-git", "Who can read the repository, now or later, can read the value.")
def secret_in_git(review: Review) -> Iterator[Violation]:
    objects = {one.identity: one for one in review.objects}
    for found in findings(review.objects, Weights(plaintext=Severity.ERROR)):
        subject = objects[found.identity] if found.identity else None
        yield Violation(found.problem.what, subject)


@rule("namespace-kept", "With a namespace or a kind goes all that is in it, or of it.")
def namespace_kept(review: Review) -> Iterator[Violation]:
    for change in review.going():
        if change.kind in _KEPT:
            yield Violation("the plan deletes it, and everything in it", change)


_SCOPES: Final = ("apiGroups", "resources", "verbs")

RULES: Final[tuple[Rule, ...]] = (cluster_admin, everybody_bound, secret_in_git, namespace_kept)
