"""How the runs of a verb go about what is declared: of the part that changed where that is enough."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from onestack import engine, sources
from onestack.declaration import Declaration
from onestack.engine import Excerpt, Outcome, State
from onestack.errors import PartNotEnough
from onestack.handover import Handover
from onestack.manifests import record
from onestack.narrowing import Part, narrowed
from onestack.stack import Stack
from onestack.standing import Standing
from onestack.wait import begin, mark_ready
from onestack.worked_out import inventory


class Run(Protocol):
    """A run of the engine, such as `engine.up` with its other arguments given."""

    def __call__(self, *, handed: Handover, excerpt: Excerpt | None) -> Outcome: ...


@dataclass(frozen=True)
class Runs:
    """Hands over to runs of the engine what a verb has read and found. ``full`` allows no part."""

    stack: Stack
    made: Declaration
    found: Standing
    release: record.Found
    state: State
    full: bool = False

    def __call__(self, run: Run) -> Outcome:
        """What ``run`` comes to, of the part that changed, or of everything where that is not enough."""
        part = self._part()
        if part is not None:
            handed = replace(
                self.whole, inventory=part.inventory, keeping=part.provider, cluster=part.cluster
            )
            with suppress(PartNotEnough):
                outcome = run(handed=handed, excerpt=part.excerpt)
                if not outcome.reaches_all:
                    return outcome
                return run(handed=self.whole, excerpt=None).behind(outcome)
        return run(handed=self.whole, excerpt=None)

    @cached_property
    def whole(self) -> Handover:
        """Everything that is declared."""
        return Handover(
            inventory(self.made, self.stack.settings, project=self.stack.repository.project),
            self.release,
            waits=self._program_waits,
            adopting=bool(self.found.unheld),
        )

    def _part(self) -> Part | None:
        """What changed, if a run of it comes to the same as one of everything."""
        if self.stack.workspace.cloud:
            return None  # What isn't registered of a cloud would be deleted.
        settled = not (self.found.missing or self.found.unheld or engine.died(self.stack.workspace))
        if not settled or self.full:
            return None
        program = sources.digest(self.stack.repository.root)
        return narrowed(self.state, self.whole.inventory, program)

    def begin(self) -> None:
        """Takes the mark of an earlier release off, before anything of this one is done."""
        name, digest = self.stack.settings.stack, self.whole.inventory.digest
        if record.is_marked(self.release.record) and not record.seen_ready(self.release.record, digest):
            self.stack.ask(lambda client: begin(client, name, self.release, digest))

    def mark_ready(self) -> None:
        """Marks the release, which the caller saw ready."""
        name, digest = self.stack.settings.stack, self.whole.inventory.digest
        self.stack.ask(lambda client: mark_ready(client, name, digest))

    @property
    def _program_waits(self) -> bool:
        """Before hooks that run after the release, and before anything is deleted, all must be ready.

        Otherwise waiting after the run is enough, and cheaper.
        """
        return bool(self.made.after or self.found.dropped)
