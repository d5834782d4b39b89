"""The order in rows and the places from left to right: as near to what each is linked to as can be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

_GAP: Final = 28.0
_SWEEPS: Final = 8


@dataclass(frozen=True)
class Item:
    """Something that takes ``width`` in a row."""

    id: str
    width: float


def ordered(
    items: Sequence[Sequence[Item]], links: Iterable[tuple[str, str]]
) -> tuple[tuple[Item, ...], ...]:
    """The rows with their items in the order of the middles of what those are linked to.

    The order at first decides between equals, so the same picture comes out the same.
    """
    upward, downward = _neighbours(links)
    found = [list(row) for row in items]
    place = {one.id: at for row in found for one, at in _shares(row)}
    for sweep in range(_SWEEPS):
        beside = upward if sweep % 2 == 0 else downward
        for row in found if sweep % 2 == 0 else reversed(found):
            wanted = {one.id: fmean(place[each] for each in beside.get(one.id, (one.id,))) for one in row}
            row[:] = _by(row, wanted)
            place |= {one.id: at for one, at in _shares(row)}
    return tuple(tuple(row) for row in found)


def positioned(items: Sequence[Sequence[Item]], links: Iterable[tuple[str, str]]) -> dict[str, float]:
    """The middle of each item; the order in the rows stays, and nothing overlaps."""
    upward, downward = _neighbours(links)
    beside = {one: [*upward.get(one, ()), *downward.get(one, ())] for one in {*upward, *downward}}
    middles = {
        one.id: middle
        for row in items
        for one, middle in _apart(row, dict.fromkeys((each.id for each in row), 0.0))
    }
    for sweep in range(_SWEEPS):
        for row in items if sweep % 2 == 0 else reversed(items):
            wanted = {one.id: fmean(middles[each] for each in beside.get(one.id, (one.id,))) for one in row}
            middles |= {one.id: middle for one, middle in _apart(row, wanted)}
    return middles


def _by(row: Iterable[Item], wanted: Mapping[str, float]) -> list[Item]:
    return sorted(row, key=lambda one: wanted[one.id])


def _shares(row: Sequence[Item]) -> list[tuple[Item, float]]:
    """Where each item lies in its row, as a part of the row."""
    return [(one, (at + 0.5) / len(row)) for at, one in enumerate(row)]


def _neighbours(
    links: Iterable[tuple[str, str]],
) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    upward: dict[str, list[str]] = {}
    downward: dict[str, list[str]] = {}
    for upper, lower in links:
        upward.setdefault(lower, []).append(upper)
        downward.setdefault(upper, []).append(lower)
    return upward, downward


def _apart(row: Sequence[Item], wanted: Mapping[str, float]) -> list[tuple[Item, float]]:
    """The middles nearest to the wanted ones, in squares, at which nothing overlaps.

    Measured from each item's place in a packed row, the wanted ones have only not to decrease: pooling
    neighbours that would is the solution (pool adjacent violators).
    """
    at = -(sum(one.width + _GAP for one in row) - _GAP) / 2
    packed: list[float] = []
    for one in row:
        packed.append(at + one.width / 2)
        at += one.width + _GAP
    pools: list[tuple[float, int]] = []
    for one, place in zip(row, packed, strict=True):
        pools.append((wanted[one.id] - place, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, count), (other, more) = pools[-2], pools[-1]
            pools[-2:] = [((mean * count + other * more) / (count + more), count + more)]
    shifts = [mean for mean, count in pools for _ in range(count)]
    return [(one, place + shift) for one, place, shift in zip(row, packed, shifts, strict=True)]
