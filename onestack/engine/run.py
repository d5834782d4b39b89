"""Runs of the engine: preview, up, destroy, export."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

from filelock import FileLock, Timeout

from onestack.engine import bucket, failure, lock, looking, marker, pending, private, shared_folder, state
from onestack.engine.aside import aside, locked, put_together
from onestack.engine.events import Event
from onestack.engine.excerpt import Excerpt
from onestack.engine.heard import Heard
from onestack.engine.marker import Marker
from onestack.engine.outcome import Outcome
from onestack.engine.process import How, engine, events
from onestack.engine.state import State
from onestack.engine.workspace import Workspace
from onestack.errors import EngineFailed, EngineKilled, PartNotEnough, StackLocked
from onestack.gcp.left import Lead
from onestack.handover import Handover

OnEvent = Callable[[Event], None]


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
    with aside(workspace, excerpt.deployment(), excerpt.state.form) as apart:
        outcome = _run(apart, how, on_event)
    if outcome.reaches_all:
        raise PartNotEnough("the provider changes, and what it makes of every object may")
    return outcome.with_same(excerpt.left_out)


def up(
    workspace: Workspace,
    on_event: OnEvent,
    *,
    handed: Handover | None = None,
    excerpt: Excerpt | None = None,
    compare: bool = False,
) -> Outcome:
    """Makes the stack what the program declares.

    Its arguments are those of `preview`. Of an excerpt it may come to more: see `Outcome.reaches_all`.

    Raises: EngineFailed, EngineKilled, StackLocked, DiskFull, PartNotEnough.
    """
    with _writing(workspace, excerpt) as marked:
        arguments = ("up", "--yes", "--skip-preview")
        how = How("up", arguments, compare=compare or marked.recovers, handed=handed, marked=marked)
        if excerpt is None:
            return _run(workspace, how, on_event)
        with aside(workspace, excerpt.deployment(), excerpt.state.form) as apart:
            try:
                outcome = _run(apart, how, on_event)
            finally:
                put_together(workspace, excerpt, apart)
        return outcome.with_same(excerpt.left_out)


def look_for(workspace: Workspace, leads: Sequence[Lead], on_event: OnEvent) -> None:
    """Takes up into the state what exists of resources that a run which died began to create.

    The run stays marked as one that died: what else it did isn't known by then.

    Raises: EngineFailed, EngineKilled, StackLocked.
    """
    with _writing(workspace, settles=False):
        exported = state.export(workspace)
        asking = looking.asking(State(exported.pop("deployment")), leads)
        with aside(workspace, asking, exported) as apart:
            _run(apart, How("refresh", ("refresh", "--yes", "--skip-preview")), on_event)
            after = state.read(apart)
        exported = state.export(workspace)
        taken_up = looking.taken_up(State(exported["deployment"]), leads, after)
        state.replace(workspace, {**exported, "deployment": taken_up})


def unlock(workspace: Workspace) -> tuple[str, ...]:
    """Removes the locks whose holders are proven dead; returns who they were."""
    state.mend(workspace)
    dead = lock.release_dead(workspace.locks)
    if dead:
        marker.note_death(workspace.marker)
    elsewhere = (*bucket.release_own_lock(workspace), *shared_folder.release_own_lock(workspace))
    return tuple(one.holder() for one in (*dead, *elsewhere))


def died(workspace: Workspace) -> bool:
    """Whether the last run on the stack died, also one of plain pulumi: its state may not know all."""
    return marker.died(workspace.marker) or any(one.proven_dead() for one in lock.held(workspace.locks))


def destroy(workspace: Workspace, on_event: OnEvent) -> Outcome:
    """Deletes all that the stack's state holds. Raises: EngineFailed, EngineKilled, StackLocked."""
    with _writing(workspace) as marked:
        arguments = ("destroy", "--yes", "--skip-preview")
        how = How("destroy", arguments, compare=marked.recovers, marked=marked)
        return _run(workspace, how, on_event)


@contextmanager
def _writing(
    workspace: Workspace, excerpt: Excerpt | None = None, *, settles: bool = True
) -> Iterator[Marker]:
    """Brackets a run that writes: alone, no dead run's lock in its way, and marked until its end.

    A run of an excerpt holds the stack's lock itself: the engine takes that of the excerpt.

    The marker stays after a failure, too, unless the engine wrote its state on the way out, had nothing
    to recover and forgot nothing: only then is what it did known to the state. And after a run that
    doesn't settle what one that died did.
    """
    file = workspace.marker
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(file.with_suffix(".lock"), timeout=0):
            private.sweep(workspace.root)
            unlock(workspace)
            # An engine that outlived its command on an excerpt holds the lock of that.
            if holders := (*lock.held(workspace.locks), *private.orphans(workspace.root)):
                hosts = frozenset(one.host for one in holders)
                raise StackLocked(workspace.stack, holders[0].holder(), hosts=hosts)
            with locked(workspace) if excerpt else nullcontext():
                if excerpt:
                    _require_fresh(workspace, excerpt)
                yield from _marked(workspace, settles=settles)
    except Timeout:
        raise StackLocked(workspace.stack, "held by another onestack command on this machine") from None


def _marked(workspace: Workspace, *, settles: bool) -> Iterator[Marker]:
    file = workspace.marker
    marked, before = marker.begin(file), state.written(workspace)
    try:
        yield marked
    except StackLocked:
        # The engine found the lock, in a state that isn't ours to look into, and did nothing.
        if not marked.recovers:
            marker.end(file)
        raise
    except (EngineFailed, PartNotEnough) as error:
        sure = not (isinstance(error, EngineFailed) and error.forgets)
        if sure and not marked.recovers and state.written(workspace) != before:
            marker.end(file)
        raise
    if settles:
        marker.end(file)
    else:
        marker.leave(file)


def _require_fresh(workspace: Workspace, excerpt: Excerpt) -> None:
    """Makes sure that what the run writes can be put together with the rest.

    A state that isn't a file of ours can't, nor one that changed since it was read. Raises: PartNotEnough.
    """
    known = excerpt.state.written
    if known is None or known != state.written(workspace) or marker.read(workspace.marker) is not None:
        raise PartNotEnough("the state is not the one that was read")


def _run(workspace: Workspace, how: How, on_event: OnEvent) -> Outcome:
    heard = Heard()
    try:
        with engine(workspace, how, heard.take) as (process, said):
            if how.marked is not None:
                marker.engine_started(workspace.marker, how.marked, process.pid)
            for event in events(process):
                heard.take(event)
                on_event(event)
            code = process.wait()
            said.seek(0)
            errors = heard.errors or (failure.spoken(said.read().decode(errors="replace")) if code else ())
    except KeyboardInterrupt:
        if how.marked is not None and workspace.cloud:
            pending.note(workspace, heard.creating)
        raise
    if code < 0:
        raise EngineKilled(how.verb, workspace.stack, signal.Signals(-code).name)
    if code:
        error = failure.of(
            how.verb,
            workspace.stack,
            tuple(dict.fromkeys(errors)),
            forgets=heard.forgets,
            shared=not workspace.own_state,
            project=heard.project,
        )
        if isinstance(error, EngineFailed):
            error.unfinished = heard.unfinished
            error.done = dict(heard.done) if how.verb in {"up", "destroy"} else None
        raise error
    return heard.outcome
