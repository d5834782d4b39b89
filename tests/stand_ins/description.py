"""GitHub's published description of its interface: what a request may say, and what an answer has to.

``tests/data/github/api.json.gz`` is a cut of it; `tests.stand_ins.refresh_description` makes it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import jsonschema_rs

from tests.stand_ins.refresh_description import DESCRIPTION


@dataclass(frozen=True)
class Operation:
    """An operation. ``key`` is as in ``get /user``, ``path`` what stood in the path's places."""

    key: str
    described: Mapping[str, Any]
    path: Mapping[str, str]

    def faults(self, query: Mapping[str, str], body: Any) -> Iterator[str]:
        """What the description doesn't allow in a request."""
        parameters = {one["name"]: one for one in self.described["parameters"] if one["in"] == "query"}
        for name, text in query.items():
            if name not in parameters:
                yield f"{self.key}: there is no parameter '{name}'"
            else:
                yield from _misfits(self.key, parameters[name]["schema"], _typed(text, parameters[name]))
        wanted = self.described["body"]
        if body is None or wanted is None:
            if body is not None or (wanted and wanted["required"]):
                yield f"{self.key}: a body where none is described, or none where one is"
            return
        yield from _misfits(self.key, wanted["schema"], body)
        yield from (f"{self.key}: there is no field '{name}'" for name in _unknown(wanted["schema"], body))

    def misanswers(self, status: int, body: Any) -> Iterator[str]:
        """What the description doesn't allow in an answer."""
        responses = self.described["responses"]
        if str(status) not in responses:
            yield f"{self.key}: no answer {status} is described"
        elif (schema := responses[str(status)]) is not None:
            yield from _misfits(f"{self.key} -> {status}", schema, body)


def find(method: str, path: str) -> Operation | None:
    """The operation that a request is of."""
    for key, pattern, described in _operations():
        if key.startswith(method.lower() + " ") and (found := pattern.fullmatch(path)):
            return Operation(key, described, found.groupdict())
    return None


def filled(name: str, /, **given: Any) -> dict[str, Any]:
    """A value of a schema: what is given, and something harmless for all else that has to be there."""
    made = _harmless({"$ref": f"#/$defs/{name}"})
    assert isinstance(made, dict)
    return _over(made, given)


@cache
def _described() -> Mapping[str, Any]:
    return dict(json.loads(gzip.decompress(DESCRIPTION.read_bytes())))


@cache
def _operations() -> list[tuple[str, re.Pattern[str], Mapping[str, Any]]]:
    return [
        (key, re.compile(_pattern(key.partition(" ")[2])), described)
        for key, described in _described()["operations"].items()
    ]


def _pattern(path: str) -> str:
    # Names of refs hold slashes, and nothing follows the plain one; numbers are numbers.
    def place(found: re.Match[str]) -> str:
        name = found[1]
        what = ".+" if path.endswith("/git/ref/{ref}") and name == "ref" else "[^/]+"
        return f"(?P<{name}>{'[0-9]+' if name.endswith(('_id', 'number')) else what})"

    return re.sub(r"\{(\w+)\}", place, path)


def _misfits(where: str, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    checker = _checker(json.dumps(schema, sort_keys=True))
    for error in checker.iter_errors(value):
        yield f"{where}: {'/'.join(map(str, error.instance_path))}: {error.message[:200]}"


@cache
def _checker(schema: str) -> Any:
    # The meaning of int64 and repo.nwo isn't JSON Schema's; a date is one, and an address.
    whole = {"allOf": [json.loads(schema)], "$defs": _described()["schemas"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _unknown(schema: Mapping[str, Any], body: Any) -> list[str]:
    """Fields that GitHub would silently pass over."""
    branches = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    known = {name for branch in branches for name in branch.get("properties", ())}
    return sorted(set(body) - known) if known and isinstance(body, dict) else []


def _typed(text: str, parameter: Mapping[str, Any]) -> Any:
    return int(text) if parameter["schema"].get("type") == "integer" and text.isdigit() else text


def _harmless(schema: Mapping[str, Any]) -> Any:
    if reference := schema.get("$ref"):
        return _harmless(_described()["schemas"][reference.rpartition("/")[2]])
    if branches := schema.get("anyOf") or schema.get("oneOf"):
        return None if {"type": "null"} in branches else _harmless(branches[0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _harmless(schema["properties"][name]) for name in schema.get("required", ())}
    if schema.get("type") == "string":
        return _FORMATS.get(schema.get("format", ""), "")
    return _EMPTY.get(schema.get("type", ""))


_EMPTY: Final = {"array": [], "integer": 0, "number": 0, "boolean": False}
_FORMATS: Final = {"uri": "https://example.com", "date-time": "2026-01-01T00:00:00Z"}


def _over(made: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in given.items():
        there = made.get(name)
        made[name] = _over(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return made
