"""Engine events as progress: which step, how many done."""

from __future__ import annotations

from onestack.engine import Diagnostic, Event, Step
from onestack.progress import Progress


class EngineProgress:
    """Turns a run's events into the activity line; counts what is done."""

    def __init__(self, progress: Progress, verb: str) -> None:
        self._progress = progress
        self._verb = verb
        self._done = 0
        self._said: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Takes the next event."""
        match event:
            case Step(phase="done"):
                self._done += 1
                done = "1 resource" if self._done == 1 else f"{self._done} resources"
                self._progress.step(f"{self._verb}: {done}, last {event.kind} {event.name}")
            case Step(phase="failed"):
                self._progress.note(f"failed: {event.op} {event.kind} {event.name}")
            case Diagnostic(ephemeral=True):
                self._progress.step(f"{self._verb}: {event.message}")
            case Diagnostic(severity="warning" | "info#err" | "info") if self._is_news(event):
                self._progress.note(f"{event.severity.partition('#')[0]}: {event.message}")
            case _:
                pass

    def _is_news(self, event: Diagnostic) -> bool:
        """Said for the first time."""
        if event.message in self._said:
            return False
        self._said.add(event.message)
        return True
