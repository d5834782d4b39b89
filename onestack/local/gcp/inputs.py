"""A resource's inputs as they would be declared now, from its properties: for refresh and import; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.local.gcp.check import DEFAULTS
from onestack.local.gcp.diff import unchanged
from onestack.local.gcp.table import Field, Type
from onestack.local.serving.codec import Secret, bare


def extracted(known: Type, state: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that were given, with the values that they have at Google now."""
    return _object(known.fields, state, given)


def imported(known: Type, state: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a resource that nobody declared: what differs from what would be there anyway."""
    inputs = {
        name: state[name]
        for name, one in known.fields.items()
        if not one.output and not _is_default(one, state.get(name))
    }
    return {**inputs, DEFAULTS: []}


def _is_default(one: Field, value: Any) -> bool:
    return value is None or unchanged(one, value, one.default) or (one.default is None and not value)


def _object(
    fields: Mapping[str, Field], state: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    result = {}
    for name, declared in given.items():
        one = fields.get(name)
        if one is None:
            result[name] = declared
        elif (value := _value(one, state.get(name), declared)) is not None:
            result[name] = value
    return result


def _value(one: Field, now: Any, declared: Any) -> Any:
    if isinstance(declared, Secret):
        return Secret(_value(one, now, declared.value))
    if unchanged(one, now, bare(declared)):
        return declared
    if now is None:
        return None
    if one.kind == "object" and isinstance(declared, dict) and isinstance(now, dict):
        return _object(one.fields, now, declared)
    if one.kind == "objects" and isinstance(declared, list) and len(declared) == len(now):
        return [_object(one.fields, item, was) for item, was in zip(now, declared, strict=True)]
    return _without_outputs(one, now)


def _without_outputs(one: Field, value: Any) -> Any:
    if isinstance(value, list):
        return [_without_outputs(one, item) for item in value]
    if isinstance(value, dict) and one.fields:
        return {
            name: _without_outputs(inner, value[name])
            for name, inner in one.fields.items()
            if not inner.output and value.get(name) is not None
        }
    return value
