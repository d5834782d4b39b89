"""The verbs as pipelines whose steps can be read like a table of contents."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from onestack import acceptance, caution, chart_tests, engine, recovery, standing
from onestack.acceptance import Results
from onestack.chart_tests import Ended
from onestack.discretion import hiding
from onestack.engine import Outcome, State
from onestack.errors import EngineFailed, HookFailed, NotReady, OnestackError
from onestack.graph import Graph, from_state, from_steps
from onestack.manifests.hooks import hook
from onestack.manifests.manifest import Manifest
from onestack.manifests.registration import Names
from onestack.preparation import prepared
from onestack.progress import Discreet, Progress
from onestack.runs import Runs
from onestack.show import EngineProgress
from onestack.stack import Stack, located, reachable, readable, survey
from onestack.standing import Standing
from onestack.wait import ObjectRef, WaitReport, assess_now, reference, until_ready
from onestack.wait.absent import ENDED, GONE, VANISHED


@dataclass(frozen=True)
class Deployment:
    """What a deployment did and what runs now. ``seconds`` is how long it took."""

    outcome: Outcome
    manifests: tuple[Manifest, ...]
    readiness: WaitReport
    seconds: float


@dataclass(frozen=True)
class Verification:
    """Whether what is declared is ready, and how its chart tests and acceptance tests ended."""

    manifests: tuple[Manifest, ...]
    readiness: WaitReport
    tests: tuple[Ended, ...] = ()
    acceptance: Results = field(default_factory=Results)

    @property
    def ok(self) -> bool:
        """True when all is ready and every test passed."""
        passed = all(test.state == "passed" for test in self.tests)
        return self.readiness.ok and passed and self.acceptance.ok


def graph(stack: Stack, progress: Discreet, *, live: bool = False) -> Graph:
    """The resources as a deployment would leave them; ``live``: those that the state holds.

    Only the plan needs the manifests, and knows which application an object belongs to.

    Raises: OnestackError.
    """
    if live:
        engine.ensure_stack(stack.workspace)
        return Graph(from_state(engine.read_state(stack.workspace).resources))
    ready = prepared(stack, progress, full=True)
    progress.step(f"planning {stack.settings.stack}")
    steps = engine.planned(stack.workspace, handed=ready.run.whole)
    names = Names(stack.repository.project, stack.settings.stack)
    return Graph(from_steps(steps), {names.of(one): one.application for one in ready.made.applied})


def deploy(
    stack: Stack,
    progress: Discreet,
    *,
    full: bool = False,
    begins: Callable[[State], None] = lambda _state: None,
    ran: Callable[[Outcome], None] = lambda _outcome: None,
) -> Deployment:
    """Read -> survey -> finish what a dead run left -> up -> readiness.

    ``begins`` is called with the state that was read, before anything is done, and may refuse; ``ran`` with
    what the engine did, before it is known whether all becomes ready.

    Raises: OnestackError.
    """
    began = time.monotonic()
    ready = prepared(stack, progress, full=full, writes=True)
    made, found, run = ready.made, ready.found, ready.run
    begins(run.state)
    _finish(stack, found, progress)
    run.begin()
    try:
        outcome = _up(stack, found, run, progress)
    except EngineFailed as error:
        caution.look_again(stack, error, progress)
        raise _said_by_hooks(stack, made.applied, error) from None
    ran(outcome)
    if stack.workspace.cloud:
        located(stack, engine.read_state(stack.workspace))
    _settle(stack, run.state, progress)
    readiness = wait(stack, made.applied, progress)
    run.mark_ready()
    return Deployment(outcome, made.applied, readiness, time.monotonic() - began)


def _finish(stack: Stack, found: Standing, progress: Progress) -> None:
    """Removes what only a dead run knew of, and makes ready what is to be taken over."""
    project, name = stack.repository.project, stack.settings.stack
    if found.strays or found.interrupted or found.unheld:
        stack.ask(lambda client: recovery.finish(client, found, project, name, progress.note))


def _settle(stack: Stack, state: State, progress: Progress) -> None:
    """Has the state forget what a run that died had begun, now that it is known how that ended."""
    for left in engine.settle(stack.workspace) if state.pending else ():
        progress.note(f"a run that died may have left {left}: if it exists, import it or delete it by hand")


def _up(stack: Stack, found: Standing, run: Runs, progress: Progress) -> Outcome:
    """One run of the engine; after one that took over, another that ends the taking over."""
    workspace, compare = stack.workspace, bool(found.missing)
    if workspace.cloud:
        workspace = caution.planned(stack, run, progress, compare=compare)
    if found.missing:
        progress.note(f"gone from the cluster, to be made again: {', '.join(map(str, found.missing))}")
    show = EngineProgress(progress, "deploying")
    outcome = run(partial(engine.up, workspace, show, compare=compare))
    if run.whole.adopting:
        engine.up(workspace, show, handed=replace(run.whole, adopting=False))
    return outcome


def _said_by_hooks(stack: Stack, manifests: Sequence[Manifest], error: EngineFailed) -> OnestackError:
    """The failure of a run, with what hooks that didn't end well say where there are any."""
    hooks = [manifest for manifest in manifests if hook(manifest)]
    if not hooks:
        return error
    try:
        report = stack.ask(lambda client: assess_now(client, _references(hooks)))
        unfinished = standing.identities(engine.read_state(stack.workspace).unfinished)
    except OnestackError:
        return error
    said = [str(one) for one in report.not_ready if one.verdict != GONE]
    for manifest, one in zip(hooks, report.outcomes, strict=True):
        if manifest.identity in unfinished and one.verdict in {GONE, VANISHED, ENDED}:
            said.append(f"{one.ref}: didn't end well, and is gone")
    if not said:
        return error
    failed = HookFailed(stack.settings.stack, said, error.why)
    failed.done = error.done
    return failed


def verify(stack: Stack, progress: Discreet, *, junit: Path | None = None) -> Verification:
    """One look at the readiness of all that the stack declares, then its tests: charts', then acceptance.

    ``junit`` is where the results of the latter are written, beside what they return.

    Raises: OnestackError.
    """
    made = readable(stack, progress)
    if stack.workspace.cloud:
        engine.ensure_stack(stack.workspace)
        located(stack, engine.read_state(stack.workspace))
    with hiding(stack, progress):
        readiness = stack.ask(lambda client: assess_now(client, _references(made.applied)))
    tests = _tested(stack, made.tests, readiness, progress)
    if not readiness.ok:
        return Verification(made.applied, readiness, tests, Results(note=chart_tests.NOT_READY))
    accepted = acceptance.run(stack, progress, manifests=made.applied, junit=junit)
    return Verification(made.applied, readiness, tests, accepted)


def _tested(
    stack: Stack, tests: Sequence[Manifest], readiness: WaitReport, progress: Progress
) -> tuple[Ended, ...]:
    """How the stack's chart tests end; what isn't ready is not tried out."""
    if not (tests and readiness.ok):
        return chart_tests.not_run(tests, chart_tests.NOT_READY)
    owner = chart_tests.Owner(stack.repository.project, stack.settings.stack)
    timeout = stack.settings.readiness.timeout_seconds
    return stack.ask(
        lambda client: chart_tests.run(
            client, tests, owner, timeout_seconds=timeout, on_progress=progress.step
        ),
    )


def wait(stack: Stack, manifests: Sequence[Manifest], progress: Progress) -> WaitReport:
    """Waits until every manifest is ready. Raises: NotReady, ClusterUnreachable."""
    timeout = stack.settings.readiness.timeout_seconds
    report = stack.ask(
        lambda client: until_ready(
            client,
            _references(manifests),
            timeout_seconds=timeout,
            on_progress=lambda state: progress.step(f"waiting: {state.line()}"),
        ),
    )
    if not report.ok:
        raise NotReady(stack.settings.stack, report.message())
    return report


def destroy(
    stack: Stack,
    progress: Discreet,
    *,
    begins: Callable[[], None] = lambda: None,
    ran: Callable[[Outcome], None] = lambda _outcome: None,
) -> Outcome:
    """Deletes all that the stack holds, and all of its own that a dead run left. Both are as for `deploy`.

    Raises: OnestackError.
    """
    caution.require_official(stack)
    engine.ensure_stack(stack.workspace)
    caution.require_unprotected(stack)
    caution.take_up(stack, progress)
    with hiding(stack, progress):
        there = located(stack, engine.read_state(stack.workspace))
        if there:
            reachable(stack, progress)
    begins()
    outcome = engine.destroy(stack.workspace, EngineProgress(progress, "destroying"))
    ran(outcome)
    state = engine.read_state(stack.workspace)
    if stack.workspace.cloud:
        there = located(stack, state)
    if not there:
        return outcome
    left = survey(stack, (), state, progress)[0].strays
    if left:
        progress.note(f"deleting what a run that died left: {', '.join(map(str, left))}")
        project, name = stack.repository.project, stack.settings.stack
        stack.ask(lambda client: standing.remove(client, project, name, left))
    _settle(stack, state, progress)
    return outcome


def _references(manifests: Sequence[Manifest]) -> list[ObjectRef]:
    return [reference(manifest) for manifest in manifests]
