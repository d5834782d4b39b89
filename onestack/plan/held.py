"""What a stack holds before a plan is carried out, quickly found by what a deletion takes with it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from onestack.graph import Resource
from onestack.graph.places import is_drawn
from onestack.plan.planned import identity_of


@dataclass(frozen=True)
class Held:
    """``resources`` are those of the state; components, providers and the stack itself don't count."""

    resources: Sequence[Resource] = field(default=())

    @cached_property
    def count(self) -> int:
        """How many things there are by themselves."""
        return sum(map(is_drawn, self.resources))

    @cached_property
    def in_namespaces(self) -> Mapping[str, int]:
        """How many objects there are in each namespace."""
        return Counter(one.namespace for one in self._objects if one.namespace)

    @cached_property
    def of_kinds(self) -> Mapping[tuple[str, str], int]:
        """How many objects there are of each group and kind."""
        return Counter((one.group, one.kind) for one in self._objects)

    @property
    def objects(self) -> int:
        """How many Kubernetes objects there are."""
        return len(self._objects)

    @cached_property
    def _objects(self) -> tuple[_Object, ...]:
        return tuple(_objects(self.resources))


@dataclass(frozen=True)
class _Object:
    group: str
    kind: str
    namespace: str | None


def _objects(resources: Iterable[Resource]) -> Iterable[_Object]:
    for one in resources:
        identity = identity_of(one.type, one.name)
        if identity is not None and is_drawn(one):
            yield _Object(identity.group, identity.kind, identity.namespace)
