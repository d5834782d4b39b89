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
from onestack.rollout.about import Considered, Failure, Order, first_cause
from onestack.rollout.aftermath import live, takes_back, way_back
from onestack.rollout.desk import Desk, begin
from onestack.rollout.settling import waits

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
        desk.listeners.owe(begun)
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
    """Writes and tells the failure; whatever goes wrong meanwhile is noted and hides nothing.

    Not where the lease is lost: whoever has it now says what became of this run, and of the stack.
    """
    failure = _failure(considered, error, came_to, desk.progress.mask)
    desk.progress.note(f"what is live: {failure.live}")
    outcome: Outcome = "interrupted" if failure.interrupted else "failed"
    if isinstance(error, GateClosed):
        outcome = "stopped"
    if _lost(desk):
        return
    with _noted(desk, "the ledger lacks how this run ended"):
        end = End(outcome, came_to.counts, failure.message, tests=came_to.tests, seconds=seconds)
        desk.ledger.end(begun, end)
    if desk.stack.settings.delivery.revert and takes_back(error):
        with _noted(desk, "the way back is not prepared"):
            failure = replace(failure, back=_back(desk, considered, failure))
    desk.listeners.end(lambda one: one.failed(considered.about, begun, failure), begun)


def _lost(desk: Desk) -> bool:
    """Whether the lease is known to be another's; said where it is."""
    try:
        desk.lease.check()
    except LeaseLost as error:
        desk.progress.note(error.message())
        return True
    except OnestackError:
        return False
    return False


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
    """Writes and tells that gates stop it, once for each plan and reason; who was deaf is told again."""
    names = tuple(sorted(one.gate for one in closed))
    before = _stopped_before(desk, considered, names)
    if before is not None:
        untold = [one for one in desk.listeners.names if before.run in desk.listeners.owed(one)]
        desk.listeners.end(lambda one: one.waiting(considered, before, closed), before, untold)
        return
    entry = begin(desk, considered, "deploy", order)
    marked = replace(entry, links={**entry.links, _GATES: " ".join(names)} if names else entry.links)
    begun = desk.ledger.begin(marked, lease=desk.lease.number)
    desk.listeners.owe(begun)
    desk.ledger.end(begun, End("stopped", error=error.message()))
    desk.listeners.end(lambda one: one.waiting(considered, begun, closed), begun)


def _stopped_before(desk: Desk, considered: Considered, names: tuple[str, ...]) -> Entry | None:
    """The begin of the last run, if the same gates stopped it with the same plan: that is written already."""
    last = desk.before[-1] if desk.before else None
    if last is None or last.begin.begin is None or not waits(last):
        return None
    did = last.begin.begin
    same = did.plan == considered.about.digest != "" and did.links.get(_GATES) == " ".join(names)
    return last.begin if same else None


def unplanned(desk: Desk, order: Order, error: OnestackError) -> None:
    """Writes and tells that it can't be said what would be done, once for each commit and cause."""
    considered = Considered(desk.about)
    failure = _failure(considered, error, CameTo(), desk.progress.mask)
    entry = begin(desk, considered, "deploy", order)
    last = desk.before[-1] if desk.before else None
    if last is not None and last.idle and last.end is not None and last.end.end is not None:
        did = last.begin.begin
        if did and did.commit == entry.commit and first_cause(last.end.end.error) == failure.cause:
            return
    with _noted(desk, "the ledger lacks how this run ended"):
        begun = desk.ledger.begin(entry, lease=desk.lease.number)
        desk.listeners.owe(begun)
        desk.ledger.end(begun, End("failed", error=failure.message))
        desk.listeners.end(lambda one: one.failed(desk.about, begun, failure), begun)


@contextmanager
def _noted(desk: Desk, what: str) -> Iterator[None]:
    try:
        yield
    except (OnestackError, OSError) as error:
        said = error.message() if isinstance(error, OnestackError) else str(error)
        desk.progress.note(f"{what}: {said}")
