"""Explicit YAML tags: the plain types are allowed where the value fits, all others refused. Pure."""

from __future__ import annotations

from typing import Final

from onestack.manifests.scalars import Scalar, Unheld, is_integer, resolve

PREFIX: Final = "tag:yaml.org,2002:"
_PLAIN: Final = frozenset({"bool", "float", "int", "null"})
_OTHERS: Final = frozenset({"binary", "map", "merge", "omap", "pairs", "seq", "set", "timestamp", "value"})
_NO_TAG: Final = "remove it; manifests hold plain values"


class TagRefused(ValueError):
    """A tag that no manifest needs, or that its value doesn't fit; the parts are those of the problem."""

    def __init__(self, what: str, expected: str) -> None:
        super().__init__(what)
        self.what, self.expected = what, expected


def scalar(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag. Raises: TagRefused."""
    name = tag.removeprefix(PREFIX)
    if name == "str" and tag != name:
        return text
    if tag == name or name not in _PLAIN:
        raise refused(tag)
    try:
        value = resolve(text)
    except Unheld:
        value = text
    if not _fits(name, value) or (name == "int" and not is_integer(text)):
        raise TagRefused(f"the value is no !!{name}", "remove the tag, or write a value that fits it")
    return value


def collection(tag: str, kind: str) -> None:
    """Checks the tag of a mapping (``map``) or list (``seq``). Raises: TagRefused."""
    if tag != PREFIX + kind:
        raise refused(tag)


def refused(tag: str) -> TagRefused:
    """What to say of a tag that no manifest needs; only YAML's own are named, others may be secrets."""
    name = tag.removeprefix(PREFIX)
    if tag != name and name in _PLAIN | _OTHERS:
        return TagRefused(f"the tag !!{name} is not allowed", _NO_TAG)
    return TagRefused("a tag is not allowed", f"{_NO_TAG}, or put the value in quotes if it starts with '!'")


def _fits(name: str, value: Scalar) -> bool:
    if name == "null":
        return value is None
    if name == "bool":
        return isinstance(value, bool)
    # A whole number is a float to go-yaml, too; JSON doesn't tell them apart.
    return isinstance(value, int if name == "int" else (int, float)) and not isinstance(value, bool)
