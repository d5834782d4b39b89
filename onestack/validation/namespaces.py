"""Namespaces that nothing makes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.manifests.record import NAMESPACE
from onestack.validation.finding import Finding, Rule, Severity, Weights
from onestack.validation.references.near import meant

ALWAYS: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system", NAMESPACE})
"""The namespaces of every cluster, and the one that onestack makes itself."""
_ANCHOR: Final = ("hnc.x-k8s.io", "SubnamespaceAnchor")


def findings(manifests: Sequence[Manifest], weights: Weights) -> Iterator[Finding]:
    """One for each namespace that objects are in and nothing makes, at the first of the objects.

    In the order of the manifests; nothing if the rule is off.
    """
    severity = weights.of(Rule.NAMESPACE)
    if severity is Severity.OFF:
        return
    made = {one.name for one in manifests if (one.group, one.kind) in {("", "Namespace"), _ANCHOR}}
    homeless: dict[str, list[Manifest]] = {}
    for manifest in manifests:
        if manifest.namespace is not None and manifest.namespace not in made | ALWAYS:
            homeless.setdefault(manifest.namespace, []).append(manifest)
    for namespace, its in homeless.items():
        first, others = its[0], len(its) - 1
        also = f", nor for {others} other{'s' if others > 1 else ''} in it" if others else ""
        what = f"no Namespace '{namespace}' is declared for the {first.kind} '{first.name}'{also}"
        expected = meant(namespace, made) or "declare it in one of the stack's applications"
        problem = first.problem(what, expected, "metadata", "namespace")
        yield Finding(Rule.NAMESPACE, severity, first.identity, problem)
