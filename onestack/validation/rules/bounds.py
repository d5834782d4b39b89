"""Numbers that must be in a range, and fields that exclude each other; what most kinds have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.manifests.names import wrong_label
from onestack.validation.fault import Fault, listed, said
from onestack.validation.parts import Path, number

MOST_PORT: Final = 65535
_PORT_NAME: Final = 15


def natural(holder: Mapping[str, Any], path: Path, *fields: str, least: int = 0) -> Iterator[Fault]:
    """Fields that must not be below ``least`` (``ValidateNonnegativeField``, ``ValidatePositiveField``)."""
    for field in fields:
        value = number(holder, field)
        if value is not None and value < least:
            yield Fault((*path, field), f"{dotted((*path, field))} is {value}", f"write {least} or more")


def port(holder: Mapping[str, Any], path: Path, *fields: str) -> Iterator[Fault]:
    """Fields that hold a port number (``validation.IsValidPortNum``)."""
    for field in fields:
        value = number(holder, field)
        if value is not None and not 1 <= value <= MOST_PORT:
            yield Fault((*path, field), f"{dotted((*path, field))} is {value}", f"a port is 1 to {MOST_PORT}")


def port_name(value: Any, path: Path) -> Iterator[Fault]:
    """The name of a port of a container (``validation.IsValidPortName``)."""
    if not isinstance(value, str) or not value:
        return
    letters = any(character.isalpha() for character in value)
    if len(value) > _PORT_NAME or wrong_label(value) or not letters or "--" in value:
        yield Fault(
            path,
            f"{dotted(path)} is {said(value)}",
            f"a port's name has at most {_PORT_NAME} lower-case letters, digits and single '-', "
            "with at least one letter and no '-' at its ends",
        )


def port_or_name(holder: Mapping[str, Any], path: Path, field: str) -> Iterator[Fault]:
    """A field that refers to a port by number or name (``ValidatePortNumOrName``)."""
    yield from port(holder, path, field)
    value = holder.get(field)
    if value == "":
        yield Fault((*path, field), f"{dotted((*path, field))} is empty", "write a port's number or name")
    yield from port_name(value, (*path, field))


def one_of(
    holder: Mapping[str, Any], path: Path, fields: Sequence[str], *, what: str, needed: bool = True
) -> Iterator[Fault]:
    """Fields of which only one may be set; ``what`` names what holds them."""
    found = [field for field in fields if holder.get(field) is not None]
    if len(found) > 1:
        yield Fault((*path, found[1]), f"{what} has both {' and '.join(found)}", "keep one", key=True)
    elif needed and not found:
        yield Fault(path, f"{what} says nothing of {listed(fields)}", "write one of them")
