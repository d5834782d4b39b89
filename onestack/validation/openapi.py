"""The OpenAPI schema of a custom kind as a JSON schema that refuses what the API server would drop. Pure.

The rules are those of ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema``: fields that the schema
doesn't name are pruned, unless it preserves them; defaults are set, also in place of a null that isn't
allowed, before anything is validated.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import jsonschema_rs

from onestack.validation.effort import Effort
from onestack.validation.formats import CHECKS
from onestack.validation.shape import KEYS, PATTERNS

Schema = Mapping[str, Any]

PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING: Final = "x-kubernetes-int-or-string"
EMBEDDED: Final = "x-kubernetes-embedded-resource"
LIST_TYPE: Final = "x-kubernetes-list-type"
RULES: Final = "x-kubernetes-validations"

_KEPT: Final = (
    "enum", "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maxProperties", "maximum",
    "minItems", "minLength", "minProperties", "minimum", "multipleOf", "required",
)  # fmt: skip
_NESTED: Final = ("allOf", "anyOf", "oneOf")
_BOUNDS: Final = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_HEADER: Final[Mapping[str, Any]] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"type": "object"},
}


def read(schema: Schema) -> Schema:
    """A schema without its nulls, as the server decodes it: a field that is null isn't there."""
    made: dict[str, Any] = {}
    for key, held in schema.items():
        if key == "properties" and held is not None:
            made[key] = {name: read(below or {}) for name, below in held.items()}
        elif key in _NESTED and held is not None:
            made[key] = [read(below) for below in held]
        elif key in {"items", "additionalProperties", "not"} and isinstance(held, Mapping):
            made[key] = read(held)
        elif held is not None:
            made[key] = held
    return made


def json_schema(schema: Schema, kind: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of objects of a kind; ``metadata`` is that of every object, with its ``$defs``."""
    made = _value({**schema, "type": "object"})
    properties = {**made.get("properties", {}), **_HEADER}
    properties["metadata"] = {key: held for key, held in metadata.items() if key != "$defs"}
    return {**made, "properties": properties, "title": kind, "$defs": metadata.get("$defs", {})}


def value_schema(schema: Schema) -> dict[str, Any]:
    """The JSON schema of one value."""
    return _value(schema)


def _value(schema: Schema) -> dict[str, Any]:
    made = _constraints(schema)
    types = (
        [schema["type"]] if schema.get("type") else ["integer", "string"] if schema.get(INT_OR_STRING) else []
    )
    if types and schema.get("nullable"):
        types.append("null")
    if types:
        made["type"] = types if len(types) > 1 else types[0]
    if "items" in schema:
        made["items"] = _value(schema["items"])
    if schema.get(LIST_TYPE) == "set":
        made["uniqueItems"] = True
    if schema.get(LIST_TYPE) == "map" and schema.get(KEYS):
        made[KEYS] = list(schema[KEYS])
    if schema.get("type") == "object":
        _object(schema, made)
    return made


def _object(schema: Schema, made: dict[str, Any]) -> None:
    made["properties"] = {name: _value(held) for name, held in schema.get("properties", {}).items()}
    if schema.get(EMBEDDED):
        made["properties"] = {**made["properties"], **_HEADER}
        made["required"] = sorted({*made.get("required", ()), "apiVersion", "kind"})
    further = schema.get("additionalProperties")
    if isinstance(further, Mapping):
        made["additionalProperties"] = _value(further)
    elif not further and not schema.get(PRESERVE):
        made["additionalProperties"] = False


def _constraints(schema: Schema) -> dict[str, Any]:
    """What only says which values are right; also all that may stand below allOf, anyOf, oneOf and not."""
    made = {key: schema[key] for key in _KEPT if key in schema}
    for key in ("Minimum", "Maximum"):
        # A switch in OpenAPI 3.0, a number in JSON schema.
        if made.pop(f"exclusive{key}", False) and key.lower() in made:
            made[f"exclusive{key}"] = made.pop(key.lower())
    if schema.get("nullable") and "enum" in made:
        made["enum"] = [*made["enum"], None]
    pattern = schema.get("pattern")
    if pattern and is_readable(pattern):
        made["pattern"] = pattern
    form = schema.get("format")
    if form in CHECKS and form != "quantity":
        made["format"] = form
    if form in _BOUNDS and "minimum" not in made and "exclusiveMinimum" not in made:
        made["minimum"], most = _BOUNDS[form]
        made.setdefault("maximum", most)
    for key in _NESTED:
        if schema.get(key):
            made[key] = [_junctor(held) for held in schema[key]]
    if schema.get("not"):
        made["not"] = _junctor(schema["not"])
    return made


def _junctor(schema: Schema) -> dict[str, Any]:
    made = _constraints(schema)
    if "type" in schema:
        made["type"] = schema["type"]
    if "properties" in schema:
        made["properties"] = {name: _junctor(held) for name, held in schema["properties"].items()}
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), Mapping):
            made[key] = _junctor(schema[key])
    return made


@cache
def is_readable(pattern: str) -> bool:
    """Whether the validator's regular expressions, much like Go's, read a pattern."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=PATTERNS)
    except ValueError:
        return False
    return True


def patterns(schema: Any) -> Iterator[str]:
    """Every pattern in a schema."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for held in schema.values():
            yield from patterns(held)
    elif isinstance(schema, list):
        for held in schema:
            yield from patterns(held)


def defaulted(schema: Schema, value: Any, effort: Effort, *, dropping: bool = False) -> Any:
    """A value as the server validates it, with its defaults: ``Default`` of ``apiserver/schema/defaulting``.

    A null that isn't allowed becomes the default; without one it stays, to be refused. With ``dropping`` it
    goes, as within a default: ``PruneNonNullableNullsWithoutDefaults``.

    Raises: TooMuch where the defaults are more than the effort reaches for.
    """
    if isinstance(value, Mapping):
        return _defaulted_object(schema, value, effort, dropping=dropping)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, Mapping):
        return [
            defaulted(items, _or_default(items, held, effort), effort, dropping=dropping) for held in value
        ]
    return value


def _defaulted_object(
    schema: Schema, value: Mapping[str, Any], effort: Effort, *, dropping: bool
) -> dict[str, Any]:
    properties, further = schema.get("properties", {}), schema.get("additionalProperties")
    made = {}
    for name, held in value.items():
        below = properties.get(name, further)
        if not isinstance(below, Mapping):
            made[name] = held
            continue
        given = _or_default(below, held, effort)
        if given is not None or below.get("nullable") or not dropping:
            made[name] = defaulted(below, given, effort, dropping=dropping)
    for name, below in properties.items():
        if name not in made and below.get("default") is not None:
            filled = _or_default(below, None, effort, always=True)
            made[name] = defaulted(below, filled, effort, dropping=dropping)
    return made


def _or_default(schema: Schema, value: Any, effort: Effort, *, always: bool = False) -> Any:
    if value is None and (always or not schema.get("nullable")):
        effort.fills(schema.get("default"))
        return copy.deepcopy(schema.get("default"))
    return value
