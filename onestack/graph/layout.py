"""Where everything of a picture lies: rows of boxes in bands, and lanes for the arrows between them. Pure.

A layered layout after Sugiyama, Tagawa and Toda (1981), as far as a picture of some ten boxes in framed
groups needs it. Groups are bands below each other. In a band what others need lies lower, and long rows
are broken. An arrow over several rows gets a lane in each of them, so that it crosses no box; the order in
the rows is that of the neighbours' middles, and positions are as near to them as the widths allow.
All lengths are in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from onestack.graph.arrows import LANE, Chain, Drawing, Point, Rectangle, chained, way
from onestack.graph.positions import Item, ordered, positioned
from onestack.graph.rows import Row, rows

_BETWEEN_ROWS: Final = 40.0
_BETWEEN_BANDS: Final = 44.0
_HEAD: Final = 36.0
_FOOT: Final = 18.0
_MARGIN: Final = 24.0


@dataclass(frozen=True)
class Layout:
    """``boxes`` and ``bands`` by id; ``arrows`` are the points that each edge passes, from its source on."""

    width: float
    height: float
    boxes: Mapping[str, Rectangle]
    bands: Mapping[str, Rectangle]
    arrows: Mapping[tuple[str, str], tuple[Point, ...]]


@dataclass(frozen=True)
class Size:
    """What a box needs."""

    width: float
    height: float


def laid_out(
    bands: Mapping[str, Sequence[str]], sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]
) -> Layout:
    """The layout of ``bands`` from top to bottom, each with its boxes; an edge's source may be a band."""
    found = rows(bands, {one: size.width for one, size in sizes.items()}, edges)
    chains = chained(found, edges)
    items, links = _items(found, sizes, chains)
    middles = positioned(ordered(items, links), links)
    left = min((middles[one.id] - one.width / 2 for row in items for one in row), default=0.0)
    right = max((middles[one.id] + one.width / 2 for row in items for one in row), default=0.0)
    shift = 2 * _MARGIN - left
    middles = {one: middle + shift for one, middle in middles.items()}
    width = right - left + 4 * _MARGIN
    boxes, frames, spans, height = _stacked(found, sizes, middles, width)
    arrows = {chain.edge: way(chain, chains, Drawing(boxes, frames, middles, spans)) for chain in chains}
    return Layout(width, height, boxes, frames, arrows)


def _items(
    found: Sequence[Row], sizes: Mapping[str, Size], chains: Sequence[Chain]
) -> tuple[list[list[Item]], list[tuple[str, str]]]:
    """All that takes room in each row, and what lies next to each other along arrows."""
    items = [[Item(box, sizes[box].width) for box in row.boxes] for row in found]
    links: list[tuple[str, str]] = []
    for chain in chains:
        lanes = [chain.lane(row) for row in chain.lanes]
        for row, lane in zip(chain.lanes, lanes, strict=True):
            items[row].append(Item(lane, LANE))
        links += pairwise(one for one in (chain.upper, *lanes, chain.lower) if one in sizes or one in lanes)
    return items, links


def _stacked(
    found: Sequence[Row], sizes: Mapping[str, Size], middles: Mapping[str, float], width: float
) -> tuple[dict[str, Rectangle], dict[str, Rectangle], list[Point], float]:
    """The rows below each other: boxes, bands, where each row begins and ends, the height of all."""
    boxes: dict[str, Rectangle] = {}
    bands: dict[str, Rectangle] = {}
    spans: list[Point] = []
    y = _MARGIN
    for number, row in enumerate(found):
        first = number == 0 or found[number - 1].band != row.band
        top = y
        y += _HEAD if first else 0
        height = max((sizes[box].height for box in row.boxes), default=0.0)
        for box in row.boxes:
            size = sizes[box]
            boxes[box] = Rectangle(middles[box] - size.width / 2, y, size.width, size.height)
        spans.append((y, y + height))
        y += height
        ends = number == len(found) - 1 or found[number + 1].band != row.band
        y += _FOOT if ends else 0
        begun = bands.get(row.band, Rectangle(_MARGIN, top, width - 2 * _MARGIN, 0))
        bands[row.band] = Rectangle(begun.x, begun.y, begun.width, y - begun.y)
        y += _BETWEEN_BANDS if ends else _BETWEEN_ROWS
    return boxes, bands, spans, y - _BETWEEN_BANDS + _MARGIN
