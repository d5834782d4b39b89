"""Schemas of custom kinds that contradict themselves, so that no object could ever be right. Pure.

The rules are those of the API server (``apiextensions-apiserver``: ``ValidateStructural``,
``ValidateCustomResourceDefinitionOpenAPISchema``), and a few on what could never be met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.validation.celfields import undefined
from onestack.validation.effort import Effort, TooMuch, Weighing
from onestack.validation.explain import faults_within
from onestack.validation.fault import Fault, listed, said
from onestack.validation.junctors import is_choice, junctors, nested
from onestack.validation.openapi import (
    EMBEDDED,
    INT_OR_STRING,
    LIST_TYPE,
    PRESERVE,
    Schema,
    defaulted,
    is_readable,
    value_schema,
)
from onestack.validation.parts import Path
from onestack.validation.shape import KEYS, Shape

_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_LIST_TYPES: Final = ("atomic", "map", "set")
_FORBIDDEN: Final = ("$ref", "additionalItems", "definitions", "dependencies", "id", "patternProperties")
_PAIRS: Final = (
    ("minimum", "maximum"),
    ("minItems", "maxItems"),
    ("minLength", "maxLength"),
    ("minProperties", "maxProperties"),
)


def contradictions(schema: Any, path: Path, effort: Effort) -> Iterator[Fault]:
    """What is wrong with the schema of a version, which stands at ``path`` in its definition.

    Raises: TooMuch.
    """
    if not isinstance(schema, Mapping):
        return
    if schema.get("type") != "object":
        kind = schema.get("type")
        what = f"the type of the whole is {said(kind)}" if kind else "the type of the whole is missing"
        yield Fault((*path, "type"), what, "write 'type: object'")
        return
    if schema.get("additionalProperties"):
        what = "additionalProperties can't stand at the root"
        yield Fault((*path, "additionalProperties"), what, "name the fields in properties", key=True)
    yield from _schema(schema, path, effort, is_root=True)


def _schema(schema: Schema, path: Path, effort: Effort, *, is_root: bool = False) -> Iterator[Fault]:
    if not is_root:
        yield from _type(schema, path)
    yield from _forbidden(schema, path)
    yield from _object(schema, path, is_root=is_root)
    yield from _list(schema, path)
    yield from _values(schema, path)
    yield from _default(schema, path, effort)
    yield from undefined(schema, path, is_root=is_root)
    for at, below in junctors(schema):
        if not is_choice(schema, at):
            yield from nested(below, schema if is_root else None, (*path, *at))
    for step, below in _children(schema):
        yield from _schema(below, (*path, *step), effort)


def _children(schema: Schema) -> Iterator[tuple[Path, Schema]]:
    properties = schema.get("properties")
    for name, held in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(held, Mapping):
            yield ("properties", name), held
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield (key,), schema[key]


def _type(schema: Schema, path: Path) -> Iterator[Fault]:
    kind = schema.get("type")
    if kind is None:
        if not schema.get(INT_OR_STRING) and not schema.get(PRESERVE):
            yield Fault(path, f"{_short(path)} has no type", f"write {listed(_TYPES)}")
    elif kind not in _TYPES:
        yield Fault((*path, "type"), f"the type is {said(kind)}", f"write {listed(_TYPES)}")
    if schema.get(EMBEDDED) and kind != "object":
        yield Fault(path, f"{EMBEDDED} is only for the type object", "write 'type: object'")
    if schema.get(EMBEDDED) and not schema.get(PRESERVE) and not schema.get("properties"):
        yield Fault(path, f"{EMBEDDED} needs properties", f"write them, or '{PRESERVE}: true'")


def _forbidden(schema: Schema, path: Path) -> Iterator[Fault]:
    for key in _FORBIDDEN:
        if schema.get(key):
            yield Fault(
                (*path, key), f"{key} can't stand in the schema of a custom kind", "remove it", key=True
            )
    if schema.get(PRESERVE) is False:
        yield Fault((*path, PRESERVE), f"{PRESERVE} is false", "write true, or remove it")
    if schema.get("uniqueItems") is True:
        what = "uniqueItems can't be true in the schema of a custom kind"
        yield Fault((*path, "uniqueItems"), what, f"write '{LIST_TYPE}: set'", key=True)


def _object(schema: Schema, path: Path, *, is_root: bool) -> Iterator[Fault]:
    properties, further = schema.get("properties"), schema.get("additionalProperties")
    if properties and (further is False or isinstance(further, Mapping)):
        what = "properties and additionalProperties exclude each other"
        yield Fault((*path, "additionalProperties"), what, "keep one", key=True)
    for key in ("properties", "required"):
        if schema.get(key) and schema.get("type") not in {"object", None}:
            what = f"a value of type {said(schema['type'])} has no {key}, so they are of no use"
            yield Fault((*path, key), what, "remove them", key=True, harmless=True)
    if (
        schema.get(PRESERVE)
        or schema.get("type") != "object"
        or isinstance(further, Mapping)
        or further is True
    ):
        return
    known = set(properties or ()) | (
        {"apiVersion", "kind", "metadata"} if is_root or schema.get(EMBEDDED) else set()
    )
    required = schema.get("required")
    for index, name in enumerate(required if isinstance(required, list) else ()):
        if name not in known:
            what = (
                f"{said(name)} is required, but no such field is in properties, so no such value can be right"
            )
            expected = "add the field, or don't require it"
            # The server takes the definition, and whatever never uses the value.
            yield Fault((*path, "required", index), what, expected, harmless=True)


def _list(schema: Schema, path: Path) -> Iterator[Fault]:
    kind, items, how = schema.get("type"), schema.get("items"), schema.get(LIST_TYPE)
    if kind == "array" and not isinstance(items, Mapping):
        yield Fault(path, f"{_short(path)} is an array without items", "write the schema of its items")
    if items is not None and kind not in {"array", None}:
        what = f"{_short(path)} is of the type {said(kind)[1:-1]} and has items"
        expected = "write 'type: array', or remove items"
        # Published definitions have this, so it can't stop a deployment.
        yield Fault((*path, "items"), what, expected, key=True, harmless=True)
    if how is not None and how not in _LIST_TYPES:
        yield Fault((*path, LIST_TYPE), f"{LIST_TYPE} is {said(how)}", f"write {listed(_LIST_TYPES)}")
    if how is not None and kind != "array":
        yield Fault((*path, LIST_TYPE), f"{LIST_TYPE} is only for the type array", "remove it", key=True)
    yield from _keys(schema, path)


def _keys(schema: Schema, path: Path) -> Iterator[Fault]:
    """``validateMapListKeysMapSet``."""
    how, keys, items = schema.get(LIST_TYPE), schema.get(KEYS), schema.get("items")
    if keys and how != "map":
        yield Fault((*path, KEYS), f"{KEYS} is only for lists of the type map", "remove it", key=True)
    if how != "map" or not isinstance(items, Mapping):
        return
    if not keys:
        yield Fault(path, f"a list of the type map needs {KEYS}", "name the fields that tell its items apart")
    properties, required = items.get("properties") or {}, items.get("required") or ()
    for index, key in enumerate(keys or ()):
        if key not in properties:
            yield Fault(
                (*path, KEYS, index), f"{said(key)} is no field of the items", "name one of their properties"
            )
        elif key not in required and properties[key].get("default") is None:
            what = f"{said(key)} tells the items apart, but isn't required"
            yield Fault((*path, KEYS, index), what, "require it, or give it a default")


def _values(schema: Schema, path: Path) -> Iterator[Fault]:
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not is_readable(pattern) and not _is_python(pattern):
        yield Fault((*path, "pattern"), "the pattern is no regular expression", "Go's syntax (RE2) is meant")
    for least, most in _PAIRS:
        low, high = schema.get(least), schema.get(most)
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
            yield Fault((*path, least), f"{least} is {low}, above {most}, {high}", "no value can be both")
    options, checked = (
        schema.get("enum"),
        {key: schema[key] for key in ("type", INT_OR_STRING) if key in schema},
    )
    if isinstance(options, list) and options and not schema.get("nullable"):
        shape = Shape(value_schema({**checked, "enum": options}))
        if schema.get("type") in _TYPES and not any(shape.validator.is_valid(option) for option in options):
            yield Fault(
                (*path, "enum"), f"no value of enum is of the type {schema['type']}", "mend one of them"
            )


def _is_python(pattern: str) -> bool:
    """Go and Rust differ in little; what Python reads, too, may be right in Go, so it isn't called wrong."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _default(schema: Schema, path: Path, effort: Effort) -> Iterator[Fault]:
    """``validateDefaults``: a default must itself be valid."""
    value = schema.get("default")
    if value is None or schema.get("type") not in _TYPES:
        return
    try:
        whole = defaulted(schema, value, effort, dropping=True)
        work = Weighing(schema).work(whole)
        if not effort.tries(work):
            raise TooMuch("defaults")
        found = faults_within(Shape(value_schema(schema)), whole, work, effort)
    except ValueError:
        return
    for fault in found:
        yield Fault((*path, "default", *fault.path), f"the default isn't valid: {fault.what}", fault.expected)


def _short(path: Path) -> str:
    """The end of a path: the whole is long, and place and object are said anyway."""
    names = [step for step in path if step not in {"properties", "items", "schema", "openAPIV3Schema"}]
    return dotted(names[-1:]) if names and isinstance(names[-1], str) else "the schema"
