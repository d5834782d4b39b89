"""What a check found at a path of one object, before it is known where that stands in a file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onestack.validation.parts import Path

_SHOWN: Final = 40


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an object; ``key`` means the key at ``path``, not its value.

    ``harmless``: it makes no sense, but the API server takes it and nothing is lost.
    """

    path: Path
    what: str
    expected: str = ""
    key: bool = False
    harmless: bool = False


def by_path(faults: Iterable[Fault]) -> list[Fault]:
    """The faults in the order of their paths, indexes as numbers; each once."""
    return sorted(set(faults), key=lambda fault: (_sortable(fault.path), fault.what))


def _sortable(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def said(value: Any, *, secret: bool = False) -> str:
    """What a value is, for a message; of strings only short ones are shown, of secrets none."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "this number" if secret else str(value)
    if isinstance(value, str):
        return "this string" if secret or len(value) > _SHOWN else f"'{value}'"
    return "a list" if isinstance(value, Sequence) else "a mapping"


def listed(options: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return " or ".join(part for part in (", ".join(options[:-1]), options[-1] if options else "") if part)
