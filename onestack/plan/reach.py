"""What the changes reach: all that stands on a changed resource, and the way there. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from onestack.graph import Graph, Resource
from onestack.graph.places import is_drawn
from onestack.plan.model import Reach

_PATHS: Final = 50
"""So many ways are kept, the longest: a picture of more shows nothing."""


def reach(
    changed: Collection[str],
    resources: Iterable[Resource],
    arrows: Iterable[tuple[str, str]] = (),
    applications: Mapping[str, str] | None = None,
) -> Reach:
    """What of ``resources`` stands on a changed one, directly or not, by ids.

    ``arrows`` are more of what stands on what (the first on the second) than the resources say themselves.
    """
    known = {one.id: one for one in resources}
    above: dict[str, set[str]] = {}
    below: dict[str, set[str]] = {}
    for source, target in (*((one.id, on) for one in known.values() for on in one.depends_on), *arrows):
        if source != target and source in known and target in known:
            above.setdefault(target, set()).add(source)
            below.setdefault(source, set()).add(target)
    roots = sorted(set(changed) & known.keys())
    came = _walked(roots, above)
    reached = frozenset(one for one in came if came[one] is not None and is_drawn(known[one]))
    starts = frozenset(one for one in roots if is_drawn(known[one]) or above.get(one))
    kept = _with_parents({*came, *starts}, known) if reached else set()
    graph = Graph(
        tuple(
            replace(
                one,
                inputs={},
                depends_on=tuple(sorted(on for on in below.get(one.id, ()) if on in kept)),
            )
            for one in known.values()
            if one.id in kept
        ),
        {urn: name for urn, name in (applications or {}).items() if urn in kept},
    )
    return Reach(graph, starts, reached, _paths(came, reached))


def _walked(roots: Iterable[str], above: Mapping[str, set[str]]) -> dict[str, str | None]:
    """Each resource that is come to and where from, on the shortest way; None for those that change."""
    came: dict[str, str | None] = dict.fromkeys(roots)
    left = deque(came)
    while left:
        at = left.popleft()
        for one in sorted(above.get(at, ())):
            if one not in came:
                came[one] = at
                left.append(one)
    return came


def _paths(came: Mapping[str, str | None], reached: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The ways to what nothing further is reached from."""
    inner = set(came.values())
    ways = [_way(one, came) for one in reached if one not in inner]
    return tuple(sorted(ways, key=lambda way: (-len(way), way))[:_PATHS])


def _way(to: str, came: Mapping[str, str | None]) -> tuple[str, ...]:
    way = [to]
    while (before := came[way[-1]]) is not None:
        way.append(before)
    return tuple(reversed(way))


def _with_parents(urns: Iterable[str], known: Mapping[str, Resource]) -> set[str]:
    """With the components that they are parts of: a picture names those."""
    kept: set[str] = set()
    left = list(urns)
    while left:
        urn = left.pop()
        if urn in known and urn not in kept:
            kept.add(urn)
            left.append(known[urn].parent or "")
    return kept
