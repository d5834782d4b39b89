"""Custom kinds that neither the set nor the stack's settings define. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from onestack.manifests.definitions import GROUP, KIND
from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import KNOWN_KINDS, Kind, is_builtin
from onestack.validation.finding import Finding, Rule, Severity, Weights
from onestack.validation.parts import text
from onestack.validation.references.near import meant

_SERVED = ("apiregistration.k8s.io", "APIService")


def findings(
    manifests: Sequence[Manifest], weights: Weights, known: Iterable[Kind] = ()
) -> Iterator[Finding]:
    """One for each custom kind without a CustomResourceDefinition, at the first of its objects.

    Silent of ``known`` kinds, which the cluster has from elsewhere, and of groups that an APIService of the
    set serves.
    """
    severity = weights.of(Rule.REFERENCE)
    if severity is Severity.OFF:
        return
    defined = {(kind.group, kind.kind) for kind in known}
    defined |= {
        (text(one.body, "spec", "group"), text(one.body, "spec", "names", "kind"))
        for one in manifests
        if (one.group, one.kind) == (GROUP, KIND)
    }
    served = {text(one.body, "spec", "group") for one in manifests if (one.group, one.kind) == _SERVED}
    undefined: dict[tuple[str, str], list[Manifest]] = {}
    for manifest in manifests:
        key = manifest.group, manifest.kind
        if key not in defined and manifest.group not in served and not is_builtin(*key):
            undefined.setdefault(key, []).append(manifest)
    for (group, kind), its in undefined.items():
        first, others = its[0], len(its) - 1
        also = f", nor for {others} other{'s' if others > 1 else ''}" if others else ""
        what = f"the set has no CustomResourceDefinition of {kind} in {group} for '{first.name}'{also}"
        scope = "Namespaced" if first.namespace else "Cluster"
        near = meant(kind, {name for held, name in defined if held == group}, sure=True)
        expected = f"add it, or if the cluster has it write '{kind}.{group}: {scope}' in {KNOWN_KINDS}"
        expected = f"{near} Else {expected}" if near else expected
        yield Finding(Rule.REFERENCE, severity, first.identity, first.problem(what, expected, "apiVersion"))
