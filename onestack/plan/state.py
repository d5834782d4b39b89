"""What a state comes to: one number that moves with what it holds, and with nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from onestack.plan.digest import canonical, summed
from onestack.plan.veil import MARK

_COUNTS: Final = ("urn", "type", "id", "inputs", "delete", "protect", "external", "initErrors")
_WHEN: Final = "modified"


def state_digest(resources: Iterable[Mapping[str, Any]], begun: Iterable[Mapping[str, Any]] = ()) -> str:
    """The digest of what counts in a state: which resources, with which inputs and ids; not when.

    ``begun`` are operations of which it doesn't know how they ended.

    The engine encrypts a secret anew whenever it looks at its resource, also where nothing changes, so
    ciphertexts don't count. What does is when a resource that holds a secret was last changed.
    """
    held = sorted(canonical(_counted(one)) for one in resources)
    open_ones = sorted([str(one.get("type")), str((one.get("resource") or {}).get("urn"))] for one in begun)
    return summed([[one.decode() for one in held], open_ones])


def _counted(resource: Mapping[str, Any]) -> dict[str, Any]:
    counted = {key: resource[key] for key in _COUNTS if resource.get(key)}
    inputs = counted.get("inputs")
    if inputs and MARK.encode() in canonical(inputs):
        counted |= {"inputs": _without_secrets(inputs), _WHEN: resource.get(_WHEN)}
    return counted


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        if MARK in value:
            return {MARK: True}
        return {key: _without_secrets(held) for key, held in value.items()}
    return [_without_secrets(held) for held in value] if isinstance(value, list) else value
