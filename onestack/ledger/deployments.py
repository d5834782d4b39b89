"""The entries of a ledger as deployments, each one with its begin and its end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Literal

from onestack.ledger.entry import End, Entry, Outcome


@dataclass(frozen=True)
class Deployed:
    """One deployment. ``end`` is None while it goes on, and for one that was killed and not noticed yet.

    ``abandoned`` is the entry by which a later run noticed that it was killed.
    """

    begin: Entry
    end: Entry | None = None
    abandoned: Entry | None = None

    @property
    def ended(self) -> End | None:
        """What its end says, where it has one."""
        return self.end.end if self.end is not None else None

    @property
    def idle(self) -> bool:
        """Whether it ended before it began: a gate stopped it, or it couldn't be planned."""
        return self.ended is not None and self.ended.seconds is None

    def state(self, holding: int | None = None) -> Outcome | Literal["running", "killed"]:
        """How it ended; ``holding`` is the number of the lease that is held now."""
        if self.ended is not None:
            return self.ended.outcome
        return "running" if self.abandoned is None and holding == self.begin.lease else "killed"


def deployments(entries: Sequence[Entry]) -> tuple[Deployed, ...]:
    """The deployments whose begin is among the entries, in order."""
    after: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        after.setdefault((entry.run, entry.kind), entry)
    return tuple(
        Deployed(entry, after.get((entry.run, "end")), after.get((entry.run, "abandoned")))
        for entry in entries
        if entry.kind == "begin"
    )


def killed(begun: Entry) -> str:
    """What is said of a run that was killed, by its begin: `Ledger.abandon` returns those."""
    when = begun.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    verb, who, where = (
        (begun.begin.verb, begun.begin.who, begun.begin.machine) if begun.begin else ("run", "?", "?")
    )
    return f"the {verb} of {who} on {where}, begun {when}, was killed: entry {begun.number} has no end"
