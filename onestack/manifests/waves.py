"""The order of manifests as waves, and as rows that say why each object waits. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from onestack.manifests.cycles import refuse_cycles
from onestack.manifests.edge import Dependencies
from onestack.manifests.manifest import Identity, Manifest

AFTER: Final = "everything before the release's after-hooks is ready"


def waves(manifests: Sequence[Manifest], needs: Dependencies) -> tuple[tuple[Manifest, ...], ...]:
    """The manifests in apply order: each wave needs only earlier ones, and keeps the given order.

    What is needed and isn't among the manifests isn't waited for. Raises: DependencyCycle.
    """
    levels = _levels(manifests, needs)
    if len(levels) < len(manifests):
        refuse_cycles(needs)  # only for needs that `dependencies` didn't check
    grouped: list[list[Manifest]] = [[] for _ in range(max(levels.values(), default=-1) + 1)]
    for manifest in manifests:
        grouped[levels[manifest.identity]].append(manifest)
    return tuple(map(tuple, grouped))


def order_rows(
    manifests: Sequence[Manifest], needs: Dependencies, after: Sequence[Manifest] = ()
) -> list[dict[str, Any]]:
    """One row per object in apply order, ready for JSON: its wave from 1, what it needs first, and why.

    ``after`` are the hooks that run, in this order, once all others are ready.
    """
    known = {manifest.identity for manifest in (*manifests, *after)}
    grouped = waves(manifests, needs)
    rows = [
        _row(number, manifest, needs, known)
        for number, wave in enumerate(grouped, start=1)
        for manifest in wave
    ]
    for number, wave in enumerate(waves(after, needs), start=len(grouped) + 1):
        for manifest in wave:
            row = _row(number, manifest, needs, known)
            rows.append(row | {"needs": row["needs"] or [{"object": None, "reason": AFTER}]})
    return rows


def _levels(manifests: Sequence[Manifest], needs: Dependencies) -> Mapping[Identity, int]:
    """The wave of each manifest, by Kahn's algorithm: each edge is looked at once."""
    known = {manifest.identity for manifest in manifests}
    missing: dict[Identity, int] = {}
    waiting: dict[Identity, list[Identity]] = {}
    for manifest in manifests:
        targets = {edge.to for edge in needs.get(manifest.identity, ())} & known
        missing[manifest.identity] = len(targets)
        for target in targets:
            waiting.setdefault(target, []).append(manifest.identity)
    levels = {identity: 0 for identity, count in missing.items() if not count}
    ready = deque(levels)
    while ready:
        done = ready.popleft()
        for identity in waiting.get(done, ()):
            missing[identity] -= 1
            if not missing[identity]:
                levels[identity] = levels[done] + 1
                ready.append(identity)
    return levels


def _row(number: int, manifest: Manifest, needs: Dependencies, known: set[Identity]) -> dict[str, Any]:
    return {
        "wave": number,
        "object": str(manifest.identity),
        "apiVersion": manifest.api_version,
        "kind": manifest.kind,
        "namespace": manifest.namespace,
        "name": manifest.name,
        "application": manifest.application,
        "needs": [
            {"object": str(edge.to), "reason": edge.reason}
            for edge in needs.get(manifest.identity, ())
            if edge.to in known
        ],
    }
