"""A value that isn't what its schema asks for, in words: what it is, and what to write. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import jsonschema_rs

from onestack.validation.fault import listed, said
from onestack.validation.formats import WORDS

Kind = jsonschema_rs.ValidationErrorKind
Words = tuple[str, str]
"""What follows the name of the field, and what to write instead."""

NULL: Final[Words] = ("is null, and no value is taken for it", "write a value, or remove it")
_LONGEST: Final = 200
_MOST: Final = 20
_ARTICLES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}
_BOUNDS: Final = {
    Kind.ExclusiveMaximum: "less than",
    Kind.ExclusiveMinimum: "more than",
    Kind.Maximum: "at most",
    Kind.Minimum: "at least",
}


def words(value: Any, kind: Any, *, secret: bool) -> Words | None:
    """What the validator's finding says of a value; None where it isn't about one value alone."""
    say = _SAID.get(type(kind))
    return None if say is None else say(value, kind, secret)


def _type(value: Any, kind: Any, secret: bool) -> Words:
    types = [name for name in kind.types if name != "null"]
    if value is None:
        return NULL
    is_text = isinstance(value, str)
    shown = said(value, secret=secret)
    if is_text and types in (["array"], ["object"]):
        shown = "a string"
    elif is_text and shown.startswith("'"):
        shown = f"the string {shown}"
    return f"is {shown}", f"write {' or '.join(_ARTICLES[name] for name in types)}{_hint(value, types)}"


def _hint(value: Any, types: Sequence[str]) -> str:
    if types == ["string"] and isinstance(value, (bool, int, float)):
        return ", in quotes"
    if isinstance(value, str) and "string" not in types and ("integer" in types or "boolean" in types):
        return ", without quotes"
    return ": start it with '- '" if types == ["array"] and isinstance(value, Mapping) else ""


def _enum(value: Any, kind: Any, secret: bool) -> Words:
    given = [option for option in kind.options if option not in (None, "")]
    options = [option if isinstance(option, str) else said(option) for option in given]
    expected = f"write {listed(options[:_MOST])}"
    left = len(options) - _MOST
    return f"is {said(value, secret=secret)}", f"{expected}, or one of {left} more" if left > 0 else expected


def _format(value: Any, kind: Any, secret: bool) -> Words:
    what, expected = WORDS.get(kind.format, (f"is no {kind.format}", ""))
    shown = "the value" if secret or kind.format == "byte" else said(value)
    return f": {shown} {what}", expected


def _bound(value: Any, kind: Any, secret: bool) -> Words:
    return f"is {said(value, secret=secret)}", f"write {_BOUNDS[type(kind)]} {kind.limit}"


def _size(value: Any, kind: Any, secret: bool) -> Words:
    del secret
    unit = "character" if isinstance(value, str) else "item" if isinstance(value, list) else "field"
    has = f"has {_counted(len(value), unit)}" if value else "is empty"
    if isinstance(kind, (Kind.MinLength, Kind.MinItems, Kind.MinProperties)):
        return has, f"{_counted(kind.limit, unit)} or more are needed"
    return has, f"at most {kind.limit} are allowed"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _pattern(value: Any, kind: Any, secret: bool) -> Words:
    """The value may well be a password."""
    del value, secret
    return "is not of the form that is asked for", f"it must match {kind.pattern[:_LONGEST]}"


def _multiple(value: Any, kind: Any, secret: bool) -> Words:
    return f"is {said(value, secret=secret)}", f"write a multiple of {kind.multiple_of}"


def _not(value: Any, kind: Any, secret: bool) -> Words:
    """Our own schemas only rule out null; those of custom kinds anything."""
    del value, secret
    return (
        NULL
        if kind.schema == {"type": "null"}
        else (
            "is just what the schema rules out",
            "see 'not' in its schema",
        )
    )


_SAID: Final[Mapping[type, Callable[[Any, Any, bool], Words]]] = {
    Kind.Enum: _enum,
    Kind.ExclusiveMaximum: _bound,
    Kind.ExclusiveMinimum: _bound,
    Kind.Format: _format,
    Kind.Maximum: _bound,
    Kind.MaxItems: _size,
    Kind.MaxLength: _size,
    Kind.MaxProperties: _size,
    Kind.Minimum: _bound,
    Kind.MinItems: _size,
    Kind.MinLength: _size,
    Kind.MinProperties: _size,
    Kind.MultipleOf: _multiple,
    Kind.Not: _not,
    Kind.Pattern: _pattern,
    Kind.Type: _type,
}
