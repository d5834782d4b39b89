"""Check: a resource's inputs with name and defaults filled in, and what is wrong with them; pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.local.gcp import formats
from onestack.local.gcp.table import Field, Type
from onestack.local.serving.codec import Secret, Unknown
from onestack.local.serving.property_path import format_path

DEFAULTS: Final = "__defaults"
"""Where Pulumi's bridged providers note which inputs they filled in themselves."""

_HEX_DIGITS: Final = 7
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str, int, float),
    "integer": (int, str),
    "number": (int, float, str),
    "boolean": (bool, str),
}

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Failure:
    """One input that can't be; ``path`` is where, in Pulumi's notation."""

    path: str
    reason: str


@dataclass
class _Walk:
    name: str
    failures: list[Failure] = field(default_factory=list)

    def fail(self, path: Path, reason: str) -> None:
        where = format_path(path)
        self.failures.append(Failure(where, f"{reason}. Examine values at '{self.name}.{where}'."))


@dataclass(frozen=True)
class Naming:
    """How a resource gets a name that has none: the engine's proposal, else one made from a seed."""

    resource: str
    seed: bytes = b""
    proposed: str = ""

    def name(self) -> str:
        if self.proposed:
            return self.proposed
        digits = hashlib.sha256(self.seed).hexdigest() if self.seed else secrets.token_hex(_HEX_DIGITS)
        return f"{self.resource}-{digits[:_HEX_DIGITS]}".lower()


def check(
    known: Type, news: Mapping[str, Any], olds: Mapping[str, Any], naming: Naming
) -> tuple[dict[str, Any], Sequence[Failure]]:
    """The inputs as they are compared and recorded, and everything that is wrong with them.

    Values that aren't known yet pass every check.
    """
    walk = _Walk(naming.resource)
    given = {key: value for key, value in news.items() if key != DEFAULTS}
    made_up = []
    if known.auto_name and given.get("name") is None:
        kept = olds.get("name") if "name" in (olds.get(DEFAULTS) or ()) else None
        given["name"] = kept or naming.name()
        made_up.append("name")
    inputs = _object(walk, (), known.fields, given, made_up)
    if known.exactly_one and not any(isinstance(value, Unknown) for value in inputs.values()):
        named = [name for name in known.exactly_one if inputs.get(name) is not None]
        if len(named) != 1:
            choice = ", ".join(known.exactly_one)
            walk.fail(
                (known.exactly_one[0],), f"exactly one of {choice} must be specified, and {len(named)} are"
            )
    return inputs, walk.failures


def _object(
    walk: _Walk, path: Path, fields: Mapping[str, Field], given: Mapping[str, Any], made_up: list[str]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in given.items():
        one = fields.get(name)
        if name == DEFAULTS or value is None:
            continue
        if one is None or one.output:
            walk.fail(
                (*path, name), f'Invalid or unknown key. An argument named "{name}" is not expected here'
            )
            continue
        result[name] = _value(walk, (*path, name), one, value)
    for name, one in fields.items():
        if name in result or one.output:
            continue
        if one.default is not None:
            result[name] = one.default
            made_up.append(name)
        elif one.required:
            walk.fail(
                (*path, name),
                f'Missing required argument. The argument "{name}" is required, but no definition was found',
            )
    result[DEFAULTS] = sorted(made_up)
    return result


def _value(walk: _Walk, path: Path, one: Field, value: Any) -> Any:
    if isinstance(value, Secret):
        return Secret(_value(walk, path, one, value.value))
    if isinstance(value, Unknown):
        return value
    if one.plural:
        if not isinstance(value, list):
            walk.fail(path, f"expected a list, got {_kind(value)}")
            return value
        return [_item(walk, (*path, index), one, item) for index, item in enumerate(value)]
    return _item(walk, path, one, value)


def _item(walk: _Walk, path: Path, one: Field, value: Any) -> Any:
    if isinstance(value, Unknown | Secret):
        return value
    if one.kind == "map":
        if not isinstance(value, dict):
            walk.fail(path, f"expected a map, got {_kind(value)}")
        return value
    if one.kind in {"object", "objects", "objectset"}:
        if not isinstance(value, dict):
            walk.fail(path, f"expected an object, got {_kind(value)}")
            return value
        return _object(walk, path, one.fields, value, [])
    if reason := _scalar_problem(path, one, value):
        walk.fail(path, reason)
    return value


def _scalar_problem(path: Path, one: Field, value: Any) -> str:
    numeric = one.kind in {"integer", "number"}
    expected = _KINDS.get(one.kind, (str, int, float, bool))
    if not isinstance(value, expected) or (numeric and not _is_number(value)):
        return f"Incorrect attribute value type: expected {one.kind}, got {_kind(value)}"
    name = next(step for step in reversed(path) if isinstance(step, str))
    if one.one_of and value not in one.one_of:
        allowed = " ".join(f'"{each}"' for each in one.one_of)
        return f"expected {name} to be one of [{allowed}], got {value}"
    if one.between:
        low, high = one.between
        if not low <= float(str(value)) <= high:
            bounds = f"at least ({low:g})" if high == float("inf") else f"in the range ({low:g} - {high:g})"
            return f"expected {name} to be {bounds}, got {value}"
    wrong = formats.problem(one.format, value) if one.format and value != "" else ""
    return f'"{name}" ("{value}") {wrong}' if wrong else ""


def _is_number(value: Any) -> bool:
    """A number, or one written as a text, which Terraform takes as well."""
    return not isinstance(value, bool) and re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return names.get(type(value), "a number")
