"""What can be told of a chart by looking at its text. Pure.

Each of these errs on the safe side: a chart that only mentions a function is taken to use it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

# Functions of sprig and Helm that give something else each time they are called, or an order.
_RANDOM: Final = re.compile(
    rb"\b(rand(?:Alpha|Numeric|AlphaNum|Ascii|Bytes|Int)|uuidv4|shuffle|bcrypt|htpasswd|encryptAES|now|ago"
    rb"|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey)"
    rb"|keys|values)\b"
)
# KubeVersion and HelmVersion are the same whatever CRDs there are.
_ASKS: Final = re.compile(rb"Capabilities(?!\.(?:KubeVersion|HelmVersion)\b)")
_ACTION: Final = b"{{"
_SCHEMA: Final = "values.schema.json"
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$schema"})
# The schemas of schemas, which the validator holds itself.
_HELD: Final = "json-schema.org"


def changing(files: Iterable[tuple[str, bytes]]) -> dict[str, tuple[str, ...]]:
    """The functions by template that may give something else each time."""
    found = {}
    for name, content in files:
        if _ACTION in content and (names := sorted({match.decode() for match in _RANDOM.findall(content)})):
            found[name] = tuple(names)
    return found


def asks_for_versions(files: Iterable[tuple[str, bytes]]) -> bool:
    """Whether what the chart renders to may depend on the API versions that there are."""
    return any(_ASKS.search(content) for name, content in files if not name.endswith(".md"))


def outside_references(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """Schemas of values, with what each refers to beyond itself: Helm would read files and addresses."""
    for name, content in files:
        if name.rpartition("/")[2] != _SCHEMA:
            continue
        found: list[str] = []
        try:
            json.loads(content, object_pairs_hook=_collecting(found))
        except (ValueError, RecursionError):
            continue  # Helm says so
        yield from ((name, reference) for reference in dict.fromkeys(found))


def _collecting(found: list[str]) -> Any:
    def take(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # All pairs, also those that a later one of the same key hides.
        found.extend(
            value for key, value in pairs if key in _REFERENCES and isinstance(value, str) and _leaves(value)
        )
        return dict(pairs)

    return take


def _leaves(reference: str) -> bool:
    if reference.startswith("#"):
        return False
    try:
        parts = urlsplit(reference)
    except ValueError:
        return True
    return not (parts.scheme in {"http", "https"} and parts.netloc == _HELD)
