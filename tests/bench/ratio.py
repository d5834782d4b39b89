"""Ratios, their spread, and the goals they are held against. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.names import CHANGE_PREVIEW, CHANGE_UP, DESTROY, KAPP, KUBECTL, NO_OP, OURS, PLAIN, READY, UP
from tests.bench.results import Results


@dataclass(frozen=True)
class Spread:
    """The median of some values, the least and the most."""

    middle: float
    least: float
    most: float

    def text(self, digits: int = 2) -> str:
        """``1.20 (1.10 to 1.30)``, or the one value there is."""
        middle, least, most = (f"{value:.{digits}f}" for value in (self.middle, self.least, self.most))
        return middle if least == most else f"{middle} ({least} to {most})"


@dataclass(frozen=True)
class Goal:
    """The most that a figure may be at a number of objects."""

    limit: float
    size: int

    def text(self, reached: Spread | None, limit: str = "") -> str:
        """The goal and whether it is reached: by the median."""
        verdict = "not measured"
        if reached is not None:
            verdict = "reached" if reached.middle <= self.limit else "missed"
        return f"{limit or f'{self.limit:g}'} at {self.size}: {verdict}"


@dataclass(frozen=True)
class Comparison:
    """Our time for ``phase`` divided by another's for ``theirs``, which are added up."""

    title: str
    phase: str
    other: str
    theirs: tuple[str, ...]
    goal: Goal | None = None


COMPARISONS: Final = (
    Comparison("first up, all ready / kubectl apply", UP, KUBECTL, (UP,), Goal(0.25, 2000)),
    Comparison("first up, all ready / kubectl apply and wait", UP, KUBECTL, (UP, READY)),
    Comparison("first up / kapp deploy", UP, KAPP, (UP,)),
    Comparison("first up / plain pulumi up", UP, PLAIN, (UP,), Goal(0.1, 500)),
    Comparison("no-op preview / kubectl diff", NO_OP, KUBECTL, (NO_OP,), Goal(0.65, 2000)),
    Comparison("no-op preview / kapp deploy --diff-run", NO_OP, KAPP, (NO_OP,)),
    Comparison("no-op preview / plain pulumi preview", NO_OP, PLAIN, (NO_OP,)),
    Comparison(
        "one change: preview / kubectl diff",
        CHANGE_PREVIEW,
        KUBECTL,
        (NO_OP,),
        Goal(0.25, 2000),
    ),
    Comparison("one change: preview / kapp deploy --diff-run", CHANGE_PREVIEW, KAPP, (CHANGE_PREVIEW,)),
    Comparison("one change: up / kubectl diff", CHANGE_UP, KUBECTL, (NO_OP,), Goal(0.4, 2000)),
    Comparison("one change: up / kubectl apply", CHANGE_UP, KUBECTL, (CHANGE_UP,)),
    Comparison("one change: up / kapp deploy", CHANGE_UP, KAPP, (CHANGE_UP,)),
    Comparison("one change: up / plain pulumi up", CHANGE_UP, PLAIN, (CHANGE_UP,)),
    Comparison("destroy / kubectl delete", DESTROY, KUBECTL, (DESTROY,), Goal(0.06, 2000)),
    Comparison("destroy / kapp delete", DESTROY, KAPP, (DESTROY,)),
    Comparison("destroy / plain pulumi destroy", DESTROY, PLAIN, (DESTROY,)),
)
GROWTH: Final = Goal(4.4, 2000)  # over 500
MEMORY: Final = Goal(2**30, 2000)
CHECKED: Final = Goal(5.0, 2000)  # seconds


def spread(values: Iterable[float]) -> Spread | None:
    """Of the values that there are; None of none."""
    known = sorted(values)
    return Spread(median(known), known[0], known[-1]) if known else None


def ratio(results: Results, comparison: Comparison, size: int) -> Spread | None:
    """Run by run, because runs are neighbours in time; only runs that both finished count."""
    ours = results.find(OURS, size, comparison.phase)
    theirs = [results.find(comparison.other, size, phase) for phase in comparison.theirs]
    both = [run for run in ours if all(run in phase for phase in theirs)]
    sums = {run: sum(phase[run].wall_seconds for phase in theirs) for run in both}
    return spread(ours[run].wall_seconds / sums[run] for run in both if sums[run] > 0)


def seconds(results: Results, subject: str, size: int, phase: str) -> Spread | None:
    """Wall-clock seconds."""
    return spread(one.wall_seconds for one in results.find(subject, size, phase).values())


def growth(results: Results, phase: str, small: int, large: int) -> Spread | None:
    """How many times longer ours takes at ``large``: medians, since runs of two sizes are no pairs."""
    least, most = (seconds(results, OURS, size, phase) for size in (small, large))
    if least is None or most is None or least.middle <= 0:
        return None
    return spread([most.middle / least.middle])


def peak_bytes(results: Results, subject: str, size: int) -> Spread | None:
    """The most memory of any phase and run."""
    mine = [one for one in results.measurements if (one.subject, one.size) == (subject, size)]
    return spread([max(one.peak_bytes for one in mine)]) if mine else None
