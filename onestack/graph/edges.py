"""Which arrows say all that there is to say: those that follow from others are left out. Pure.

Folded graphs may have circles, although no stack has one: a component's parts may stand on another's and
the other way around. So the reduction is that of the graph whose nodes are the circles; within a circle
every arrow stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")
Arrow = tuple[T, T]


def reduced(arrows: Collection[Arrow[T]]) -> set[Arrow[T]]:
    """The arrows without those that a longer way replaces: what is reached from where stays the same."""
    below = _reach(arrows)
    beside = _successors(arrows)

    def circle(one: T, other: T) -> bool:
        return one == other or (other in below[one] and one in below[other])

    def follows(source: T, target: T) -> bool:
        around = [source, *(one for one in below[source] if circle(source, one))]
        return any(
            target in below[between]
            for one in around
            for between in beside.get(one, ())
            if not circle(between, source) and not circle(between, target)
        )

    return {
        (source, target)
        for source, target in arrows
        if source != target and (circle(source, target) or not follows(source, target))
    }


def shared_by_all(members: Collection[T], arrows: Iterable[Arrow[T]]) -> set[T]:
    """What all of ``members`` stand on, two at least by arrows of their own, others by those of members.

    One arrow from their group can say so for them all.
    """
    within = set(members)
    ours = [(source, target) for source, target in arrows if source in within]
    below = _reach([(source, target) for source, target in ours if target in within])
    outward = _successors([(source, target) for source, target in ours if target not in within])
    told = [
        {target for one in {member, *below.get(member, ())} for target in outward.get(one, ())}
        for member in within
    ]
    times = Counter(target for targets in outward.values() for target in targets)
    return {target for target, many in times.items() if many > 1 and all(target in one for one in told)}


def _successors(arrows: Iterable[Arrow[T]]) -> Mapping[T, set[T]]:
    found: dict[T, set[T]] = {}
    for source, target in arrows:
        found.setdefault(source, set()).add(target)
    return found


def _reach(arrows: Iterable[Arrow[T]]) -> Mapping[T, set[T]]:
    """All that can be reached from each node that an arrow names."""
    arrows = tuple(arrows)
    beside = _successors(arrows)
    reach: dict[T, set[T]] = {}
    for start in {node for arrow in arrows for node in arrow}:
        seen: set[T] = set()
        left = list(beside.get(start, ()))
        while left:
            node = left.pop()
            if node not in seen:
                seen.add(node)
                left.extend(beside.get(node, ()))
        reach[start] = seen
    return reach
