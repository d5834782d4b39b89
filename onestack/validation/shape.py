"""The shape of a kind: its schema made strict, compiled once, and asked for the fields at a path. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

import jsonschema_rs

from onestack.validation.formats import CHECKS
from onestack.validation.parts import Path

Schema = Mapping[str, Any]

KEYS: Final = "x-kubernetes-list-map-keys"
# Go's regular expressions are RE2's, as Rust's are; without this ECMA's are taken. The bound is on the bytes
# that a pattern is compiled to, a tenth of the usual: what is above takes milliseconds each.
PATTERNS: Final = jsonschema_rs.RegexOptions(size_limit=1 << 20)
_TITLE: Final = "title"
_DEPTH: Final = 4


class Shape:
    """What an object of a kind may look like: a JSON schema whose objects are closed.

    A schema's ``title`` is the type's name for messages.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._inner: dict[int, dict[str, Path]] = {}

    @cached_property
    def validator(self) -> jsonschema_rs.Validator:
        """The compiled schema. Raises: ValueError where the schema can't be compiled."""
        return jsonschema_rs.Draft202012Validator(
            dict(self.schema),
            formats=dict(CHECKS),
            validate_formats=True,
            keywords={KEYS: _MapKeys},
            pattern_options=PATTERNS,
            offline=True,
        )

    def first(self, value: Any) -> Iterator[jsonschema_rs.ValidationError]:
        """One thing that is wrong with a value, without looking for more."""
        try:
            self.validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            yield error

    def errors(self, value: Any) -> Iterator[jsonschema_rs.ValidationError]:
        """What is wrong with a value; nothing for a good one, which is told fast."""
        if not self.validator.is_valid(value):
            yield from self.validator.iter_errors(value)

    def at(self, path: Sequence[str | int]) -> Schema:
        """The schema of the value at ``path``; an empty one where anything may stand."""
        schema = self._followed(self.schema)
        for step in path:
            schema = self._followed(_below(schema, step))
        return schema

    def fields(self, path: Sequence[str | int]) -> Mapping[str, Any]:
        """The fields that the object at ``path`` may have."""
        found: Mapping[str, Any] = self.at(path).get("properties", {})
        return found

    def type_name(self, path: Sequence[str | int]) -> str:
        """The name of the type at ``path``, such as PodSpec; empty where it has none."""
        return str(self.at(path).get(_TITLE, ""))

    def nearest(self, path: Sequence[str | int], name: str) -> str:
        """The field that was most likely meant by ``name``, or nothing."""
        return _nearest(tuple(self.fields(path)), name)

    def below(self, path: Sequence[str | int], name: str) -> Path:
        """Where below ``path`` a field ``name`` may stand, nearest first; empty if nowhere."""
        schema = self.at(path)
        if id(schema) not in self._inner:
            self._inner[id(schema)] = self._fields_below(schema)
        return self._inner[id(schema)].get(name, ())

    def _fields_below(self, schema: Schema) -> dict[str, Path]:
        found: dict[str, Path] = {}
        level: list[tuple[Path, Schema]] = [((), schema)]
        for _ in range(_DEPTH):
            deeper: list[tuple[Path, Schema]] = []
            for walked, at in level:
                for field, held in at.get("properties", {}).items():
                    if walked:
                        found.setdefault(field, (*walked, field))
                    deeper.append(((*walked, field), self._followed(held)))
            level = deeper
        return found

    def _followed(self, schema: Any) -> Schema:
        while isinstance(schema, Mapping) and ("$ref" in schema or "then" in schema):
            held = schema.get("then", schema)
            schema = self.schema["$defs"][held["$ref"].rpartition("/")[2]]
        return schema if isinstance(schema, Mapping) else {}


def duplicates(items: Sequence[Any], keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Index of each item of a list that is a map by ``keys``, and of the one it repeats.

    A protocol that isn't given is TCP. Items that lack a key are left to other rules.
    """
    first: dict[tuple[str, ...], int] = {}
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        held = [item.get(key) or ("TCP" if key == "protocol" else None) for key in keys]
        if any(value is None for value in held):
            continue
        before = first.setdefault(tuple(map(str, held)), index)
        if before != index:
            yield index, before


class _MapKeys:
    """The keyword of lists that are maps by some fields of their items."""

    def __init__(self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]) -> None:
        del parent_schema, schema_path
        self.keys = [str(key) for key in value]

    def validate(self, instance: Any) -> None:
        """Raises: ValueError for a list that says the same key twice."""
        if isinstance(instance, list) and any(duplicates(instance, self.keys)):
            raise ValueError


@lru_cache(maxsize=4096)
def _nearest(names: tuple[str, ...], name: str) -> str:
    folded = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else ""


def _below(schema: Schema, step: str | int) -> Any:
    if isinstance(step, int):
        return schema.get("items")
    found = schema.get("properties", {}).get(step)
    return found if found is not None else schema.get("additionalProperties")
