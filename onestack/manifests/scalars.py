"""What a plain YAML scalar means to kubectl.

kubectl reads YAML through sigs.k8s.io/yaml 1.6 and go.yaml.in/yaml/v2 (``resolve.go``), then through
JSON. That is mostly YAML 1.1: ``yes``, ``on`` and ``y`` are booleans, ``0644`` and ``0o644`` are 420;
but ``12:30:00`` and ``2024-01-01`` stay strings. The tests compare with the real binary. Pure.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

Scalar = str | bool | int | float | None


class Unheld(ValueError):
    """A number that JSON or the API's 64 bits can't hold; kubectl fails on it or rounds it."""


_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_UNHELD: Final = frozenset(
    (".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF")
)
_FIRST: Final = frozenset("yYnNtTfFoO~+-.0123456789")

_DECIMAL: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)\Z")
_BASED: Final = re.compile(r"([+-]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))\Z")
# go.yaml.in/yaml/v2 takes the sign behind 0b too, for it cuts the prefix off before parsing.
_SIGNED_BINARY: Final = re.compile(r"0b([+-][01]+)\Z")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
# Behind a leading dot Go's strconv.ParseFloat decides, which takes single underscores between digits.
_DOTTED: Final = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?\Z")

_MOST: Final = 2**63 - 1
_LEAST: Final = -(2**63)
_UNSIGNED_MOST: Final = 2**64 - 1
# From here on Go writes a whole float with an exponent, which the API reads as a float again.
_EXPONENT_FROM: Final = 1e21


@lru_cache(maxsize=1 << 16)
def resolve(text: str) -> Scalar:
    """The value of a plain scalar.

    Raises: Unheld for infinities, NaN, and integers beyond 64 bits.
    """
    if text and text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text in _UNHELD:
        raise Unheld(text)
    if text[0] == ".":
        return _float(text) if _DOTTED.match(text) else text
    if text[0] in "+-0123456789":
        return _number(text)
    return text


def is_integer(text: str) -> bool:
    """Whether go-yaml takes a plain scalar for an integer, not for a float with an integer's value."""
    plain = text.replace("_", "")
    return any(form.match(plain) for form in (_DECIMAL, _BASED, _SIGNED_BINARY))


def _number(text: str) -> Scalar:
    plain = text.replace("_", "")
    if _DECIMAL.match(plain):
        return _held(int(plain) if len(plain) <= len(str(_UNSIGNED_MOST)) + 1 else _MOST + 1, text)
    if based := _BASED.match(plain):
        return _based(based, plain, text)
    if _FLOAT.match(plain):
        return _float(plain, text)
    if binary := _SIGNED_BINARY.match(plain):
        return _held(int(binary[1], 2), text)
    return text


def _based(match: re.Match[str], plain: str, text: str) -> Scalar:
    sign, hexadecimal, binary, octal = match.groups()
    base = 16 if hexadecimal else 2 if binary else 8
    number = int(sign + (hexadecimal or binary or octal), base)
    # What no 64 bits hold is no integer to go-yaml: digits alone are then a float, others a string.
    if (number > _UNSIGNED_MOST or number < _LEAST) and not _FLOAT.match(plain):
        return text
    return _held(number, text)


def _float(plain: str, text: str | None = None) -> Scalar:
    number = float(plain)
    if number in (float("inf"), float("-inf")):
        return text or plain  # ParseFloat says "out of range", and go-yaml keeps the string
    if number.is_integer() and abs(number) < _EXPONENT_FROM:
        # Go writes as few digits as tell this float from others, then zeros; they are read as an integer.
        whole = int(Decimal(repr(number)))
        if not any(mark in plain for mark in ".eE"):
            return _held(whole, text or plain)
        return whole if _LEAST <= whole <= _MOST else number
    return number


def _held(number: int, text: str) -> int:
    if not _LEAST <= number <= _MOST:
        raise Unheld(text)
    return number
