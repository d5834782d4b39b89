"""Declared objects in the form the API server would give them, so that equal things don't differ.

The official plugin reads every built-in object into its Go type and writes it out again. This does
what that does to the fields that were declared: unknown fields go, empty optional ones go,
quantities and times get their one form. An object that doesn't fit its type stays as it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from onestack.local.kubernetes.builtin import BUILTIN_VERSIONS, Shape, fields_of, kinds_of
from onestack.local.kubernetes.identity import Kind, is_crd, kind_of
from onestack.local.kubernetes.prune import prune
from onestack.local.kubernetes.quantity import canonical
from onestack.local.serving.codec import holds_unknown

_READ_ONLY: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class _Misfit(Exception):
    """A value does not fit its field's type."""


def normalized(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The object, normalized where its kind is built in, without metadata that only the server writes."""
    result = dict(obj)
    kind = kind_of(obj)
    if kind.api_version in BUILTIN_VERSIONS and not holds_unknown(obj):
        result = prune(_normal_form(kind, result), result) or {}
    metadata = result.get("metadata")
    if isinstance(metadata, dict):
        result["metadata"] = {key: value for key, value in metadata.items() if key not in _READ_ONLY}
    return result


def is_secret(kind: Kind) -> bool:
    return kind.group == "" and kind.kind == "Secret"


def _normal_form(kind: Kind, obj: dict[str, Any]) -> dict[str, Any]:
    if is_crd(kind):
        return _crd(obj)
    if is_secret(kind):
        # In place of the declared object too: what it declares is `data`, whatever it wrote.
        _secret(obj)
        return obj
    number = kinds_of(kind.api_version).get(kind.kind)
    if number is None:
        return obj
    try:
        return _struct(number, obj)
    except _Misfit:
        return obj


def _crd(obj: dict[str, Any]) -> dict[str, Any]:
    spec = obj.get("spec")
    if isinstance(spec, dict) and spec.get("preserveUnknownFields") is False:
        obj["spec"] = {key: value for key, value in spec.items() if key != "preserveUnknownFields"}
    obj.pop("status", None)
    return obj


def _secret(obj: dict[str, Any]) -> None:
    texts = obj.get("stringData")
    data = obj.get("data")
    data = dict(data) if isinstance(data, dict) else {}
    if isinstance(texts, dict) and texts and all(isinstance(text, str) for text in texts.values()):
        data |= {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        obj["data"] = data
        del obj["stringData"]
    elif data:
        obj["data"] = {key: _base64(value) for key, value in data.items()}


def _base64(value: Any) -> Any:
    """Decoded and encoded again, as the server does; as it is where that can't be done."""
    if not isinstance(value, str):
        return value
    try:
        # Go's decoder skips line breaks and nothing else.
        return base64.b64encode(
            base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True)
        ).decode()
    except (binascii.Error, ValueError):
        return value


def _struct(number: int, value: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    fields = fields_of(number)
    for name, item in value.items():
        shape = fields.get(name)
        if shape is None:
            continue
        converted = _converted(shape, item)
        if not _left_out(shape, converted):
            result[name] = converted
    return result


def _left_out(shape: Shape, value: Any) -> bool:
    if shape.zeroless and (value is None or value == {}):
        return True
    if not shape.optional:
        return False
    if shape.pointer or shape.letter == "any":
        return value is None
    return shape.letter not in {"struct", "quantity", "time", "microtime", "intstr"} and not value


def _converted(shape: Shape, value: Any) -> Any:
    if value is None:
        return _empty(shape)
    match shape.letter:
        case "struct":
            return _struct(shape.inner, _fitting(dict, value))
        case "[]":
            return [_converted(shape.inner, item) for item in _fitting(list, value)]
        case "{}":
            return {key: _converted(shape.inner, item) for key, item in _fitting(dict, value).items()}
        case "any":
            return value
        case _:
            return _scalar(shape.letter, value)


def _scalar(letter: str, value: Any) -> Any:
    match letter, value:
        case ("string", str()) | ("bool", bool()):
            return value
        case ("int" | "float" | "intstr", bool()) | ("quantity", bool()):
            raise _Misfit
        case ("int" | "intstr", int()) | ("float", int() | float()) | ("intstr", str()):
            return value
        case ("quantity", str() | int() | float()):
            return _quantity(value)
        case ("time" | "microtime", str()):
            return _time(value, letter == "microtime")
        case ("bytes", str()):
            return _base64(value)
    raise _Misfit


def _quantity(value: str | float) -> str:
    text = canonical(value.strip() if isinstance(value, str) else f"{value}")
    if text is None:
        raise _Misfit
    return text


def _time(value: str, micro: bool) -> str:
    if not _TIME.fullmatch(value):
        raise _Misfit
    moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if micro else "%Y-%m-%dT%H:%M:%SZ")


def _empty(shape: Shape) -> Any:
    """What null becomes: Go's zero value of the type."""
    if shape.pointer:
        return None
    if shape.letter == "struct":
        fields = fields_of(shape.inner)
        empties = {name: _empty(inner) for name, inner in fields.items()}
        return {name: value for name, value in empties.items() if not _left_out(fields[name], value)}
    return {"string": "", "bool": False, "int": 0, "float": 0, "quantity": "0", "intstr": 0}.get(shape.letter)


def _fitting(wanted: type, value: Any) -> Any:
    if not isinstance(value, wanted):
        raise _Misfit
    return value
