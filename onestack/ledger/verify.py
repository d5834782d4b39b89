"""Whether a ledger is what was written, and where it isn't. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onestack.ledger.entry import Entry


@dataclass(frozen=True)
class Head:
    """What is kept apart from the entries: how many there are, the last one's hash, and its lease.

    It is written after each entry, so that it may be one behind where a run was killed in between.
    """

    count: int
    hash: str
    lease: int


@dataclass(frozen=True)
class Chain:
    """A ledger, or the end of one, as it was read: ``entries`` in order, ``unreadable`` by number.

    ``first`` is the number from which it was read. ``head`` is None where there is none that can be read;
    ``said`` then tells why, if there is a reason.
    """

    project: str
    stack: str
    entries: tuple[Entry, ...] = ()
    head: Head | None = None
    unreadable: Mapping[int, str] = field(default_factory=dict)
    first: int = 1
    said: str = ""


@dataclass(frozen=True)
class Fault:
    """Something that nobody wrote so. ``number`` is the entry's, 0 for the head."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.what}" if self.number else f"the head: {self.what}"


def verify(chain: Chain) -> tuple[Fault, ...]:
    """All that is wrong, the first broken place first; nothing where all is as it was written."""
    raise NotImplementedError


def unfinished(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The begins that no end and no later run belongs to: of runs that go on, or were killed."""
    ended = {entry.run for entry in entries if entry.kind != "begin"}
    return tuple(entry for entry in entries if entry.kind == "begin" and entry.run not in ended)
