"""Circles in the order, and the path around one. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from onestack.errors import DependencyCycle
from onestack.manifests.edge import Dependencies, Edge
from onestack.manifests.manifest import Identity


def refuse_cycles(needs: Dependencies) -> None:
    """Looks for a circle, depth first and without recursion. Raises: DependencyCycle."""
    done: set[Identity] = set()
    for start in needs:
        path: list[Identity] = []
        trail: list[Iterator[Edge]] = []
        on_path: dict[Identity, int] = {}
        step: Identity | None = start
        while step is not None or trail:
            if step is not None and step not in done:
                on_path[step] = len(path)
                path.append(step)
                trail.append(iter(needs.get(step, ())))
            edge = next(trail[-1], None) if trail else None
            if edge is None:
                if trail:
                    trail.pop()
                    left = path.pop()
                    del on_path[left]
                    done.add(left)
                step = None
                continue
            if edge.to in on_path:
                raise _cycle([*path[on_path[edge.to] :], edge.to], needs)
            step = edge.to


def _cycle(path: list[Identity], needs: Dependencies) -> DependencyCycle:
    reasons = [next(edge.reason for edge in needs[at] if edge.to == to) for at, to in pairwise(path)]
    return DependencyCycle([str(identity) for identity in path], reasons)
