"""A rollout's begin and end in the ledger, and what is told of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from onestack.errors import EngineFailed, GateClosed, HookFailed, LeaseLost, OnestackError, first_cause
from onestack.gates.verdict import Verdict
from onestack.ledger import Begin, End, Entry, Outcome, Verb
from onestack.ledger import Results as Counted
from onestack.rollout.about import CameTo, Considered, Failure, Order
from onestack.rollout.aftermath import live, takes_back, way_back
from onestack.rollout.desk import Desk, begin
from onestack.rollout.settling import waits
from onestack.rollout.telling import Listener


@contextmanager
def written(desk: Desk, considered: Considered, verb: Verb, order: Order) -> Iterator[tuple[Entry, CameTo]]:
    """Brackets what changes the stack: begin, then an end whatever happens but a kill or a lost lease."""
    began, came_to = time.monotonic(), CameTo()
    begun = desk.ledger.begin(begin(desk, considered, verb, order), lease=desk.lease.number)
    run = _Begun(considered, verb, begun, came_to, began)
    try:
        desk.listeners.owe(begun)
        desk.listeners.tell(lambda one: one.started(considered.about, begun))
        yield begun, came_to
    except LeaseLost:
        raise  # The stack is somebody else's now, and so is its ledger.
    except BaseException as error:
        _failed(desk, run, error)
        raise
    _succeeded(desk, run)


@dataclass(frozen=True)
class _Begun:
    """A rollout whose begin is in the ledger. ``began`` is of a clock that nobody sets."""

    considered: Considered
    verb: Verb
    entry: Entry
    came_to: CameTo
    began: float

    def end(self, outcome: Outcome, message: str = "") -> End:
        """How it ended, as the ledger has it."""
        tests, seconds = self.came_to.tests, time.monotonic() - self.began
        counted = Counted(tests.passed, tests.failed + tests.errors, tests.skipped) if tests else None
        # That nothing was done is known, and isn't the same as that nothing is known.
        counts = self.came_to.counts if self.came_to.touched else {"same": 0}
        return End(outcome, counts, message, tests=counted, seconds=seconds)


def _succeeded(desk: Desk, run: _Begun) -> None:
    """Writes the good end. That it can't be written is no failure of what was done, and is said so.

    Raises: LeaseLost, Unavailable.
    """
    _require_lease(desk)
    try:
        desk.ledger.end(run.entry, run.end("succeeded"))
    except LeaseLost:
        raise
    except (OnestackError, OSError):
        desk.progress.note(
            f"the {run.verb} came to a good end, and the ledger may lack it: run again, so that it is written"
        )
        raise


def _failed(desk: Desk, run: _Begun, error: BaseException) -> None:
    """Writes and tells the failure; whatever goes wrong meanwhile is noted and hides nothing.

    Not where the lease is lost: whoever has it now says what became of this run, and of the stack.
    """
    failure = _failure(run.considered, error, run.came_to, run.verb, desk.progress.mask)
    desk.progress.note(f"what is live: {failure.live}")
    outcome: Outcome = "interrupted" if failure.interrupted else "failed"
    if isinstance(error, GateClosed):
        outcome = "stopped"
    if isinstance(error, EngineFailed | HookFailed) and error.done is not None:
        run.came_to.counts = error.done
    if _lost(desk):
        return
    with _noted(desk, "the ledger lacks how this run ended"):
        desk.ledger.end(run.entry, run.end(outcome, failure.message))
    if run.verb == "deploy" and desk.stack.settings.delivery.revert and takes_back(error):
        with _noted(desk, "the way back is not prepared"):
            failure = replace(failure, back=_back(desk, run.considered, failure))
    desk.listeners.end(lambda one: one.failed(run.considered.about, run.entry, failure), run.entry)


def _lost(desk: Desk) -> bool:
    """Whether the lease is known to be another's; said where it is."""
    try:
        _require_lease(desk)
    except LeaseLost as error:
        desk.progress.note(error.message())
        return True
    return False


def _require_lease(desk: Desk) -> None:
    """Where it can't be asked, this goes on: the ledger itself takes nothing of who has lost it.

    Raises: LeaseLost.
    """
    try:
        desk.lease.check()
    except LeaseLost:
        raise
    except OnestackError:
        return


def _failure(
    considered: Considered, error: BaseException, came_to: CameTo, verb: Verb, hidden: Callable[[str], str]
) -> Failure:
    """The failure in words without the stack's secrets: it goes to a channel and a pull request."""
    interrupted = not isinstance(error, Exception)
    message = error.message() if isinstance(error, OnestackError) else type(error).__name__
    if interrupted:
        message = "it was interrupted"
    message = hidden(message)
    now = live(considered.about, error, came_to, verb)
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
    entry, end = begin(desk, considered, "deploy", order), End("stopped", error=error.message())
    try:
        _at_once(
            desk,
            replace(entry, gates=names or ("seal",)),
            end,
            lambda one, begun: one.waiting(considered, begun, closed),
        )
    except OnestackError:
        desk.progress.note(error.message())  # what stops it is to be known all the same
        raise


def _at_once(desk: Desk, entry: Begin, end: End, tell: Callable[[Listener, Entry], None]) -> None:
    """Writes and tells of a run that did nothing. Raises: as the ledger."""
    begun = desk.ledger.begin(entry, lease=desk.lease.number)
    desk.listeners.owe(begun)
    desk.ledger.end(begun, end)
    desk.listeners.end(lambda one: tell(one, begun), begun)


def _stopped_before(desk: Desk, considered: Considered, names: tuple[str, ...]) -> Entry | None:
    """The begin of the last run, if the same gates stopped it with the same plan: that is written already."""
    last = desk.before[-1] if desk.before else None
    if last is None or last.begin.begin is None or not waits(last):
        return None
    did = last.begin.begin
    same = did.plan == considered.about.digest != "" and did.gates == names
    return last.begin if same else None


def unplanned(desk: Desk, order: Order, error: OnestackError) -> None:
    """Writes and tells that it can't be said what would be done, once for each commit and cause."""
    considered = Considered(desk.about)
    failure = _failure(considered, error, CameTo(), "deploy", desk.progress.mask)
    entry = begin(desk, considered, "deploy", order)
    last = desk.before[-1] if desk.before else None
    if last is not None and last.idle and last.ended and first_cause(last.ended.error) == failure.cause:
        did = last.begin.begin
        if did is not None and did.commit == entry.commit:
            return
    with _noted(desk, "the ledger lacks how this run ended"):
        end = End("failed", {"same": 0}, failure.message)
        _at_once(desk, entry, end, lambda one, begun: one.failed(desk.about, begun, failure))


@contextmanager
def _noted(desk: Desk, what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # what failed first is what is to be told and raised
        said = error.message() if isinstance(error, OnestackError) else f"{type(error).__name__}: {error}"
        desk.progress.note(f"{what}: {said}")
