"""Who hears of a rollout. Nobody's deafness stops one: what can't be told is noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from onestack.errors import OnestackError
from onestack.gates.verdict import Verdict
from onestack.ledger import Entry
from onestack.progress import Progress
from onestack.revert import Revert
from onestack.rollout.about import About, Considered, Failure, Rollout


class Listener(Protocol):
    """Hears of a rollout, whose ``begun`` is its entry in the ledger; again after a kill in between."""

    def killed(self, about: About, begun: Entry) -> None:
        """An earlier run was killed: what was said of it is settled."""

    def waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """Gates are closed. Told once for each plan and the gates that stop it."""

    def still_waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """The same gates are still closed for the same plan: what may not have been told is told."""

    def started(self, about: About, begun: Entry) -> None:
        """It begins."""

    def succeeded(self, about: About, begun: Entry, rollout: Rollout) -> None:
        """All is ready, and the tests passed."""

    def failed(self, about: About, begun: Entry, failure: Failure) -> None:
        """It failed."""

    def propose(self, about: About, back: Revert, failure: Failure) -> str:
        """Proposes the way back; the address of the proposal, empty where it can't be made."""


class Listeners:
    """All who hear, one after the other."""

    def __init__(self, listeners: Sequence[Listener], progress: Progress) -> None:
        self._listeners = tuple(listeners)
        self._progress = progress

    def tell(self, what: Callable[[Listener], None]) -> None:
        """Tells each of them."""
        for one in self._listeners:
            try:
                what(one)
            except Exception as error:  # a deployment that is under way is worth more than a defect here
                said = error.what if isinstance(error, OnestackError) else f"{type(error).__name__}: {error}"
                self._progress.note(f"not everybody could be told: {said}")
