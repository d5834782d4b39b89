"""A stack's resources folded to what a person wants to see in one picture. Pure.

Hundreds of objects become one box per application with their kinds counted, the parts of a component one
box, and boxes stand in groups: the applications, what they run on, and what that stands on. Providers are
left out, and so are arrows that follow from others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onestack.graph.edges import reduced, shared_by_all
from onestack.graph.model import Graph, Resource
from onestack.graph.places import (
    APPLICATIONS,
    Place,
    is_cluster_provider,
    is_component,
    is_drawn,
    order_of,
    outside,
    places,
)

OUTSIDE: Final = "not made by this stack"

_NAMED: Final = 3
"""So many resources of a kind are told by name, those of applications never."""


@dataclass(frozen=True)
class Count:
    """How many resources of a kind a box holds, and how many of them are protected from deletion.

    ``names`` are their names where they are few and no application's.
    """

    kind: str
    count: int
    protected: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Box:
    """One thing in the picture. ``id`` is of ASCII letters, digits and ``_`` alone; ``note`` may be empty."""

    id: str
    title: str
    counts: tuple[Count, ...]
    note: str = ""

    @property
    def resources(self) -> int:
        """How many resources it stands for."""
        return sum(one.count for one in self.counts)

    @property
    def protected(self) -> int:
        """How many of them are protected from deletion."""
        return sum(one.protected for one in self.counts)


@dataclass(frozen=True)
class Group:
    """Boxes of one sort, in a frame; ``id`` as a box's."""

    id: str
    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, order=True)
class Edge:
    """``source``, a box or all boxes of a group, needs ``target``, a box: both by id."""

    source: str
    target: str


@dataclass(frozen=True)
class Picture:
    """The folded graph: what stands on others comes before what it stands on. The same for the same graph."""

    stack: str
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]

    @property
    def titles(self) -> Mapping[str, str]:
        """What people call boxes and groups, by id."""
        held = {one.id: one.title for group in self.groups for one in group.boxes}
        return held | {group.id: group.title for group in self.groups}


def fold(stack: str, graph: Graph, hide: Callable[[str], str] = str) -> Picture:
    """The picture of a stack's resources. ``hide`` takes out of every name what must not be said."""
    known = {one.id: one for one in graph.resources}
    where = {
        urn: replace(place, title=hide(place.title))
        for urn, place in places(known.values(), graph.applications).items()
    }
    where |= {provider: outside(known[provider]) for provider in _outside(known, where)}
    needs = _needs(known, frozenset(where))
    arrows = reduced(
        {
            (where[source], where[target])
            for source, targets in needs.items()
            for target in targets
            if where[source] != where[target]
        }
    )
    ids = _ids(where.values())
    inside: dict[Place, list[Resource]] = {place: [] for place in ids}
    for one in known.values():
        if one.id in where:
            inside[where[one.id]].append(one)
    boxes = {place: _box(ids[place], place, held, hide) for place, held in inside.items()}
    return _drawn(stack, boxes, arrows)


def _drawn(stack: str, boxes: Mapping[Place, Box], arrows: set[tuple[Place, Place]]) -> Picture:
    """The boxes in their groups; what all of a group need is one arrow."""
    groups: list[Group] = []
    edges = {Edge(boxes[source].id, boxes[target].id) for source, target in arrows}
    for number, name in enumerate(dict.fromkeys(place.group for place in boxes), start=1):
        members = [place for place in boxes if place.group == name]
        group = Group(f"g{number}_{_slug(name)}", name, tuple(boxes[one] for one in members))
        groups.append(group)
        for target in shared_by_all(members, arrows):
            edges -= {Edge(boxes[one].id, boxes[target].id) for one in members}
            edges.add(Edge(group.id, boxes[target].id))
    return Picture(stack, tuple(groups), tuple(sorted(edges)))


def _box(name: str, place: Place, held: Iterable[Resource], hide: Callable[[str], str]) -> Box:
    by_kind: dict[str, list[Resource]] = {}
    for one in sorted(held, key=lambda one: (one.kind, one.name, one.id)):
        if is_drawn(one):
            by_kind.setdefault(one.kind, []).append(one)
    counts = tuple(
        Count(
            kind=hide(kind),
            count=len(found),
            protected=sum(one.protect for one in found),
            names=() if _only_counted(place, found) else tuple(hide(one.name) for one in found),
        )
        for kind, found in by_kind.items()
    )
    return Box(name, place.title, counts, "" if counts else OUTSIDE)


def _only_counted(place: Place, found: Sequence[Resource]) -> bool:
    return place.group == APPLICATIONS or len(found) > _NAMED


def _needs(known: Mapping[str, Resource], drawn: frozenset[str]) -> dict[str, set[str]]:
    """What each drawn resource stands on of the others, through providers and components in between."""
    parts: dict[str, list[str]] = {}
    for one in known.values():
        parent = known.get(one.parent or "")
        if parent is not None and is_component(parent):
            parts.setdefault(parent.id, []).append(one.id)
    return {urn: _reached(urn, known, drawn, parts) for urn in drawn}


def _reached(
    urn: str, known: Mapping[str, Resource], drawn: frozenset[str], parts: Mapping[str, list[str]]
) -> set[str]:
    left = list(known[urn].depends_on)
    parent = known.get(known[urn].parent or "")
    if parent is not None and parent.custom:
        left.append(parent.id)
    seen: set[str] = set()
    while left:
        other = left.pop()
        if other in seen or other not in known:
            continue
        seen.add(other)
        if other not in drawn:
            left += [*known[other].depends_on, *parts.get(other, ())]
    return (seen & drawn) - {urn}


def _outside(known: Mapping[str, Resource], where: Mapping[str, Place]) -> list[str]:
    """The providers in use of clusters that the stack doesn't make: those stand on nothing drawn."""
    used = {urn for drawn in where for urn in known[drawn].depends_on}
    return [
        one.id
        for one in known.values()
        if one.id in used and is_cluster_provider(one) and not _reached(one.id, known, frozenset(where), {})
    ]


def _ids(found: Iterable[Place]) -> dict[Place, str]:
    """An id for each place, in the order of the picture: made of its title, so that it says something."""
    ids: dict[Place, str] = {}
    taken: set[str] = set()
    for place in sorted(set(found), key=lambda one: (order_of(one.group), one.title, one.key)):
        base = name = f"b_{_slug(place.title)}"
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        ids[place] = name
    return ids


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
