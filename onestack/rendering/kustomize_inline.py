"""Entries of a kustomization that are either YAML themselves or the path of a file, told apart. Pure.

Kustomize tries to read such an entry as objects, then as the address or path of a file, then as one of a
repository (target/kusttarget.go, builtins/PatchStrategicMergeTransformer.go). Here an entry is one of them
only, and is given to Kustomize in a form that it can't take for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from onestack.manifests.reader import read
from onestack.rendering.confine import host_of

_FIELDS: Final = frozenset({"patchesstrategicmerge", "generators", "transformers", "validators"})
# What YAML makes lists and mappings with, in one line.
_COLLECTION: Final = re.compile(r"[{\[]|:(?:\s|$)")
# With a line feed in it a text is no address, and with this before it no path, but YAML is as before.
_START: Final = "---\n"
# JSON is YAML but for a few characters that YAML wants escaped.
_UNPRINTED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def stands_inline(text: str) -> bool:
    """Whether an entry is to be read as YAML: it holds a mapping or list, or is neither path nor address."""
    reading = read(text.encode(errors="replace"), "")
    if any(isinstance(document.value, (dict, list)) for document in reading.documents):
        return True
    return host_of(text) is None and not is_path(text)


def is_path(text: str) -> bool:
    """Whether no reader of YAML could take a text for more than words."""
    return text.isprintable() and _COLLECTION.search(text) is None


def written(value: Any) -> bytes:
    """The value of a kustomization as YAML that every reader takes for that value."""
    text = orjson.dumps(value).decode()
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def as_text(text: str) -> str:
    """An entry that is YAML, so that it is nothing else."""
    return _START + text


def as_values(values: Iterable[Any]) -> str:
    """An entry that has these values, so that it is nothing else."""
    return _START + _START.join(f"{written(value).decode()}\n" for value in values)


def replaced(value: Mapping[str, Any], entries: Mapping[str, str]) -> dict[str, Any]:
    """A kustomization with other texts for its entries of this sort."""
    return {
        key: [entries.get(entry, entry) if isinstance(entry, str) else entry for entry in held]
        if key.casefold() in _FIELDS and isinstance(held, list)
        else held
        for key, held in value.items()
    }
