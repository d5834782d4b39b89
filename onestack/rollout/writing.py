"""A rollout's begin and end in the ledger, and what is told of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from onestack import engine
from onestack.acceptance import Results
from onestack.errors import GateClosed, LeaseLost, OnestackError
from onestack.gates.verdict import Verdict
from onestack.ledger import End, Entry, Outcome, Verb
from onestack.ledger import Results as Counted
from onestack.rollout.about import Considered, Failure, Order
from onestack.rollout.aftermath import live, takes_back, way_back
from onestack.rollout.desk import Desk, begin

_GATES: Final = "gates"
"""Where the ledger names the gates that stopped a run."""


@dataclass
class CameTo:
    """What a rollout has come to so far, for the end that is written of it."""

    counts: Mapping[str, int] = field(default_factory=dict)
    tests: Counted | None = None
    touched: bool = False
    """Whether it has come to where things are done."""

    def deployed(self, outcome: engine.Outcome, tests: Results) -> None:
        """The engine's run is over, and the tests are."""
        self.counts = dict(outcome.changes)
        self.tests = Counted(tests.passed, tests.failed + tests.errors, tests.skipped)


@contextmanager
def written(desk: Desk, considered: Considered, verb: Verb, order: Order) -> Iterator[tuple[Entry, CameTo]]:
    """Brackets what changes the stack: begin, then an end whatever happens but a kill or a lost lease."""
    began, came_to = time.monotonic(), CameTo()
    begun = desk.ledger.begin(begin(desk, considered, verb, order), lease=desk.lease.number)
    try:
        desk.listeners.tell(lambda one: one.started(considered.about, begun))
        yield begun, came_to
        desk.lease.check()
    except LeaseLost:
        raise  # The stack is somebody else's now, and so is its ledger.
    except BaseException as error:
        _failed(desk, considered, begun, came_to, error, time.monotonic() - began)
        raise
    end = End("succeeded", came_to.counts, tests=came_to.tests, seconds=time.monotonic() - began)
    desk.ledger.end(begun, end)


def _failed(
    desk: Desk, considered: Considered, begun: Entry, came_to: CameTo, error: BaseException, seconds: float
) -> None:
    """Writes and tells the failure; whatever goes wrong meanwhile is noted and hides nothing."""
    failure = _failure(considered, error, came_to, desk.progress.mask)
    desk.progress.note(f"what is live: {failure.live}")
    outcome: Outcome = "interrupted" if failure.interrupted else "failed"
    if isinstance(error, GateClosed):
        outcome = "stopped"
    with _noted(desk, "the ledger lacks how this run ended"):
        end = End(outcome, came_to.counts, failure.message, tests=came_to.tests, seconds=seconds)
        desk.ledger.end(begun, end)
    if desk.stack.settings.delivery.revert and takes_back(error):
        with _noted(desk, "the way back is not prepared"):
            failure = replace(failure, back=_back(desk, considered, failure))
    desk.listeners.tell(lambda one: one.failed(considered.about, begun, failure))


def _failure(
    considered: Considered, error: BaseException, came_to: CameTo, hidden: Callable[[str], str]
) -> Failure:
    """The failure in words without the stack's secrets: it goes to a channel and a pull request."""
    interrupted = not isinstance(error, Exception)
    message = error.message() if isinstance(error, OnestackError) else type(error).__name__
    if interrupted:
        message = "it was interrupted"
    message = hidden(message)
    now = live(considered.about, error, touched=came_to.touched)
    return Failure(first_cause(message), message, now, interrupted=interrupted)


def _back(desk: Desk, considered: Considered, failure: Failure) -> str:
    """Where the way back is: a pull request's address, else a branch; empty where there is none."""
    made = way_back(desk.stack, considered.about, desk.progress)
    if made is None:
        return ""
    told = [made.branch]
    desk.listeners.tell(lambda one: told.append(one.propose(considered.about, made, failure)))
    where = next((address for address in reversed(told) if address), made.branch)
    desk.progress.note(f"the way back: {where}")
    return where


def stopped(
    desk: Desk, considered: Considered, closed: Sequence[Verdict], order: Order, error: OnestackError
) -> None:
    """Writes and tells that gates stop it, once for each plan and reason; what wasn't heard is told again."""
    names = tuple(sorted(one.gate for one in closed))
    if _stopped_before(desk, considered, names):
        before = desk.before[-1].begin
        desk.listeners.tell(lambda one: one.still_waiting(considered, before, closed))
        return
    entry = begin(desk, considered, "deploy", order)
    marked = replace(entry, links={**entry.links, _GATES: " ".join(names)} if names else entry.links)
    begun = desk.ledger.begin(marked, lease=desk.lease.number)
    desk.ledger.end(begun, End("stopped", error=error.message()))
    desk.listeners.tell(lambda one: one.waiting(considered, begun, closed))


def _stopped_before(desk: Desk, considered: Considered, names: tuple[str, ...]) -> bool:
    """Whether the last run was stopped with the same plan by the same gates: then all is said already."""
    last = desk.before[-1] if desk.before else None
    if last is None or last.begin.begin is None or last.state() != "stopped":
        return False
    did = last.begin.begin
    return did.plan == considered.about.digest != "" and did.links.get(_GATES) == " ".join(names)


def first_cause(message: str) -> str:
    """What happened and the first line of why, of a message that says more."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:2])[:500]


@contextmanager
def _noted(desk: Desk, what: str) -> Iterator[None]:
    try:
        yield
    except (OnestackError, OSError) as error:
        said = error.message() if isinstance(error, OnestackError) else str(error)
        desk.progress.note(f"{what}: {said}")
