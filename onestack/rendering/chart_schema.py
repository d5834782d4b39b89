"""The schema of a chart's values (``values.schema.json``), read strictly and written anew for Helm. Pure.

Helm's validator reads files and fetches addresses that a schema refers to. Other readers of JSON take what
ours refuses, so Helm is given what was read here, never the bytes themselves.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import orjson

# Where Helm takes a file for a schema: beside a Chart.yaml.
_PLACE: Final = re.compile(r"(?:charts/[^/]+/)*values\.schema\.json")
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$schema"})
# The schemas of schemas, which the validator holds itself.
_HELD: Final = "json-schema.org"


class BadSchema(Exception):
    """A schema that can't be read; the text says what is wrong with it."""


def is_schema(name: str) -> bool:
    """Whether Helm takes a file of a chart, by its path, for a schema of values."""
    return _PLACE.fullmatch(name) is not None


def read(content: bytes) -> Any:
    """The value of a schema, exactly as :func:`written` will write it. Raises: BadSchema."""
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_constant=_refused, parse_float=_number)
        orjson.dumps(value)
    except UnicodeDecodeError:
        raise BadSchema("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadSchema(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, TypeError, RecursionError):
        # orjson's error is a TypeError.
        raise BadSchema("it is nested too deep, or has a number or character that JSON can't hold") from None
    return value


def written(value: Any) -> bytes:
    """A schema that was read, as JSON that every reader takes for that value."""
    return orjson.dumps(value)


def outside_references(value: Any) -> Iterator[str]:
    """What a schema refers to beyond itself, each once."""
    found: dict[str, None] = {}
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found |= {
                held: None
                for key, held in node.items()
                if key in _REFERENCES and isinstance(held, str) and _leaves(held)
            }
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    yield from found


def _leaves(reference: str) -> bool:
    if reference.startswith("#"):
        return False
    try:
        parts = urlsplit(reference)
    except ValueError:
        return True
    return not (parts.scheme in {"http", "https"} and parts.netloc == _HELD)


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        _refused(text)
    return number


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
