"""A live object cut down to the fields that were declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def prune(live: Mapping[str, Any] | None, declared: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The fields of ``live`` whose keys ``declared`` has too, at every depth; neither is changed.

    Where the two differ in type the live value is taken whole. Items of lists are paired by
    position; items that were not declared go. None where either is None.
    """
    if live is None or declared is None:
        return None
    return {key: _pruned(value, declared[key]) for key, value in live.items() if key in declared}


def _pruned(live: Any, declared: Any) -> Any:
    if isinstance(live, dict) and isinstance(declared, dict):
        return prune(live, declared)
    if isinstance(live, list) and isinstance(declared, list):
        return _pruned_list(live, declared)
    return live


def _pruned_list(live: list[Any], declared: list[Any]) -> list[Any]:
    if not live or not declared:
        return []
    if _sort(live[0]) is not _sort(declared[0]):
        return live
    return [_pruned(value, wanted) for value, wanted in zip(live, declared, strict=False)]


def _sort(value: Any) -> type:
    """The type as Go's decoder has it: it knows int64 and float64 apart, but not here where it matters."""
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
