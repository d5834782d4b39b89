"""What a run of the engine said, gathered. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from onestack.engine import failure
from onestack.engine.events import Diagnostic, Event, Step, Summary, is_noise
from onestack.engine.outcome import Outcome

_PART: Final = "delete-replaced"
"""The engine's word for the end of a replacement, be it one of an earlier run."""


@dataclass
class Heard:
    """``forgets``: see `onestack.errors.EngineFailed`. ``errors`` are those that say something."""

    changes: Mapping[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    forgets: bool = False
    project: str = ""
    """The project of Google's in which something failed."""
    done: Counter[str] = field(default_factory=Counter)
    """How many changes came to their end, by operation."""
    _not_created: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _creating: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _replaced: list[Step] = field(default_factory=list)
    _timed_out: set[str] = field(default_factory=set)

    def take(self, event: Event) -> None:
        """Adds one event."""
        match event:
            case Summary():
                self.changes = event.changes
            case Step(phase="started" | "done"):
                self._go_on(event)
            case Step(phase="failed"):
                self.forgets = self.forgets or (event.kind == "Namespace" and event.op.startswith("delete"))
                self.project = self.project or str((event.resource.get("inputs") or {}).get("project") or "")
                if event.op.startswith("create"):
                    self._not_created[event.urn] = event.resource
            case Diagnostic(severity="error") if not is_noise(event.message):
                self.errors.append(failure.about(event.urn, event.message))
                if failure.timed_out(event.message):
                    self._timed_out.add(event.urn)
            case Diagnostic(severity="warning"):
                self.warnings.append(event.message)

    def _go_on(self, step: Step) -> None:
        if step.phase == "done":
            self._creating.pop(step.urn, None)
            self.done.update([step.op] if step.is_change else ())
            return
        if step.op.startswith("create"):
            self._creating[step.urn] = step.resource
        if step.is_change:
            self.steps.append(step)
        if step.op == _PART:
            self._replaced.append(step)

    @property
    def outcome(self) -> Outcome:
        """What the run came to.

        What an earlier run had replaced and did not come to delete is a deletion of this one.
        """
        replaced = {step.urn for step in self.steps if step.op == "replace"}
        late = [replace(step, op="delete") for step in self._replaced if step.urn not in replaced]
        changes = dict(self.changes)
        if late:
            changes["delete"] = changes.get("delete", 0) + len(late)
        return Outcome(changes, (*self.steps, *late), tuple(dict.fromkeys(self.warnings)))

    @property
    def creating(self) -> tuple[Mapping[str, Any], ...]:
        """The resources whose creation has begun, and of which nothing was said since."""
        return tuple(self._creating.values())

    @property
    def unfinished(self) -> tuple[Mapping[str, Any], ...]:
        """The resources whose creation took too long: they may exist by now."""
        return tuple(one for urn, one in self._not_created.items() if urn in self._timed_out)
