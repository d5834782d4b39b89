"""Holds requests to Google's own descriptions of its interfaces (https://developers.google.com/discovery).

The descriptions are those that google-api-python-client ships. What one doesn't say, such as which fields
depend on each other, isn't checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_FORMATS = {
    "google-duration": r"\d+(\.\d{1,9})?s",
    "google-datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "int64": r"-?\d+",
    "uint64": r"\d+",
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@dataclass(frozen=True)
class Interface:
    """One of Google's interfaces, as ``cloudkms.v1``."""

    described: Mapping[str, Any]

    def wrong(self, method: str, path: str, query: Mapping[str, str], body: Any) -> tuple[str, ...]:
        """What is wrong in a request; ``path`` is as it was sent."""
        found = [one for one in _methods(self.described) if self._meant(one, method, path)]
        if not found:
            return (f"there is no {method} {path}",)
        known = {**self.described["parameters"], **found[0].get("parameters", {})}
        lacking = [
            name
            for name, one in found[0].get("parameters", {}).items()
            if one.get("required") and one["location"] == "query" and name not in query
        ]
        reference = found[0].get("request")
        if reference is None:
            sent = ["it takes no body"] if body is not None else []
        else:
            sent = list(self._value(reference, body if body is not None else {}, "body"))
        return (
            *(f"there is no parameter {name}" for name in query if name not in known),
            *(f"the parameter {name} is required" for name in lacking),
            *(
                problem
                for name, text in query.items()
                if name in known
                for problem in _text(known[name], text)
            ),
            *sent,
        )

    def _meant(self, one: Mapping[str, Any], method: str, path: str) -> bool:
        if one["httpMethod"] != method:
            return False
        pattern = ""
        for text, name in re.findall(r"([^{}]+)|\{\+?(\w+)\}", one["path"]):
            given = one["parameters"][name].get("pattern", "[^/]+") if name else ""
            pattern += f"(?:{given.strip('^$')})" if name else re.escape(text)
        return re.fullmatch(f"/{re.escape(self.described['servicePath'])}{pattern}", path) is not None

    def _value(self, schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
        if reference := schema.get("$ref"):
            schema = self.described["schemas"][reference]
        kind = schema.get("type", "object")
        # Numbers of 64 bits may be written as either.
        if kind == "string" and schema.get("format") in {"int64", "uint64"} and isinstance(value, int):
            value = str(value)
        if not isinstance(value, _TYPES[kind]) or (kind in {"integer", "number"} and isinstance(value, bool)):
            yield f"{at} is no {kind}"
            return
        if isinstance(value, dict):
            yield from self._fields(schema, value, at)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._value(schema["items"], item, f"{at}[{number}]")
        elif isinstance(value, str):
            yield from (f"{at}: {problem}" for problem in _text(schema, value))

    def _fields(self, schema: Mapping[str, Any], value: Mapping[str, Any], at: str) -> Iterator[str]:
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, item in value.items():
            one = properties.get(name, others)
            if one is None:
                yield f"{at} has no field {name}"
            elif one.get("readOnly"):
                yield f"{at}.{name} can't be written"
            else:
                yield from self._value(one, item, f"{at}.{name}")


@cache
def interface(name: str) -> Interface:
    """The interface of that name and version."""
    place = files("googleapiclient") / "discovery_cache" / "documents" / f"{name}.json"
    return Interface(json.loads(place.read_text(encoding="utf-8")))


def _methods(described: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from described.get("methods", {}).values()
    for one in described.get("resources", {}).values():
        yield from _methods(one)


def _text(schema: Mapping[str, Any], text: str) -> Iterator[str]:
    if "enum" in schema and text not in schema["enum"]:
        yield f"{text} is none of {', '.join(schema['enum'])}"
    pattern = _FORMATS.get(schema.get("format", ""))
    if pattern and not re.fullmatch(pattern, text):
        yield f"{text} is no {schema['format']}"
