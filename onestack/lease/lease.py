"""Taking the lease of a stack, holding it, and giving it back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from onestack.errors import LeaseHeld, LeaseLost, NothingToTakeOver, OnestackError, RecordChanged
from onestack.lease.holding import Holding, look, name, parsed, text
from onestack.lease.owner import Owner, alive_here, proven_dead
from onestack.records import Store

HEARTBEAT_SECONDS: Final = 20.0
"""A bucket takes about one write a second of one object; people wait for minutes."""
_TRIES: Final = 20

Note = Callable[[str], None]


class Lease:
    """A lease that is held. Made by `take`.

    ``earlier`` is whose it was that never gave it back: of a process that died here, or was said to be dead.
    """

    def __init__(
        self, store: Store, project: str, holding: Holding, version: str, earlier: Holding | None
    ) -> None:
        self.earlier = earlier
        self._store = store
        self._project = project
        self._holding = holding
        self._version = version
        self._writing = threading.Lock()
        self._lost = threading.Event()

    @property
    def number(self) -> int:
        """The fencing number: of all who ever held the lease, the last one's is the highest."""
        return self._holding.number

    @property
    def owner(self) -> Owner:
        """Who holds it: this process."""
        return self._holding.owner

    @property
    def lost(self) -> bool:
        """Whether it is known that somebody else has taken it over; nothing is asked."""
        return self._lost.is_set()

    def check(self) -> None:
        """Asks whether it still is this run's: before each write. Raises: LeaseLost, Unavailable."""
        there = look(self._store, self._project, self._holding.stack)
        if there is None or not self._is_ours(there):
            self._lost.set()
            raise LeaseLost(self._holding.stack, self.number, _now(there))

    def beat(self) -> None:
        """Writes that the holder lives; does nothing once the lease is lost. Raises: Unavailable."""
        with self._writing:
            if not self.lost:
                self._write(replace(self._holding, heartbeat=datetime.now(UTC)))

    def give_back(self) -> None:
        """Writes that nobody holds it, unless somebody else does by now. Raises: Unavailable."""
        with self._writing:
            if not self.lost:
                self._write(replace(self._holding, held=False, heartbeat=datetime.now(UTC)))

    def _write(self, holding: Holding) -> None:
        place = name(self._project, holding.stack)
        for _ in range(_TRIES):
            try:
                self._version = self._store.replace(place, text(holding), self._version)
            except RecordChanged:
                there = self._store.read(place)
                if there is None or not self._is_ours(parsed(there.content, place)):
                    break
                self._version = there.version  # A write of ours, whose answer never came.
            else:
                return
        self._lost.set()

    def _is_ours(self, there: Holding) -> bool:
        return there.held and there.owner.token == self.owner.token


@contextmanager
def take(
    store: Store,
    project: str,
    stack: str,
    owner: Owner,
    *,
    take_over: str | None = None,
    above: int = 0,
    note: Note = lambda _text: None,
    every: float = HEARTBEAT_SECONDS,
) -> Iterator[Lease]:
    """Takes the lease, keeps its heartbeat going every so many seconds, and gives it back.

    From a process that died on this machine it is taken over, and ``note`` told so; from anybody else only
    where ``take_over`` names holder and number, as ``OWNER/NUMBER``: `LeaseHeld` says it exactly. No clock
    ends it. Its number will be higher than ``above``, be the lease itself gone: the ledger's last one.

    Raises: LeaseHeld, NothingToTakeOver, Unavailable.
    """
    lease = _taken(store, project, stack, owner, take_over, above)
    if lease.earlier is not None:
        note(
            f"the lease {lease.earlier.number} was never given back by {lease.earlier.owner.told}: taken over"
        )
    ended = threading.Event()
    heart = threading.Thread(target=_beating, args=(lease, ended, every, note), daemon=True, name="lease")
    heart.start()
    try:
        yield lease
    finally:
        ended.set()
        heart.join()
        _give_back(lease, note)


def _taken(store: Store, project: str, stack: str, owner: Owner, take_over: str | None, above: int) -> Lease:
    """The lease, once nobody else wrote between looking and taking."""
    place, now = name(project, stack), datetime.now(UTC)
    for _ in range(_TRIES):
        there = store.read(place)
        before = parsed(there.content, f"{store.place}/{place}") if there else None
        _require_free(stack, before, take_over)
        number = max(before.number if before else 0, above) + 1
        mine = Holding(stack, number, owner, taken=now, heartbeat=now)
        try:
            version = (
                store.replace(place, text(mine), there.version) if there else store.create(place, text(mine))
            )
        except RecordChanged:
            continue  # Somebody took it, or lives: that is seen now.
        return Lease(store, project, mine, version, before if before and before.held else None)
    raise RecordChanged(place, store.place)


def _require_free(stack: str, before: Holding | None, take_over: str | None) -> None:
    """Raises: LeaseHeld, NothingToTakeOver."""
    held = before if before is not None and before.held else None
    if held is None:
        if take_over is not None:
            raise NothingToTakeOver(stack, take_over, "nobody holds it")
        return
    name = f"{held.owner.name}/{held.number}"
    if take_over not in {None, name}:
        raise NothingToTakeOver(stack, str(take_over), f"it is {name}")
    if proven_dead(held.owner):
        return
    alive = alive_here(held.owner)
    if take_over is None or alive:
        raise LeaseHeld(
            stack,
            held.owner.name,
            held.number,
            told=held.owner.told,
            since=_time(held.taken),
            heartbeat=_time(held.heartbeat),
            alive=alive,
        )


def _beating(lease: Lease, ended: threading.Event, every: float, note: Note) -> None:
    """The heartbeat: what can't be written now is written next time, and told once."""
    told = False
    while not ended.wait(every) and not lease.lost:
        try:
            lease.beat()
        except (OnestackError, OSError) as error:
            if not told:
                what = error.what if isinstance(error, OnestackError) else str(error)
                note(f"the lease's heartbeat can't be written now: {what}")
            told = True


def _give_back(lease: Lease, note: Note) -> None:
    """A lease that can't be given back is told of, and does not hide how the work ended."""
    try:
        lease.give_back()
    except (OnestackError, OSError) as error:
        what = error.what if isinstance(error, OnestackError) else str(error)
        note(
            f"the lease {lease.number} could not be given back ({what}): the next run on this machine takes "
            "it over, elsewhere --take-over does"
        )


def _now(there: Holding | None) -> str:
    if there is None:
        return "its record is gone"
    if not there.held:
        return "it was given back"
    return f"the lease {there.number} is that of {there.owner.told} since {_time(there.taken)}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
