"""A trial as lines for a person at a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from onestack.trial.model import Trial


def lines(trial: Trial) -> Iterator[str]:
    """What was tried, what went wrong, the way back, what can't be seen, and last the verdict."""
    yield f"base: {trial.base} {trial.base.subject}".rstrip()
    yield f"revision: {trial.revision} {trial.revision.subject}".rstrip()
    for step in trial.steps:
        why = f": {step.message}" if step.message else ""
        yield f"  {step.name}: {step.outcome} ({step.seconds:.1f} s){why}"
    yield from (f"refused: {one}" for one in trial.refused)
    yield from (f"not ready: {one}" for one in trial.not_ready)
    if trial.acceptance.cases or trial.acceptance.note:
        yield from trial.acceptance.lines()
    yield f"way back: {trial.way_back.verdict}"
    yield from (f"  {one}" for one in trial.way_back.reasons)
    if trial.unseen:
        yield "a trial can't see:"
        yield from (f"  {one}" for one in trial.unseen)
    yield f"trial of {trial.stack}: {trial.verdict()} ({trial.seconds:.0f} s)"
