"""The changes of a plan field by field, for a block that colours lines as a difference does. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from onestack.harmless import one_line
from onestack.plan.inert import fenced
from onestack.plan.model import OPS, Change, Field, Missing
from onestack.plan.words import SIGNS, only_drift, shortened, shown

_LONGEST: Final = 200
_FIELDS: Final = 20
"""So many fields of one object are told before the rest is only counted."""


def titled(name: str, changes: Sequence[Change]) -> str:
    """What a group of changes is called: ``bookshop: 1 to update, 2 to delete``."""
    counts = Counter(change.op for change in changes)
    return f"{shortened(name, 80)}: {', '.join(f'{counts[op]} to {op}' for op in OPS if counts[op])}"


def block(lines: Sequence[str]) -> str:
    """The lines as a fenced block."""
    return fenced(lines, "diff")


def described(change: Change, *, brief: bool = False) -> Iterator[str]:
    """A change as lines, each one printable line; ``brief``: of what is made nothing but its name."""
    yield f"@@ {SIGNS[change.op]} {change.op} {shortened(change.label, _LONGEST)} @@"
    for lost in change.destroys:
        yield f"! destroys {shortened(lost, _LONGEST)}"
    if change.op == "create":
        yield from () if brief else map(_made, change.fields[:_FIELDS])
        return
    # What is sealed comes first: what only drifted, which isn't, leaves none of it out.
    for field in sorted(change.fields, key=only_drift)[:_FIELDS]:
        yield from _field(field)
    if len(change.fields) > _FIELDS:
        yield f"  …and {len(change.fields) - _FIELDS} more fields"


def _made(field: Field) -> str:
    return f"+   {shortened(one_line(field.path), _LONGEST)}: {_told(field.after)}"


def _field(field: Field) -> Iterator[str]:
    why = " (can't be changed in place)" if field.replaces else ""
    yield f"  • {shortened(one_line(field.path), _LONGEST)}{why}"
    if only_drift(field):
        yield f"!   {_told(field.live)} is live; set back to {_told(field.after)}"
        return
    if field.before is Missing.HIDDEN and field.after is Missing.HIDDEN:
        yield "!   (a secret, another one)"
        return
    if field.before is not Missing.ABSENT:
        yield f"-   {_told(field.before)}"
    if field.after is not Missing.ABSENT:
        yield f"+   {_told(field.after)}"
    if field.drifted:
        yield f"!   {_told(field.live)} is live"


def _told(value: Any) -> str:
    return shown(value, _LONGEST)
