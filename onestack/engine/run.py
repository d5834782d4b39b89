"""Runs of the engine: preview, up, destroy, export."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from filelock import FileLock, Timeout

from onestack.engine import failure, lock, marker, state
from onestack.engine.aside import aside, held, put_together
from onestack.engine.events import CHANGES, Diagnostic, Event, Step, Summary, is_noise
from onestack.engine.excerpt import Excerpt
from onestack.engine.marker import Marker
from onestack.engine.process import How, engine, events
from onestack.engine.workspace import Workspace
from onestack.errors import EngineFailed, EngineKilled, PartNotEnough, StackLocked
from onestack.handover import Handover

OnEvent = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """What a run did: resources by operation, the steps that were more than 'same', and warnings."""

    changes: Mapping[str, int]
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many resources were created, updated, replaced or deleted."""
        return sum(count for op, count in self.changes.items() if op in CHANGES)

    def with_same(self, count: int) -> Outcome:
        """The outcome of a run that was spared so many resources: they are the same."""
        return replace(self, changes={**self.changes, "same": self.changes.get("same", 0) + count})


def preview(
    workspace: Workspace,
    on_event: OnEvent,
    *,
    handed: Handover | None = None,
    excerpt: Excerpt | None = None,
    compare: bool = False,
) -> Outcome:
    """What an ``up`` would do; takes no lock. ``compare`` asks the cluster before the state is believed.

    ``handed`` spares the program its work, ``excerpt`` the engine what the run is not about.

    Raises: EngineFailed; PartNotEnough where the excerpt is.
    """
    how = How("preview", ("preview",), compare=compare or died(workspace), handed=handed)
    if excerpt is None:
        return _run(workspace, how, on_event)
    with aside(workspace, excerpt) as apart:
        return _run(apart, how, on_event).with_same(excerpt.left_out)


def up(
    workspace: Workspace,
    on_event: OnEvent,
    *,
    handed: Handover | None = None,
    excerpt: Excerpt | None = None,
    compare: bool = False,
) -> Outcome:
    """Makes the stack what the program declares.

    Its arguments are those of `preview`.

    Raises: EngineFailed, EngineKilled, StackLocked, DiskFull, PartNotEnough.
    """
    with _writing(workspace) as marked:
        arguments = ("up", "--yes", "--skip-preview")
        how = How("up", arguments, compare=compare or marked.recovers, handed=handed)
        if excerpt is None:
            return _run(workspace, how, on_event)
        if not workspace.own_state:
            raise PartNotEnough("the state is not beside this clone, and only the engine writes it")
        if marked.recovers or state.written(workspace) != excerpt.state.written:
            raise PartNotEnough("the state changed since it was read")
        with aside(workspace, excerpt) as apart, held(workspace):
            try:
                outcome = _run(apart, how, on_event)
            finally:
                put_together(workspace, excerpt, apart)
        return outcome.with_same(excerpt.left_out)


def unlock(workspace: Workspace) -> tuple[str, ...]:
    """Removes the locks whose holders are proven dead; returns who they were."""
    state.mend(workspace)
    dead = lock.release_dead(workspace.locks)
    if dead:
        marker.note_death(workspace.marker)
    return tuple(one.holder() for one in dead)


def died(workspace: Workspace) -> bool:
    """Whether the last run on the stack died, also one of plain pulumi: its state may not know all."""
    return marker.died(workspace.marker) or any(one.proven_dead() for one in lock.held(workspace.locks))


def destroy(workspace: Workspace, on_event: OnEvent) -> Outcome:
    """Deletes all that the stack's state holds. Raises: EngineFailed, EngineKilled, StackLocked."""
    with _writing(workspace) as marked:
        how = How("destroy", ("destroy", "--yes", "--skip-preview"), compare=marked.recovers)
        return _run(workspace, how, on_event)


@contextmanager
def _writing(workspace: Workspace) -> Iterator[Marker]:
    """Brackets a run that writes: alone, no dead run's lock in its way, and marked until its end.

    The marker stays after a failure, too, unless the engine wrote its state on the way out and had
    nothing to recover: only then is what it did known to the state.
    """
    file = workspace.marker
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(file.with_suffix(".lock"), timeout=0):
            unlock(workspace)
            if holders := lock.held(workspace.locks):
                hosts = frozenset(one.host for one in holders)
                raise StackLocked(workspace.stack, holders[0].holder(), hosts=hosts)
            marked, before = marker.begin(file), state.written(workspace)
            try:
                yield marked
            except (EngineFailed, PartNotEnough):
                if not marked.recovers and state.written(workspace) != before:
                    marker.end(file)
                raise
            marker.end(file)
    except Timeout:
        raise StackLocked(workspace.stack, "held by another onestack command on this machine") from None


def _run(workspace: Workspace, how: How, on_event: OnEvent) -> Outcome:
    changes: Mapping[str, int] = {}
    steps: list[Step] = []
    errors: list[str] = []
    warnings: list[str] = []
    with engine(workspace, how) as (process, said):
        for event in events(process):
            match event:
                case Summary():
                    changes = event.changes
                case Step(phase="started") if event.is_change:
                    steps.append(event)
                case Diagnostic(severity="error") if not is_noise(event.message):
                    errors.append(event.message)
                case Diagnostic(severity="warning"):
                    warnings.append(event.message)
            on_event(event)
        code = process.wait()
        said.seek(0)
        errors.extend(failure.spoken(said.read().decode(errors="replace")) if code and not errors else ())
    if code < 0:
        raise EngineKilled(how.verb, workspace.stack, signal.Signals(-code).name)
    if code:
        raise failure.of(how.verb, workspace.stack, tuple(dict.fromkeys(errors)))
    return Outcome(changes, tuple(steps), tuple(dict.fromkeys(warnings)))
