"""What may stand below allOf, anyOf, oneOf and not in the schema of a custom kind. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from onestack.validation.fault import Fault
from onestack.validation.openapi import EMBEDDED, INT_OR_STRING, LIST_TYPE, PRESERVE, RULES, Schema
from onestack.validation.parts import Path
from onestack.validation.shape import KEYS

NESTED: Final = ("allOf", "anyOf", "oneOf")
_NOT_NESTED: Final = ("additionalProperties", "default", "description", "nullable", "title", "type", PRESERVE,
                      EMBEDDED, INT_OR_STRING, KEYS, LIST_TYPE, RULES)  # fmt: skip
_CHOICE: Final = [{"type": "integer"}, {"type": "string"}]


def junctors(schema: Schema) -> Iterator[tuple[Path, Schema]]:
    for key in NESTED:
        held = schema.get(key)
        for index, below in enumerate(held if isinstance(held, list) else ()):
            if isinstance(below, Mapping):
                yield (key, index), below
    if isinstance(schema.get("not"), Mapping):
        yield ("not",), schema["not"]


def is_choice(schema: Schema, at: Path) -> bool:
    """The one way in which types may stand in anyOf: a number or a string."""
    if not schema.get(INT_OR_STRING):
        return False
    return (at[0] == "anyOf" and schema["anyOf"] == _CHOICE) or (
        at == ("allOf", 0) and schema["allOf"][0].get("anyOf") == _CHOICE
    )


def nested(schema: Schema, outer: Schema | None, path: Path) -> Iterator[Fault]:
    """``validateNestedValueValidation``; ``outer`` is for ``validateStructuralCompleteness``.

    The server asks for completeness only below the root.
    """
    for key in _NOT_NESTED:
        if schema.get(key) not in (None, False, "", []):
            what = f"{key} can't stand below {_junctor(path)}"
            yield Fault((*path, key), what, "write it beside, in the schema of the field itself", key=True)
    properties = schema.get("properties")
    for name, held in properties.items() if isinstance(properties, Mapping) else ():
        known = None if outer is None else (outer.get("properties") or {}).get(name)
        at = (*path, "properties", name)
        if outer is not None and known is None:
            what = f"'{name}' stands below {_junctor(path)}, but not in properties"
            yield Fault(at, what, "add it to the properties of the object", key=True)
        if isinstance(held, Mapping):
            yield from nested(held, known, at)
    for step, below in junctors(schema):
        yield from nested(below, outer, (*path, *step))


def _junctor(path: Path) -> str:
    return next((str(step) for step in reversed(path) if step in {*NESTED, "not"}), "not")
