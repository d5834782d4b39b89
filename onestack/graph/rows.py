"""Which boxes lie beside each other: the rows of a layered picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_WIDEST: Final = 1040.0
"""A row that would be wider, in pixels, is broken."""
_GAP: Final = 28.0


@dataclass(frozen=True)
class Row:
    """Boxes beside each other in one band."""

    band: str
    boxes: tuple[str, ...]


def rows(
    bands: Mapping[str, Sequence[str]], widths: Mapping[str, float], edges: Iterable[tuple[str, str]]
) -> tuple[Row, ...]:
    """The rows from top to bottom: in each band what needs others of it lies above those."""
    needs: dict[str, list[str]] = {}
    for source, target in edges:
        needs.setdefault(source, []).append(target)
    found: list[Row] = []
    for band, boxes in bands.items():
        heights = _heights(boxes, needs)
        for height in sorted(set(heights.values()), reverse=True):
            level = [box for box in boxes if heights[box] == height]
            found += [Row(band, part) for part in _broken(level, widths)]
    return tuple(found)


def _heights(boxes: Sequence[str], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many boxes of the same band lie below each at least; what closes a circle doesn't count."""
    inside = {box: [one for one in needs.get(box, ()) if one in boxes] for box in boxes}
    heights: dict[str, int] = {}
    begun: set[str] = set()
    left = list(reversed(boxes))
    while left:
        box = left[-1]
        if box not in begun:
            begun.add(box)
            left += [one for one in inside[box] if one not in begun]
            continue
        left.pop()
        if box not in heights:
            heights[box] = max((heights[one] + 1 for one in inside[box] if one in heights), default=0)
    return heights


def _broken(level: Sequence[str], widths: Mapping[str, float]) -> list[tuple[str, ...]]:
    """The level in as many rows as its width asks for, with about as many boxes in each."""
    parts = max(1, -(-int(sum(widths[box] + _GAP for box in level)) // int(_WIDEST)))
    ends = [round(number * len(level) / parts) for number in range(parts + 1)]
    return [tuple(level[start:end]) for start, end in pairwise(ends) if end > start]
