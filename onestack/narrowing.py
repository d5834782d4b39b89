"""Which part of a stack a run has to look at: what differs between what is declared and what the state holds.

For an object whose registration equals its state, field by field, the engine always comes to the same
answer: nothing to do. So those are not registered, and the run is given an excerpt of the state
(`onestack.engine.excerpt`) without them. What is left is everything else: objects that differ, are new,
were dropped, didn't become ready, or can't be compared (a Secret's values are encrypted in the state),
every resource that is no object of a manifest, and all that these stand on. Where it can't be told what
a change leads to there is no part: the run is whole. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from onestack.engine import Excerpt, State
from onestack.engine.excerpt import closed
from onestack.inventory import Inventory
from onestack.manifests.placeholders import is_secret
from onestack.manifests.registration import Registration
from onestack.sources import OUTPUT

_PROVIDER: Final = "pulumi:providers:kubernetes"
_STACK: Final = "pulumi:pulumi:Stack"

# What the state says of a resource beside the inputs and the dependencies that a registration has.
# A resource about which it says more has something that this module knows nothing of.
_PLAIN: Final = frozenset(
    {
        "urn",
        "custom",
        "id",
        "type",
        "inputs",
        "outputs",
        "parent",
        "provider",
        "dependencies",
        "propertyDependencies",
        "aliases",
        "deletedWith",
        "created",
        "modified",
        "sourcePosition",
        "stackTrace",
    }
)
_LOOKS_AT_LIVE: Final = "pulumi.com/replaceUnready"
"""With this annotation the plugin compares with the live object, not only with the state."""

_UNSETTLED: Final = ("delete", "pendingReplacement", "external", "taint")


@dataclass(frozen=True)
class Part:
    """What a run registers and what it sees of the state.

    ``provider`` is the id of the state's provider, ``cluster`` what that calls its cluster.
    """

    inventory: Inventory
    excerpt: Excerpt
    provider: str
    cluster: str | None


def narrowed(state: State, whole: Inventory, program: str) -> Part | None:
    """The part of an inventory that a run has to look at; None where it has to look at all of it.

    ``program`` is the digest of the program that is to run: what another one registered says nothing.
    """
    held = {str(one["urn"]): one for one in state.resources}
    provider = [one for one in state.resources if one["type"] == _PROVIDER]
    if (
        _program(state) != program
        or state.pending
        or len(provider) != 1
        or len(held) != len(state.resources)
        or any(map(_open, held.values()))
    ):
        return None
    declared = {one.urn: one for one in (*whole.before, *whole.after)}
    if any(alias in held for one in declared.values() if one.urn not in held for alias in one.aliases):
        return None  # an object under another version's type: the engine has to see both
    reference = f"{provider[0]['urn']}::{provider[0]['id']}"
    after = {one.urn for one in whole.after}
    touched = {urn for urn, one in declared.items() if _differs(held.get(urn), one, reference, after)}
    # Should a Namespace be replaced, so is what goes with it.
    touched |= {urn for urn, one in declared.items() if one.within in touched and one.within in held}
    others = held.keys() - declared.keys()
    wanted = set(_with_needs(touched, declared))
    # What else these bring in stands on the same in the state and as declared: else it were touched.
    seen = closed(wanted | others, state.resources)
    part = replace(
        whole,
        before=tuple(one for one in whole.before if one.urn in wanted | seen),
        after=tuple(one for one in whole.after if one.urn in wanted | seen),
    )
    cluster = (provider[0].get("inputs") or {}).get("clusterIdentifier")
    return Part(part, Excerpt(state, seen), str(provider[0]["id"]), cluster)


def _program(state: State) -> str | None:
    """The program that the state is of, as its stack says."""
    outputs = [one.get("outputs") or {} for one in state.resources if one["type"] == _STACK]
    return str(outputs[0].get(OUTPUT)) if outputs else None


def _open(resource: Mapping[str, Any]) -> bool:
    return any(resource.get(key) for key in _UNSETTLED)


def _differs(
    held: Mapping[str, Any] | None,
    declared: Registration,
    provider: str,
    after: Collection[str],
) -> bool:
    """Whether the engine would find more to do for an object than to leave it as it is."""
    if held is None or is_secret(declared.body) or held.get("initErrors") or held.keys() - _PLAIN:
        return True
    if declared.seconds is not None or declared.urn in after:
        return True  # hooks are few, and what they stand on isn't among the manifests
    annotations = declared.body["metadata"].get("annotations") or {}
    if annotations.get(_LOOKS_AT_LIVE) == "true":
        return True
    return (
        held.get("provider") != provider
        or not declared.equals(held.get("inputs"))
        or held.get("deletedWith") != declared.within
        or set(held.get("dependencies") or ()) != set(declared.needs)
    )


def _with_needs(touched: Iterable[str], declared: Mapping[str, Registration]) -> Iterator[str]:
    """The touched objects and all that they stand on."""
    seen: set[str] = set()
    left = list(touched)
    while left:
        urn = left.pop()
        if urn in seen or urn not in declared:
            continue
        seen.add(urn)
        left.extend(declared[urn].needs)
        yield urn
