"""Reading plain JSON values whose shape nobody has checked yet: what doesn't fit is left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Path = tuple[str | int, ...]
"""Where a value stands: keys and indices."""

EACH: Final = -1
"""In a pattern: every item of a list, or every value of a mapping."""


def each(value: Any, *pattern: str | int) -> Iterator[tuple[Path, Any]]:
    """Every value that is there for a pattern such as ``"volumes", EACH, "secret"``, with its path."""
    if not pattern:
        yield (), value
        return
    step, rest = pattern[0], pattern[1:]
    for key, held in _held(value, step):
        for path, found in each(held, *rest):
            yield (key, *path), found


def _held(value: Any, step: str | int) -> Iterator[tuple[str | int, Any]]:
    if step == EACH:
        if isinstance(value, list):
            yield from enumerate(value)
        elif isinstance(value, Mapping):
            yield from value.items()
    elif isinstance(value, Mapping) and step in value:
        yield step, value[step]


def texts(value: Any, *pattern: str | int) -> Iterator[tuple[Path, str]]:
    """As ``each``, but only strings that aren't empty."""
    for path, found in each(value, *pattern):
        if isinstance(found, str) and found:
            yield path, found


def mappings(value: Any, *pattern: str | int) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """As ``each``, but only mappings."""
    for path, found in each(value, *pattern):
        if isinstance(found, Mapping):
            yield path, found


def text(value: Any, *path: str) -> str:
    """The string at ``path``, or an empty one."""
    return next((found for _, found in texts(value, *path)), "")


def mapping(value: Any, *path: str) -> Mapping[str, Any]:
    """The mapping at ``path``, or an empty one."""
    return next((found for _, found in mappings(value, *path)), {})


def number(value: Any, *path: str) -> int | None:
    """The whole number at ``path``, or None."""
    found = next((found for _, found in each(value, *path)), None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def labels(value: Any, *path: str) -> Mapping[str, str]:
    """The strings of the mapping at ``path``, by key."""
    return {key: held for key, held in mapping(value, *path).items() if isinstance(held, str)}
