"""What waiting found, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onestack.health import State, Verdict
from onestack.manifests.reference import ObjectRef


@dataclass(frozen=True)
class Outcome:
    """The last verdict on one object and, in seconds since waiting began, since when it stands.

    ``detail`` says more of an object that isn't ready: what is wrong with its pods, or the last
    warning about it.
    """

    ref: ObjectRef
    verdict: Verdict
    since_seconds: float = 0.0
    detail: str = ""

    def __str__(self) -> str:
        said = "; ".join(part for part in (self.verdict.message, self.detail) if part)
        return f"{self.ref}: {said}"


@dataclass(frozen=True)
class WaitProgress:
    """A look at a wait under way. ``slowest`` are a few of those not ready, failing ones first.

    ``trouble`` says why nothing new is heard, such as an API server that restarts.
    """

    elapsed_seconds: float
    ready: int
    waiting: int
    failed: int
    unobservable: int
    slowest: tuple[Outcome, ...]
    trouble: str = ""

    @property
    def total(self) -> int:
        """All objects."""
        return self.ready + self.waiting + self.failed + self.unobservable

    def line(self) -> str:
        """The state of the wait in one line."""
        done = f"{self.ready + self.unobservable} of {self.total} ready"
        if self.trouble:
            return f"{done}; {self.trouble}"
        return f"{done}; {self.slowest[0]}" if self.slowest else done


@dataclass(frozen=True)
class WaitReport:
    """The end of a wait: an outcome for every object, in the order they were asked for."""

    outcomes: tuple[Outcome, ...]
    elapsed_seconds: float
    timed_out: bool = False
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """True when every object is ready or can't be observed."""
        return not self.not_ready

    @property
    def not_ready(self) -> tuple[Outcome, ...]:
        """Those waiting or failed; failed ones first."""
        return worst_first([o for o in self.outcomes if o.verdict.state in {"waiting", "failed"}])

    def count(self, state: State) -> int:
        """How many are in a state."""
        return sum(outcome.verdict.state == state for outcome in self.outcomes)

    def message(self) -> str:
        """One line of counts, then a line for each object that isn't ready."""
        bad, total = self.not_ready, len(self.outcomes)
        if not bad:
            unobserved = self.count("unobservable")
            rest = f" ({unobserved} of them not observable)" if unobserved else ""
            return f"all {total} objects ready{rest} after {self.elapsed_seconds:.0f} s"
        end = "gave up waiting" if self.timed_out else "stopped"
        head = f"{len(bad)} of {total} objects not ready; {end} after {self.elapsed_seconds:.0f} s"
        trouble = [f"  {self.trouble}"] if self.trouble else []
        return "\n".join([head, *trouble, *(f"  {outcome}" for outcome in bad)])


def worst_first(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Final failures, failures, then those that have stood longest."""
    return tuple(
        sorted(
            outcomes, key=lambda o: (not o.verdict.final, o.verdict.state != "failed", o.since_seconds, o.ref)
        )
    )
