"""The order of a stack's objects, for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from onestack.harmless import one_line

Row = Mapping[str, Any]


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """A heading for each wave, a line for each object, and a line for each thing that it waits for."""
    for wave, members in groupby(rows, key=lambda row: row["wave"]):
        its = list(members)
        yield f"wave {wave}: {len(its)} {'object' if len(its) == 1 else 'objects'}"
        for row in its:
            yield "  " + one_line(row["object"])
            for need in row["needs"]:
                after = f"after {need['object']}: " if need["object"] else "after "
                yield "    " + one_line(f"{after}{need['reason']}")
