"""The ledger of one stack, in a store: append, read, verify."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from onestack.errors import LeaseLost, RecordChanged
from onestack.ledger.deployments import Deployed, deployments
from onestack.ledger.entry import NOTHING, Begin, End, Entry, Kind, parsed, sealed, shortened, text
from onestack.ledger.verify import Chain, Fault, Head, unfinished, verify
from onestack.records import Store, Stored

_TRIES: Final = 50
_READERS: Final = 8
"""Entries in a bucket are read side by side."""
_RECENT: Final = 40
"""Among how many entries a killed run is looked for: whoever comes next notes it."""


class Ledger:
    """The ledger of one stack. ``hidden`` masks every text before it is written.

    An entry is a record of its own, which only one writer can create; a head beside them says how many
    there are. So two writers never fork it, and what was cut off its end is missed.
    """

    def __init__(
        self,
        store: Store,
        project: str,
        stack: str,
        *,
        hidden: Callable[[str], str] = str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._project = project
        self._stack = stack
        self._hidden = hidden
        self._now = now
        self._folder = f"ledger/{project}/{stack}"

    @property
    def place(self) -> str:
        """Where it is kept, in words."""
        return f"{self._store.place}/{self._folder}"

    @property
    def lease(self) -> int:
        """The lease of the last entry, 0 where there is none: the next lease has to be higher.

        Raises: Unavailable.
        """
        head, last = self._tip()
        return max(head.lease if head else 0, last.lease if last else 0)

    def begin(self, begin: Begin, *, lease: int) -> Entry:
        """Writes that a deployment begins, under the lease of that number. Its ``run`` is a new id.

        Raises: LeaseLost where a later lease has written; Unavailable.
        """
        return self._append("begin", uuid.uuid4().hex, lease, begin=self._masked(begin))

    def end(self, begun: Entry, end: End) -> Entry:
        """Writes how it ended, under the same lease. Raises: LeaseLost, Unavailable."""
        end = self._masked(end)
        short = replace(end, error=shortened(end.error))
        return self._append("end", begun.run, begun.lease, end=short, began=begun.number)

    def abandon(self, *, lease: int) -> tuple[Entry, ...]:
        """Notes the runs that were killed before they could write their end; returns their begins.

        For whoever has just taken the lease, before it begins. Raises: LeaseLost, Unavailable.
        """
        killed = unfinished(self.entries(_RECENT))
        for begun in killed:
            self._append("abandoned", begun.run, lease, began=begun.number)
        return killed

    def entries(self, last: int | None = None) -> tuple[Entry, ...]:
        """The readable entries in order, or those of the ``last`` numbers. Raises: Unavailable."""
        return self.chain(last).ordered

    def deployments(self, last: int | None = None) -> tuple[Deployed, ...]:
        """The deployments in order, or those that the ``last`` entries begin. Raises: Unavailable."""
        return deployments(self.entries(last))

    def chain(self, last: int | None = None) -> Chain:
        """All that is there, or the end of it, for `verify`. Raises: Unavailable."""
        stored = self._store.read(f"{self._folder}/head.json")
        head = _head(stored)
        there = [number for name in self._store.names(f"{self._folder}/") if (number := _number(name))]
        upto = max([*there, head.count if head else 0])
        first = max(1, upto - last + 1) if last is not None else 1
        wanted = sorted(number for number in there if number >= first)
        with ThreadPoolExecutor(_READERS) as beside:
            texts = dict(zip(wanted, beside.map(self._read, wanted), strict=True))
        entries: dict[int, Entry] = {}
        unreadable: dict[int, str] = {}
        for number, held in texts.items():
            try:
                entries[number] = parsed(held.content if held else "")
            except ValueError as error:
                unreadable[number] = str(error)
        said = "" if stored is None or head is not None else "it can't be read"
        return Chain(self._project, self._stack, entries, unreadable, head, first, upto, said)

    def verify(self) -> tuple[Fault, ...]:
        """All that is wrong with the whole ledger. Raises: Unavailable."""
        return verify(self.chain())

    def _append(self, kind: Kind, run: str, lease: int, **of_it: Any) -> Entry:
        """Writes the next entry; one that another wrote meanwhile is followed, if it may be."""
        for _ in range(_TRIES):
            head, last = self._tip()
            if max(head.lease if head else 0, last.lease if last else 0) > lease:
                raise LeaseLost(self._stack, lease, "a later lease has written into the ledger")
            if last is not None:
                self._settle(last)
                if (last.run, last.kind) == (run, kind):
                    return last  # Ours: the answer to an earlier try was lost.
            number, previous = _next(head, last)
            made = sealed(
                Entry(number, previous, self._project, self._stack, kind, run, self._now(), lease, **of_it)
            )
            try:
                self._create(made)
            except RecordChanged:
                continue
            self._settle(made)
            return made
        raise RecordChanged(self._folder, self._store.place)

    def _create(self, entry: Entry) -> None:
        """Writes an entry under a number that nobody has, or that of one that a crash cut off."""
        name = self._name(entry.number)
        try:
            self._store.create(name, text(entry))
        except RecordChanged:
            there = self._store.read(name)
            if there is None or _readable(there) is not None:
                raise
            self._store.replace(name, text(entry), there.version)

    def _tip(self) -> tuple[Head | None, Entry | None]:
        """The head, and the last entry that can be read, which may be one that it doesn't know yet."""
        head = _head(self._store.read(f"{self._folder}/head.json"))
        number = head.count if head else 0
        last = self._entry(number) if number else None
        while (after := self._entry(number + 1)) is not None:
            number, last = number + 1, after
        return head, last

    def _settle(self, last: Entry) -> None:
        """Has the head know of an entry; another writer's, who knows of more, stays."""
        name = f"{self._folder}/head.json"
        for _ in range(_TRIES):
            stored = self._store.read(name)
            head = _head(stored)
            if head is not None and head.count >= last.number:
                return
            written = orjson.dumps(asdict(Head(last.number, last.hash, last.lease))).decode()
            try:
                if stored is None:
                    self._store.create(name, written)
                else:
                    self._store.replace(name, written, stored.version)
            except RecordChanged:
                continue
            return

    def _masked(self, of_it: Any) -> Any:
        """A value without what its texts must not say."""
        adapter = TypeAdapter(type(of_it))
        return adapter.validate_python(_hidden(adapter.dump_python(of_it, mode="json"), self._hidden))

    def _entry(self, number: int) -> Entry | None:
        there = self._read(number)
        return None if there is None else _readable(there)

    def _read(self, number: int) -> Stored | None:
        return self._store.read(self._name(number))

    def _name(self, number: int) -> str:
        return f"{self._folder}/{number:08d}.json"


def _next(head: Head | None, last: Entry | None) -> tuple[int, str]:
    """Number and ``previous`` of the next entry; where the last ones are gone, after what the head knows."""
    if last is not None and (head is None or last.number >= head.count):
        return last.number + 1, last.hash
    return (head.count + 1, head.hash) if head else (1, NOTHING)


def _number(name: str) -> int:
    """The number in an entry's name; 0 for what is none."""
    digits = name.rpartition("/")[2].removesuffix(".json")
    return int(digits) if digits.isdecimal() else 0


def _readable(there: Stored) -> Entry | None:
    try:
        return parsed(there.content)
    except ValueError:
        return None


def _head(stored: Stored | None) -> Head | None:
    """The head; None where there is none that can be read, and then the entries tell."""
    try:
        return None if stored is None else _HEAD.validate_json(stored.content)
    except ValidationError:
        return None


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    """A tree with its texts masked, and without halves of surrogate pairs, which JSON can't hold."""
    if isinstance(value, str):
        return hide(value.encode(errors="replace").decode())
    if isinstance(value, dict):
        return {key: _hidden(held, hide) for key, held in value.items()}
    return [_hidden(held, hide) for held in value] if isinstance(value, list) else value


_HEAD: Final = TypeAdapter(Head)
