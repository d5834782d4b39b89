"""What Pulumi's state holds of an object: the live object with the inputs that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from onestack.local.kubernetes.secrecy import mark, plain, pulumi_names
from onestack.local.serving.codec import Secret

INPUTS: Final = "__inputs"
INITIAL_API_VERSION: Final = "__initialApiVersion"
FIELD_MANAGER: Final = "__fieldManager"


@dataclass(frozen=True)
class Checkpoint:
    """A state taken apart; the objects are plain, without secret marks."""

    inputs: dict[str, Any]
    live: dict[str, Any]


def parse(state: Mapping[str, Any]) -> Checkpoint:
    """Takes a state apart, also one of the plugin's oldest form (``inputs`` beside ``live``)."""
    live = plain(dict(state))
    if "inputs" in live and "live" in live:
        return Checkpoint(live["inputs"] or {}, live["live"] or {})
    inputs = live.pop(INPUTS, None)
    return Checkpoint(inputs if isinstance(inputs, dict) else {}, live)


def compose(
    inputs: Mapping[str, Any],
    live: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    initial_api_version: str,
    field_manager: str,
) -> dict[str, Any]:
    """The state of a live object. What is secret in ``given`` becomes secret here."""
    state: dict[str, Any] = pulumi_names(dict(live))
    declared: dict[str, Any] = pulumi_names(dict(inputs))
    mark(state, given)
    mark(declared, given)
    state[INPUTS] = declared
    state[INITIAL_API_VERSION] = initial_api_version
    state[FIELD_MANAGER] = field_manager
    return state


def initial_api_version(state: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """The apiVersion that the object was created with."""
    found = _text(state.get(INITIAL_API_VERSION))
    return found or _text(inputs.get("apiVersion"))


def recorded_field_manager(state: Mapping[str, Any]) -> str:
    """The field manager in the state; "" where there is none yet."""
    return _text(state.get(FIELD_MANAGER))


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        return _text(value.value)
    return value if isinstance(value, str) else ""
