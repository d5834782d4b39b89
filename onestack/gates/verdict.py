"""What a gate says, as a value, and its JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Gate = Literal["policy", "limits", "approvals", "window"]


@dataclass(frozen=True)
class Verdict:
    """One gate, open or closed.

    ``reason`` is one sentence. ``until``, in UTC: an open one stays open at least until then, a closed one
    opens by itself then; None where time changes nothing. ``opens_by`` says what would open a closed one.
    ``details`` are what was found, one line each.
    """

    gate: Gate
    open: bool
    reason: str
    until: datetime | None = None
    opens_by: str = ""
    details: tuple[str, ...] = ()


def closed(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The gates that stop."""
    return tuple(one for one in verdicts if not one.open)


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """For people: a line for each gate, below it what was found and what would open it."""
    for one in verdicts:
        yield f"{one.gate}: {'open' if one.open else 'closed'}: {one.reason}"
        yield from (f"  {detail}" for detail in one.details)
        if one.opens_by:
            yield f"  opens by: {one.opens_by}"


def document(
    stack: str, verdicts: Sequence[Verdict], now: datetime, *, plan: str | None = None
) -> dict[str, Any]:
    """As docs/json.md describes it. ``plan`` is the digest of the one that was asked with."""
    return {
        "stack": stack,
        "at": stamp(now),
        "open": not closed(verdicts),
        "plan": plan,
        "gates": [
            {
                "gate": one.gate,
                "open": one.open,
                "reason": one.reason,
                "until": stamp(one.until) if one.until else None,
                "opensBy": one.opens_by or None,
                "details": list(one.details),
            }
            for one in verdicts
        ],
    }


def stamp(instant: datetime) -> str:
    """As RFC 3339 in UTC, to the second."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
