"""A comparison for people and for programs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import orjson
from rich.text import Text

from onestack.comparison.difference import Comparison, Difference
from onestack.harmless import one_line
from onestack.plan.model import Field, Missing

_SIGNS: Final = {"created": "+", "removed": "-", "changed": "~"}
_STYLES: Final = {"created": "green", "removed": "red", "changed": "yellow"}
_WORDS: Final = {
    Missing.ABSENT: "(none)",
    Missing.UNSEEN: "(known when deployed)",
    Missing.HIDDEN: "(secret)",
}
_LONGEST: Final = 70
_MOST_FIELDS: Final = 30
"""Of one thing; the document has all."""


def lines(found: Comparison) -> Iterator[Text]:
    """A heading for the cloud and for each application, then a line each, and one for each field."""
    for heading, those in groupby(found.differences, key=_heading):
        yield Text(one_line(heading), "bold")
        for one in those:
            made = Text(f"  {_SIGNS[one.op]} ", _STYLES[one.op])
            yield made.append(one_line(one.thing.label), "default")
            yield from (Text(f"      {_said(each)}") for each in one.fields[:_MOST_FIELDS])
            if (more := len(one.fields) - _MOST_FIELDS) > 0:
                yield Text(f"      and {more} more fields")


def summary(found: Comparison) -> str:
    """How many of what, in one line."""
    counts: Counter[str] = Counter(one.op for one in found.differences)
    said = ", ".join(f"{counts[op]} {op}" for op in _SIGNS if counts[op]) or "nothing differs"
    same = f", {found.same} the same" if found.differences or found.same else ": their files are the same"
    return one_line(f"{found.before} -> {found.after}: {said}{same}")


def document(found: Comparison) -> dict[str, Any]:
    """The same for programs (schema: docs/json.md)."""
    return {
        "before": found.before,
        "after": found.after,
        "same": found.same,
        "differences": [_difference(one) for one in found.differences],
    }


def _difference(one: Difference) -> dict[str, Any]:
    thing = one.thing
    return {
        "op": one.op,
        "where": "cloud" if thing.cloud else "cluster",
        "group": thing.group,
        "kind": thing.kind,
        "name": thing.name,
        "fields": [
            {"path": each.path} | _side("before", each.before) | _side("after", each.after)
            for each in one.fields
        ],
    }


def _side(name: str, value: Any) -> dict[str, Any]:
    """A value under its name; of one that isn't there or isn't said, why under another."""
    return {f"{name}Missing": value.value} if isinstance(value, Missing) else {name: _plain(value)}


def _plain(value: Any) -> Any:
    """A value with what isn't known inside it in words."""
    if isinstance(value, Missing):
        return _WORDS[value]
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list) else value


def _heading(one: Difference) -> str:
    return f"cloud: {one.thing.group}" if one.thing.cloud else f"application {one.thing.group}"


def _said(one: Field) -> str:
    before, after = one.before, one.after
    if isinstance(before, str) and isinstance(after, str) and "\n" in f"{before}{after}":
        number, before, after = _first_line(before, after)
        return one_line(f"{one.path}: line {number}: {_short(before)} -> {_short(after)}")
    return one_line(f"{one.path}: {_short(before)} -> {_short(after)}")


def _first_line(before: str, after: str) -> tuple[int, Any, Any]:
    """The first line in which two texts differ."""
    earlier, later = before.split("\n"), after.split("\n")
    at = next(
        (at for at, (one, other) in enumerate(zip(earlier, later, strict=False)) if one != other),
        min(len(earlier), len(later)),
    )
    sides = (one[at] if at < len(one) else Missing.ABSENT for one in (earlier, later))
    return (at + 1, *sides)  # type: ignore[return-value]


def _short(value: Any) -> str:
    if isinstance(value, Missing):
        return _WORDS[value]
    written = value if isinstance(value, str) and value else orjson.dumps(_plain(value)).decode()
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}..."
