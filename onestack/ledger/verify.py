"""Whether a ledger is what was written, and where it isn't. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from onestack.ledger.entry import NOTHING, Entry
from onestack.records.bounds import Count


@dataclass(frozen=True)
class Head:
    """What is kept apart from the entries: how many there are, the last one's hash, and its lease.

    It is written after each entry, so that it may be one behind where a run was killed in between.
    """

    count: Count
    hash: str
    lease: Count


@dataclass(frozen=True)
class Chain:
    """A ledger, or the end of one, as it was read: ``entries`` in order, ``unreadable`` by number.

    ``first`` is the number from which it was read, ``last`` the highest that is there or that the head
    knows of. ``head`` is None where there is none that can be read; ``said`` tells why, if it is there.
    """

    project: str
    stack: str
    entries: Mapping[int, Entry] = field(default_factory=dict)
    unreadable: Mapping[int, str] = field(default_factory=dict)
    head: Head | None = None
    first: int = 1
    last: int = 0
    said: str = ""

    @property
    def ordered(self) -> tuple[Entry, ...]:
        """The readable entries, by the numbers that they were found under."""
        return tuple(self.entries[number] for number in sorted(self.entries))


@dataclass(frozen=True)
class Fault:
    """Something that nobody wrote so. ``number`` is the entry's, 0 for the head."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.what}" if self.number else f"the head: {self.what}"


def verify(chain: Chain) -> tuple[Fault, ...]:
    """All that is wrong, the first broken place first; nothing where all is as it was written."""
    of_entries = sorted((*_of_entries(chain), *_of_order(chain)), key=lambda fault: fault.number)
    return (*of_entries, *_of_head(chain))


def unfinished(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The begins that no end and no later run belongs to: of runs that go on, or were killed."""
    ended = {entry.run for entry in entries if entry.kind != "begin"}
    return tuple(entry for entry in entries if entry.kind == "begin" and entry.run not in ended)


def _of_entries(chain: Chain) -> Iterator[Fault]:
    """What is wrong with each entry, by itself and with the one before."""
    before: str | None = NOTHING if chain.first == 1 else None
    wanted = chain.first
    for number in sorted({*chain.entries, *chain.unreadable}):
        yield from _gap(wanted, number)
        before, wanted = (before if number == wanted else None), number + 1
        entry = chain.entries.get(number)
        if entry is None:
            yield Fault(number, chain.unreadable[number])
            before = None
            continue
        yield from (Fault(number, what) for what in _wrong(chain, number, entry))
        if before is not None and entry.previous != before:
            where = f"follow entry {number - 1} as that stands there" if number > 1 else "begin a ledger"
            yield Fault(number, f"it doesn't {where}")
        before = entry.hash
    yield from _gap(wanted, chain.last + 1)


def _gap(wanted: int, found: int) -> Iterator[Fault]:
    """What is missing before an entry; many are told at once, for anybody can name a file after a number."""
    if found - wanted == 1:
        yield Fault(wanted, "it is missing")
    elif found > wanted:
        yield Fault(wanted, f"it is missing, and all up to entry {found - 1}")


def _wrong(chain: Chain, number: int, entry: Entry) -> Iterator[str]:
    if entry.hash != entry.content:
        yield "it was changed after it was written: its hash is another"
    if entry.number != number:
        yield f"it is entry {entry.number}, under the number of another"
    if (entry.project, entry.stack) != (chain.project, chain.stack):
        yield f"it is of {entry.project}/{entry.stack}"
    if (entry.begin is not None, entry.end is not None) != (entry.kind == "begin", entry.kind == "end"):
        yield f"it is no whole '{entry.kind}'"


def _of_order(chain: Chain) -> Iterator[Fault]:
    """Ends without a begin, or second ones, and leases that fall."""
    begun: dict[int, Entry] = {}
    ended: set[str] = set()
    lease = 0
    for number, entry in sorted(chain.entries.items()):
        if entry.lease < lease:
            yield Fault(number, f"it was written under lease {entry.lease}, after one of lease {lease}")
        lease = max(lease, entry.lease)
        if entry.kind == "begin":
            begun[number] = entry
            continue
        began = entry.began or 0
        there = begun.get(began)
        known = began >= chain.first and began not in chain.unreadable
        if known and (there is None or there.run != entry.run):
            yield Fault(number, f"it ends a deployment that entry {began} doesn't begin")
        if entry.run in ended:
            yield Fault(number, "it ends a deployment that had ended")
        ended.add(entry.run)


def _of_head(chain: Chain) -> Iterator[Fault]:
    """Whether the head says what the entries do; a killed run leaves it one behind."""
    head, last = chain.head, chain.last
    if head is None:
        if chain.said or last > 1:
            yield Fault(0, chain.said or f"it is missing, of {last} entries")
        return
    at = chain.entries.get(head.count)
    if last > head.count + 1:
        yield Fault(0, f"it knows of {head.count} entries, and there are {last}")
    if at is not None and at.hash != head.hash:
        yield Fault(0, f"it knows entry {head.count} as another than the one that stands there")
