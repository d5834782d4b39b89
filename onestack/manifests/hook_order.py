"""What hooks wait for, and what waits for them. Pure.

Within an application the hooks of a phase run one after the other, and the ordinary objects wait for
the last of those before them: a chain, so that there are as many edges as objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from onestack.manifests.edge import Edge
from onestack.manifests.hooks import Split
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.pod_needs import PodNeeds

BEFORE: Final = "a hook that runs before its application"
PREVIOUS: Final = "the hook before it"
CRDS: Final = "an application's CRDs go before its hooks"

Edges = dict[Identity, dict[Identity, Edge]]
"""Per object its edges by what they lead to: the first reason given counts."""


def add_hook_edges(edges: Edges, phases: Split) -> None:
    """Adds what hooks need and what needs them to the edges that all objects have."""
    for chain in _by_application(phases.after).values():
        _chain(edges, chain)
    if not phases.before:
        return
    ordinary = {manifest.identity for manifest in phases.main}
    pods = PodNeeds(phases.main)
    before, main = _by_application(phases.before), _by_application(phases.main)
    for application, chain in before.items():
        its = main.get(application, ())
        _chain(edges, chain)
        _add(edges, chain[0], (Edge(one.identity, CRDS) for one in its if _is_definition(one)))
        for hook in chain:
            _add(edges, hook, (edge for edge in pods.of(hook) if edge.to in ordinary))
    for application, chain in before.items():
        first = _needed(edges, chain)
        last = Edge(chain[-1].identity, BEFORE)
        for manifest in main.get(application, ()):
            if manifest.identity not in first and not _goes_first(manifest):
                _add(edges, manifest, (last,))


def _chain(edges: Edges, hooks: Sequence[Manifest]) -> None:
    for previous, hook in pairwise(hooks):
        _add(edges, hook, (Edge(previous.identity, PREVIOUS),))


def _needed(edges: Edges, hooks: Sequence[Manifest]) -> set[Identity]:
    """All that the hooks need, and what that needs in turn: it can't wait for them."""
    found: set[Identity] = set()
    left = [hook.identity for hook in hooks]
    while left:
        for target in edges.get(left.pop(), ()):
            if target not in found:
                found.add(target)
                left.append(target)
    return found


def _add(edges: Edges, manifest: Manifest, added: Iterator[Edge] | tuple[Edge, ...]) -> None:
    for edge in added:
        edges.setdefault(manifest.identity, {}).setdefault(edge.to, edge)


def _by_application(manifests: Sequence[Manifest]) -> Mapping[str, list[Manifest]]:
    grouped: dict[str, list[Manifest]] = {}
    for manifest in manifests:
        grouped.setdefault(manifest.application, []).append(manifest)
    return grouped


def _is_definition(manifest: Manifest) -> bool:
    return (manifest.group, manifest.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition")


def _goes_first(manifest: Manifest) -> bool:
    """Namespaces: other applications may live in them. CRDs need no mention, each hook needs them."""
    return (manifest.group, manifest.kind) == ("", "Namespace")
