"""Who hears of a rollout. Nobody's deafness stops one: what can't be told is noted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from onestack.errors import OnestackError
from onestack.gates.verdict import Verdict
from onestack.ledger import End, Entry
from onestack.progress import Progress
from onestack.revert import Revert
from onestack.rollout.about import About, Considered, Failure, Rollout
from onestack.rollout.owed import Owed


class Listener(Protocol):
    """Hears of a rollout, whose ``begun`` is its entry in the ledger; again after a kill in between.

    What it can't pass on it raises: of an end it then hears once more.
    """

    def killed(self, about: About, begun: Entry) -> None:
        """An earlier run was killed: what was said of it is settled."""

    def ended(self, about: About, begun: Entry, end: End) -> None:
        """An earlier run ended so, and perhaps nobody said it."""

    def waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """Gates are closed. Told once for each plan and the gates that stop it."""

    def started(self, about: About, begun: Entry) -> None:
        """It begins."""

    def succeeded(self, about: About, begun: Entry, rollout: Rollout) -> None:
        """All is ready, and the tests passed."""

    def failed(self, about: About, begun: Entry, failure: Failure) -> None:
        """It failed."""

    def propose(self, about: About, back: Revert, failure: Failure) -> str:
        """Proposes the way back; the address of the proposal, empty where it can't be made."""


class Listeners:
    """All who hear, one after the other, by name; what they are owed is kept in a record."""

    def __init__(self, listeners: Sequence[Listener], progress: Progress, owed: Owed) -> None:
        self._listeners = {type(one).__name__: one for one in listeners}
        self._progress = progress
        self._owed = owed

    @property
    def names(self) -> frozenset[str]:
        """What they are called in the record."""
        return frozenset(self._listeners)

    def tell(self, what: Callable[[Listener], None], names: Collection[str] | None = None) -> frozenset[str]:
        """Tells each of them, or those of these names; returns who heard."""
        heard = set()
        for name, one in self._listeners.items():
            if names is not None and name not in names:
                continue
            try:
                what(one)
                heard.add(name)
            except Exception as error:  # a deployment that is under way is worth more than a defect here
                self._progress.note(f"not everybody could be told: {_said(error)}")
        return frozenset(heard)

    def owe(self, begun: Entry) -> None:
        """Notes that all are to hear of this run's end, before anything is said of it."""
        self._record(lambda: self._owed.add(self.names, begun.run))

    def end(
        self, what: Callable[[Listener], None], begun: Entry, names: Collection[str] | None = None
    ) -> None:
        """Tells how a run ended; who heard is owed nothing more."""
        self.settled(self.tell(what, names), (begun.run,))

    def owed(self, name: str) -> tuple[str, ...]:
        """The runs of whose ends that one hasn't heard."""
        found: list[str] = []
        self._record(lambda: found.extend(self._owed.of(name)))
        return tuple(found)

    def settled(self, names: Collection[str], runs: Collection[str]) -> None:
        """These are owed nothing more of those runs."""
        self._record(lambda: self._owed.drop(names, runs))

    def _record(self, what: Callable[[], None]) -> None:
        if not self._listeners:
            return
        try:
            what()
        except (OnestackError, OSError) as error:
            self._progress.note(f"who is still to be told can't be kept: {_said(error)}")


def _said(error: Exception) -> str:
    return error.what if isinstance(error, OnestackError) else f"{type(error).__name__}: {error}"
