"""The fields in which two trees of plain values differ, whatever their order and layout. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.plan.model import Field, Missing

Path = tuple[str, ...]

_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")
_KEY: Final = "name"
"""By which Kubernetes and people tell the items of most lists apart: containers, variables, volumes."""


def fields(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, Field]]:
    """Each field that differs, with its path in parts: a key, or an item's name or number in brackets.

    Items that all have names are compared by name, else by number; a list of plain values is one value.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            held = before.get(key, Missing.ABSENT), after.get(key, Missing.ABSENT)
            yield from fields(*held, (*path, _step(str(key), first=not path)))
    elif _of_mappings(before) and _of_mappings(after):
        yield from _items(before, after, path)
    elif not _same(before, after):
        yield path, Field("".join(path), before, after)


def _items(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], path: Path
) -> Iterator[tuple[Path, Field]]:
    earlier, later = _keyed(before), _keyed(after)
    if earlier is None or later is None:
        earlier, later = (dict(zip(map(str, range(len(one))), one, strict=True)) for one in (before, after))
    for key in dict.fromkeys((*earlier, *later)):
        held = earlier.get(key, Missing.ABSENT), later.get(key, Missing.ABSENT)
        yield from fields(*held, (*path, f"[{key}]"))
    stay = [[key for key in one if key in other] for one, other in ((earlier, later), (later, earlier))]
    if stay[0] != stay[1]:
        yield path, Field(f"{''.join(path)} (order)", stay[0], stay[1])


def _keyed(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]] | None:
    """The items by name, where each has one of its own."""
    named = {one[_KEY]: one for one in items if isinstance(one.get(_KEY), str)}
    return named if len(named) == len(items) else None


def _of_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _same(before: Any, after: Any) -> bool:
    """Equal, and not because Python takes true for 1."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same, before, after))
    return bool(before == after) and isinstance(before, bool) == isinstance(after, bool)


def _step(key: str, *, first: bool) -> str:
    if not _PLAIN.fullmatch(key):
        return f'["{key}"]'
    return key if first else f".{key}"
