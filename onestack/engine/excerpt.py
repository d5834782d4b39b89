"""A part of a stack's state for a run that looks at no more, and the whole put together again. Pure.

The engine loads, copies, reports and writes every resource of the state it is given. An excerpt holds
the resources that a run is about and all that those stand on; of the rest the engine learns nothing, so
it costs nothing. What makes this sound: nothing in an excerpt needs what was left out, and what was
left out needs only what stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from onestack.engine.state import State


@dataclass(frozen=True)
class Excerpt:
    """Of ``state`` the resources whose URNs are ``kept``."""

    state: State
    kept: frozenset[str]

    @property
    def left_out(self) -> int:
        """How many resources the engine doesn't see."""
        return sum(str(one["urn"]) not in self.kept for one in self.state.resources)

    def deployment(self) -> dict[str, Any]:
        """The excerpt in the form of a state."""
        resources = [one for one in self.state.resources if str(one["urn"]) in self.kept]
        return {**self.state.deployment, "resources": resources}

    def merged(self, after: State) -> dict[str, Any]:
        """The whole state, given what a run made of the excerpt.

        What was left out follows: it stands on resources of the excerpt, never the other way around.
        What the run made anew under the same name takes its place.
        """
        made = {str(one["urn"]) for one in after.resources}
        rest = [one for one in self.state.resources if str(one["urn"]) not in self.kept | made]
        return {**after.deployment, "resources": [*after.resources, *rest]}


def closed(urns: Collection[str], resources: Collection[Mapping[str, Any]]) -> frozenset[str]:
    """The resources named and all that they stand on: dependencies, parents, providers."""
    known = {str(one["urn"]): one for one in resources}
    seen: set[str] = set()
    left = list(urns)
    while left:
        urn = left.pop()
        if urn in seen or urn not in known:
            continue
        seen.add(urn)
        left.extend(_stands_on(known[urn]))
    return frozenset(seen)


def _stands_on(resource: Mapping[str, Any]) -> list[str]:
    provider = str(resource.get("provider") or "").rpartition("::")[0]
    named = [resource.get("parent"), resource.get("deletedWith"), provider]
    return [*(resource.get("dependencies") or ()), *(str(one) for one in named if one)]
