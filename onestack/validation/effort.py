"""How much work one check may make of schemas that others wrote: counted, so the same on every machine. Pure.

A schema is small beside what it can ask for: 200 forms for each of 20,000 items are four million tries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]

MOST_FAULTS: Final = 100
"""So many faults are told of one object."""
_REPEATED: Final = re.compile(r"\{\d")
_NESTED: Final = ("allOf", "anyOf", "oneOf")


class TooMuch(Exception):
    """What would take too long."""


@dataclass
class Effort:
    """What is left for one check, each about half a second.

    ``compiled`` is in steps of about 1 us, ``tried`` of 15 ns. ``explained`` counts what a validator may
    find wrong, for which it makes an object each. ``written`` counts the letters of rules, ``filled`` the
    values that defaults put in.
    """

    compiled: int = 1_000_000
    tried: int = 30_000_000
    explained: int = 40_000
    written: int = 100_000
    filled: int = 200_000

    def compiles(self, schema: Schema) -> None:
        """Pays for compiling a schema, with all that is compiled to judge its parts. Raises: TooMuch."""
        cost = _compiling(schema)[1]
        if cost > self.compiled:
            raise TooMuch("patterns, enums and defaults")
        self.compiled -= cost

    def tries(self, work: Work) -> bool:
        """Whether a value may be held against its schema; then it is paid."""
        if work.tried > self.tried:
            return False
        self.tried -= work.tried
        return True

    def explains(self, count: int) -> bool:
        """Whether so many faults may be looked for; then they are paid."""
        if count > self.explained:
            return False
        self.explained -= count
        return True

    def fills(self, value: Any) -> None:
        """Pays for a default that is put in. Raises: TooMuch."""
        self.filled -= _count(value)
        if self.filled < 0:
            raise TooMuch("defaults")

    def writes(self, text: str) -> bool:
        """Whether a rule may be compiled; then it is paid."""
        if len(text) > self.written:
            return False
        self.written -= len(text)
        return True


@dataclass(frozen=True)
class Work:
    """What holding a value against a schema takes at most.

    ``errors``: as many may be found; ``first``: as many to find the first; ``tried``: steps to find whether.
    """

    size: int
    tried: int
    errors: int
    first: int


class Weighing:
    """What a schema makes of values; forms that are tried out are weighed once."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._forms: dict[int, int] = {}

    def work(self, value: Any) -> Work:
        """What a value takes."""
        return self._work(self._schema, value)

    def _work(self, schema: Schema, value: Any) -> Work:
        held = [self._work(below, part) for below, part in _parts(schema, value)]
        size = 1 + sum(one.size for one in held) + (len(value) // 16 if isinstance(value, str) else 0)
        forms = self._weight(schema) * size
        own = forms + len(schema.get("enum", ()))
        errors = 1 + len(schema.get("required", ())) + forms
        return Work(
            size,
            1 + own + sum(one.tried for one in held),
            errors + sum(one.errors for one in held),
            max([1 + forms, *(one.first for one in held)]),
        )

    def _weight(self, schema: Schema) -> int:
        """How many schemas stand below allOf, anyOf, oneOf and not, which are all tried on the same value."""
        if id(schema) not in self._forms:
            below = [held for key in _NESTED for held in schema.get(key, ())]
            below += [schema["not"]] if isinstance(schema.get("not"), Mapping) else []
            self._forms[id(schema)] = sum(map(_count, below))
        return self._forms[id(schema)]


def _parts(schema: Schema, value: Any) -> list[tuple[Schema, Any]]:
    if isinstance(value, Mapping):
        properties, further = schema.get("properties", {}), schema.get("additionalProperties")
        found = ((properties.get(name, further), held) for name, held in value.items())
        return [(below if isinstance(below, Mapping) else {}, held) for below, held in found]
    if isinstance(value, list):
        items = schema.get("items")
        return [(items if isinstance(items, Mapping) else {}, held) for held in value]
    return []


def _count(schema: Any) -> int:
    """The values in a schema; each may be something to try."""
    if isinstance(schema, Mapping):
        return 1 + sum(map(_count, schema.values()))
    return sum(map(_count, schema)) if isinstance(schema, list) else 1


def _compiling(schema: Any) -> tuple[int, int]:
    """What compiling a schema once takes, and what all compiling takes: a default is held against its own."""
    if isinstance(schema, list):
        made = [_compiling(held) for held in schema]
        return sum(one for one, _ in made), sum(whole for _, whole in made)
    if not isinstance(schema, Mapping):
        return 0, 0
    made = [_compiling(held) for held in schema.values()]
    own = 1 + sum(one for one, _ in made) + _pattern(schema.get("pattern"))
    whole = 1 + sum(all_of for _, all_of in made) + 2 * _pattern(schema.get("pattern"))
    if schema.get("default") is not None or schema.get("enum"):
        whole += own
    return own, whole


def _pattern(pattern: Any) -> int:
    """What a pattern takes; a count in it multiplies what it is compiled to, up to the bound on that."""
    if not isinstance(pattern, str):
        return 0
    return 70 + min(600, len(pattern)) + (600 if _REPEATED.search(pattern) else 0)
