"""Protobuf Struct to Python values and back, with Pulumi's secrets and unknowns.

Written by hand because it runs several times per resource: ``json_format`` takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import ListValue, Struct, Value

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of Pulumi's protocol, not a secret
_EXACT_INTEGERS: Final = 2.0**63


@dataclass(frozen=True, repr=False)
class Secret:
    """A value that is never shown; its ``repr`` doesn't either."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True)
class Unknown:
    """A value that is only known once something else exists. ``token`` is its form in the protocol."""

    token: str


UNKNOWNS: Final[Mapping[str, Unknown]] = {
    token: Unknown(token)
    for token in (
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    )
}


UNKNOWN: Final = UNKNOWNS["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]
"""What is unknown and may be of any type: the engine tells them apart nowhere."""


def decode(struct: Struct) -> dict[str, Any]:
    """Python values of a Struct: whole numbers as int, secrets as Secret, unknowns as Unknown."""
    return {key: _decoded(value) for key, value in struct.fields.items()}


def encode(values: Mapping[str, Any]) -> Struct:
    """The Struct of a mapping; the inverse of ``decode``."""
    struct = Struct()
    fields = struct.fields
    for key, value in values.items():
        _encode(fields[key], value)
    return struct


def holds_secret(value: Any) -> bool:
    """True where the value or anything inside it is secret."""
    if isinstance(value, dict):
        return any(holds_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_secret(item) for item in value)
    return isinstance(value, Secret)


def holds_unknown(value: Any) -> bool:
    """True where the value or anything inside it is not known yet."""
    if isinstance(value, dict):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return isinstance(value, Unknown) or (isinstance(value, Secret) and holds_unknown(value.value))


def bare(value: Any) -> Any:
    """A deep copy without secret marks."""
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items()}
    if isinstance(value, list):
        return [bare(item) for item in value]
    return bare(value.value) if isinstance(value, Secret) else value


def _decoded(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWNS.get(text, text)
        case "struct_value":
            return _struct(value.struct_value)
        case "number_value":
            number = value.number_value
            # The protocol only has doubles; the API server wants 3, not 3.0.
            return int(number) if number.is_integer() and abs(number) < _EXACT_INTEGERS else number
        case "list_value":
            return [_decoded(item) for item in value.list_value.values]
        case "bool_value":
            return value.bool_value
    return None


def _struct(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
        return Secret(_decoded(fields["value"]))
    return {key: _decoded(value) for key, value in fields.items()}


def _encode(target: Value, value: Any) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, dict):
        _encode_mapping(target.struct_value, value)
    elif isinstance(value, list):
        _encode_list(target.list_value, value)
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, Secret):
        fields = target.struct_value.fields
        fields[SIGNATURE].string_value = SECRET
        _encode(fields["value"], value.value)
    elif isinstance(value, Unknown):
        target.string_value = value.token
    elif value is None:
        target.null_value = 0  # type: ignore[assignment]  # the enum's only member, NULL_VALUE
    else:
        raise TypeError(f"a {type(value).__name__} has no form in Pulumi's protocol")


def _encode_mapping(struct: Struct, value: Mapping[str, Any]) -> None:
    if not value:
        struct.SetInParent()
    fields = struct.fields
    for key, item in value.items():
        _encode(fields[key], item)


def _encode_list(target: ListValue, value: list[Any]) -> None:
    if not value:
        target.SetInParent()
    for item in value:
        _encode(target.values.add(), item)
