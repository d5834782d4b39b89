"""The ways of arrows from row to row, and where they touch boxes. Pure. All lengths are in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onestack.graph.rows import Row

LANE: Final = 18.0
"""The width that an arrow takes in a row that it only passes."""

_TOUCHED: Final = 0.7
"""The part of a box's side that arrows share."""

Point = tuple[float, float]
Ends = tuple[str, str]


@dataclass(frozen=True)
class Rectangle:
    """``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height


@dataclass(frozen=True)
class Chain:
    """``edge`` as a way down: ``upper`` and ``lower`` are its ends, ``lanes`` the rows between them."""

    edge: Ends
    upper: str
    lower: str
    lanes: tuple[int, ...]

    def lane(self, row: int) -> str:
        """The name of its lane in a row."""
        return f"{self.edge[0]}>{self.edge[1]}@{row}"


@dataclass(frozen=True)
class Drawing:
    """What lies where already: ``middles`` of lanes, too; ``spans`` are where each row begins and ends."""

    boxes: Mapping[str, Rectangle]
    bands: Mapping[str, Rectangle]
    middles: Mapping[str, float]
    spans: Sequence[tuple[float, float]]


def chained(rows: Sequence[Row], edges: Sequence[Ends]) -> tuple[Chain, ...]:
    """Each edge as a way down, also one whose source lies lower; a source may be a band."""
    top = {row.band: number for number, row in reversed(tuple(enumerate(rows)))}
    bottom = {row.band: number for number, row in enumerate(rows)}
    at = {box: number for number, row in enumerate(rows) for box in row.boxes}
    top, bottom = top | at, bottom | at
    return tuple(
        Chain((source, target), source, target, tuple(range(bottom[source] + 1, at[target])))
        if bottom[source] < at[target]
        else Chain((source, target), target, source, tuple(range(at[target] + 1, top[source])))
        for source, target in edges
    )


def way(chain: Chain, chains: Sequence[Chain], drawing: Drawing) -> tuple[Point, ...]:
    """The points that the edge passes, from its source on: straight down in rows, free between them."""
    points = [(drawing.middles[chain.lane(row)], y) for row in chain.lanes for y in drawing.spans[row]]
    upper, lower = drawing.boxes.get(chain.upper), drawing.boxes.get(chain.lower)
    if lower is not None:
        points.append((_touch(chain, chain.lower, chains, drawing), lower.y))
    if upper is not None:
        x = _touch(chain, chain.upper, chains, drawing)
        row_end = next(end for begin, end in drawing.spans if begin <= upper.y <= end)
        # Past the higher boxes of its row first.
        points[:0] = [(x, upper.bottom), *([(x, row_end)] if row_end > upper.bottom else ())]
    else:
        points.insert(0, (points[0][0], drawing.bands[chain.upper].bottom))
    if lower is None:
        points.append((points[-1][0], drawing.bands[chain.lower].y))
    return tuple(points if chain.upper == chain.edge[0] else reversed(points))


def _touch(chain: Chain, box: str, chains: Sequence[Chain], drawing: Drawing) -> float:
    """Where on the box's side: beside each other, in the order of where arrows come from or lead to."""
    below = box == chain.upper
    beside = [one for one in chains if (one.upper if below else one.lower) == box]

    def toward(one: Chain) -> float:
        if one.lanes:
            return drawing.middles[one.lane(one.lanes[0] if below else one.lanes[-1])]
        other = one.lower if below else one.upper
        return drawing.middles.get(other, drawing.middles[box])

    beside.sort(key=lambda one: (toward(one), one.edge))
    rectangle = drawing.boxes[box]
    step = min(LANE, _TOUCHED * rectangle.width / len(beside))
    return rectangle.middle + (beside.index(chain) - (len(beside) - 1) / 2) * step
