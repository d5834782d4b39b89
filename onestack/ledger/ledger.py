"""The ledger of one stack, in a store: append, read, verify."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from onestack.ledger.entry import Begin, End, Entry
from onestack.ledger.verify import Chain, Fault, verify
from onestack.records import Store


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

    def begin(self, begin: Begin, *, lease: int) -> Entry:
        """Writes that a deployment begins, under the lease of that number. Its ``run`` is a new id.

        Raises: LeaseLost where a later lease has written; Unavailable.
        """
        raise NotImplementedError

    def end(self, begun: Entry, end: End) -> Entry:
        """Writes how it ended, under the same lease. Raises: LeaseLost, Unavailable."""
        raise NotImplementedError

    def abandon(self, *, lease: int) -> tuple[Entry, ...]:
        """Notes the runs that were killed before they could write their end; returns their begins.

        For whoever has just taken the lease, before it begins. Raises: LeaseLost, Unavailable.
        """
        raise NotImplementedError

    def entries(self, last: int | None = None) -> tuple[Entry, ...]:
        """The readable entries in order, or the ``last`` ones. Raises: Unavailable."""
        return self.chain(last).entries

    def chain(self, last: int | None = None) -> Chain:
        """All that is there, or the end of it, for `verify`. Raises: Unavailable."""
        raise NotImplementedError

    def verify(self) -> tuple[Fault, ...]:
        """All that is wrong with the whole ledger. Raises: Unavailable."""
        return verify(self.chain())
