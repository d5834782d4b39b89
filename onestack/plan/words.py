"""A plan in words that every rendering shares: the verdict, counts, values of fields. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import orjson

from onestack.harmless import one_line
from onestack.plan.digest import plain
from onestack.plan.model import OPS, Field, Missing, Op, Plan, Risk

SIGNS: Final[Mapping[Op, str]] = {"create": "+", "update": "~", "replace": "±", "delete": "-"}
_AGAINST: Final = {
    "state": "",
    "empty state": " (against an empty state)",
    "simulation": " (simulated)",
}
_MISSING: Final = {
    Missing.ABSENT: "(not there)",
    Missing.UNSEEN: "(not known yet)",
    Missing.HIDDEN: "(secret)",
}


def verdict(plan: Plan, counts: str = "") -> str:
    """One line: what changes, how grave that is, and whether the whole could be looked at.

    ``counts`` are the words for what changes, where the caller has its own and says what it is compared with.
    """
    against = "" if counts else _AGAINST[plan.against]
    if plan.empty:
        return f"{counts or f'nothing changes: {plan.same} unchanged'}{against}"
    said = counts or counted(plan)
    if grave := len(plan.grave):
        said += f"; {_counted(grave, 'grave risk')}: needs an approval"
    elif plan.risks:
        said += f"; {_counted(len(plan.risks), 'risk')}, none grave"
    else:
        said += "; no risk found"
    if plan.unchecked:
        said += f"; {_counted(len(plan.unchecked), 'thing')} not checked"
    return said + against


def counted(plan: Plan) -> str:
    """``1 to create, 2 to update, 50 unchanged``."""
    said = [f"{count} to {op}" for op, count in plan.counts.items() if count]
    return ", ".join((*said, *([f"{plan.same} unchanged"] if plan.same else ())))


def shown(value: Any, longest: int) -> str:
    """A field's value as one printable line of at most so many characters; text stands without quotes."""
    if isinstance(value, Missing):
        return _MISSING[value]
    if isinstance(value, str):
        return shortened(value, longest) or '""'
    return shortened(orjson.dumps(plain(value)).decode(), longest)


def shortened(text: str, longest: int) -> str:
    """Any text as one printable line of at most so many characters."""
    said = one_line(text[: longest * 4])
    return said if len(said) <= longest else f"{said[: longest - 1]}…"


def live(field: Field) -> str:
    """What a field's live value is told as, where it is another than what was deployed."""
    return f"live: {shown(field.live, 60)}" if field.drifted else ""


def only_drift(field: Field) -> bool:
    """Whether git changed nothing, and the update sets back what somebody did."""
    return field.drifted and field.before == field.after


def by_rule(risks: Sequence[Risk]) -> Iterator[tuple[bool, str, Sequence[Risk]]]:
    """The risks of one rule together: whether they are grave, the rule, and they."""
    for (grave, rule), held in groupby(risks, key=lambda risk: (risk.grave, risk.rule)):
        yield grave, rule, list(held)


def ops() -> Iterator[Op]:
    """The operations in the order in which a person wants to hear of them: what goes first."""
    yield from reversed(OPS)


def _counted(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"
