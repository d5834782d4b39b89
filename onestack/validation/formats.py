"""The formats of strings that schemas name, as the API server parses them. Pure."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

from onestack.validation.quantities import is_quantity

# Go's RFC3339 layout; a date that doesn't exist in the calendar passes here.
_TIME: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?"
    r"([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)\Z"
)
_DATE: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z")
_UUID: Final = re.compile(
    r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\Z"
)


_DURATION: Final = re.compile(r"[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)\Z")
_SPAN: Final = re.compile(r"[0-9]+\s*([A-Za-zµ]+)")
_UNIT: Final = re.compile(r"(ns|us|µs|ms|[smhdw]|hr|wk|(nano|micro|milli|sec|min|hour|day|week).*)\Z")


def is_base64(text: str) -> bool:
    """Whether Go's ``base64.StdEncoding`` decodes it; line breaks are skipped there."""
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", "").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return True


def is_time(text: str) -> bool:
    """Whether it is a time as RFC 3339 writes it; the empty string counts as none given."""
    return not text or _TIME.match(text) is not None


def _is_duration(text: str) -> bool:
    """``kube-openapi/pkg/validation/strfmt``: ``ParseDuration``, which also reads ``3 days``."""
    units = (found[1].lower() for found in _SPAN.finditer(text))
    return bool(_DURATION.match(text)) or any(_UNIT.match(unit) for unit in units)


def _is_cidr(text: str) -> bool:
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    return "/" in text


def _is_address(version: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            version(text)
        except ValueError:
            return False
        return True

    return check


CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "byte": is_base64,
    "cidr": _is_cidr,
    "date": lambda text: _DATE.match(text) is not None,
    "date-time": is_time,
    "duration": _is_duration,
    "ipv4": _is_address(ipaddress.IPv4Address),
    "ipv6": _is_address(ipaddress.IPv6Address),
    "quantity": is_quantity,
    "uuid": lambda text: _UUID.match(text) is not None,
}
"""What is checked, by the name of the format; other formats are as good as none."""

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "byte": ("isn't base64", "encode the value, for example with 'base64 -w0'"),
    "cidr": ("is no network", "write for example '10.0.0.0/8'"),
    "date": ("is no date", "write for example '2026-01-31'"),
    "date-time": ("is no time", "write for example '2026-01-31T12:00:00Z'"),
    "duration": ("is no duration", "write for example '1h30m'"),
    "ipv4": ("is no IPv4 address", "write for example '10.0.0.1'"),
    "ipv6": ("is no IPv6 address", "write for example 'fd00::1'"),
    "quantity": ("is no quantity", "write for example '500m', '2' or '1Gi'"),
    "uuid": ("is no UUID", "write for example 'de305d54-75b4-431b-adb2-eb6b9e546014'"),
}
"""How to say that a value isn't of the format, and what to write."""
