"""A plan for a terminal: what matters first, one row per field that differs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onestack.plan.model import Change, Field, Plan
from onestack.plan.words import SIGNS, by_rule, only_drift, shortened, shown

_STYLES: Final = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red"}
_VALUE: Final = 44
_FIELDS: Final = 12
_RISKS: Final = 12
_MOST: Final = 200
"""More changes than these nobody reads on a terminal; the document has all."""


def text(plan: Plan) -> RenderableType:
    """Changes, then risks and what wasn't checked: what is read last is seen first on a terminal."""
    return Group(*_parts(plan))


def _parts(plan: Plan) -> Iterator[RenderableType]:
    if plan.changes:
        yield _changes(plan)
    yield from _risks(plan)
    if plan.reach.reached:
        yield Text(f" reaches {_reached(plan)}")
    for one in () if plan.empty else plan.unchecked:
        yield Text(f" not checked: {shortened(one.what, 160)}: {shortened(one.why, 300)}", "dim")


def _risks(plan: Plan) -> Iterator[Text]:
    for grave, rule, held in by_rule(plan.risks):
        for risk in held[:_RISKS]:
            weight = Text("grave risk ", "bold red") if grave else Text("risk ", "yellow")
            said = f"{rule}: {shortened(risk.subject, 120)} {shortened(risk.text, 400)}"
            yield Text(" ").append(weight).append(said)
        if len(held) > _RISKS:
            yield Text(f" and {len(held) - _RISKS} more of {rule}")


def _changes(plan: Plan) -> Table:
    table = Table(box=None)
    for name in ("", "change", "kind", "name", "fields"):
        table.add_column(name, overflow="fold")  # a narrow terminal cuts nothing off
    for change in plan.changes[:_MOST]:
        rows = list(_rows(change)) or [Text()]
        style = _STYLES[change.op]
        table.add_row(
            Text(SIGNS[change.op], style),
            Text(change.op, style),
            Text(shortened(change.kind, 60)),
            Text(shortened(change.name, 120)),
            rows[0],
        )
        for row in rows[1:]:
            table.add_row("", "", "", "", row)
    if len(plan.changes) > _MOST:
        table.add_row("", "", "", f"and {len(plan.changes) - _MOST} more", "")
    return table


def _rows(change: Change) -> Iterator[Text]:
    # What is made is named here; what of it a reader asks for first, the comment and the document have.
    fields = () if change.op == "create" else change.fields
    for field in fields[:_FIELDS]:
        yield _field(field)
    if len(fields) > _FIELDS:
        yield Text(f"and {len(fields) - _FIELDS} more")
    for lost in change.destroys:
        yield Text(f"destroys {shortened(lost, 200)}", "red")


def _field(field: Field) -> Text:
    said = Text(shortened(field.path, 120))
    if only_drift(field):
        said.append(
            f": {shown(field.live, _VALUE)} is live, set back to {shown(field.after, _VALUE)}", "cyan"
        )
        return said
    said.append(f": {shown(field.before, _VALUE)} -> {shown(field.after, _VALUE)}", "dim")
    if field.drifted:
        said.append(f", {shown(field.live, _VALUE)} is live", "cyan")
    return said


def _reached(plan: Plan) -> str:
    ways = plan.reach.paths[:1]
    known = {one.id: f"{one.kind} {one.name}" for one in plan.reach.graph.resources}
    longest = " -> ".join(shortened(known[urn], 60) for urn in ways[0] if urn in known) if ways else ""
    return f"{len(plan.reach.reached)} that stand on what changes{f', such as {longest}' if longest else ''}"
