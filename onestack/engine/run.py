"""Runs of the engine: preview, up, destroy, export."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from onestack.engine import failure, lock, marker, state
from onestack.engine.events import CHANGES, Diagnostic, Event, Step, Summary, is_noise, parse
from onestack.engine.marker import Marker
from onestack.engine.workspace import Workspace
from onestack.errors import EngineFailed, EngineKilled, StackLocked

OnEvent = Callable[[Event], None]

# The engine's default is four times the processors; requests to an API server wait far longer than they work.
PARALLEL = 64


@dataclass(frozen=True)
class How:
    """One run: the verb in words, the engine's arguments, whether it compares and adopts (see `up`)."""

    verb: str
    arguments: tuple[str, ...]
    compare: bool = False
    adopt: bool = False


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


def preview(workspace: Workspace, on_event: OnEvent, *, compare: bool = False) -> Outcome:
    """What an ``up`` would do; takes no lock. ``compare`` asks the cluster before the state is believed.

    Raises: EngineFailed.
    """
    how = How("preview", ("preview",), compare=compare or died(workspace))
    return _run(workspace, how, on_event)


def up(workspace: Workspace, on_event: OnEvent, *, compare: bool = False, adopt: bool = False) -> Outcome:
    """Makes the stack what the program declares.

    ``compare`` asks the cluster before the state is believed; ``adopt`` takes over declared objects
    that exist, which the caller must have checked to be the stack's own.

    Raises: EngineFailed, EngineKilled, StackLocked, DiskFull.
    """
    with _writing(workspace) as marked:
        arguments = ("up", "--yes", "--skip-preview")
        how = How("up", arguments, compare=compare or marked.recovers, adopt=adopt)
        return _run(workspace, how, on_event)


def unlock(workspace: Workspace) -> tuple[str, ...]:
    """Removes the locks whose holders are proven dead; returns who they were."""
    state.mend(workspace)
    dead = lock.release_dead(workspace.locks)
    if dead:
        marker.note_death(workspace.marker)
    return tuple(one.holder() for one in dead)


def died(workspace: Workspace) -> bool:
    """Whether the last run on the stack died, so that its state may not know all."""
    return marker.died(workspace.marker)


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
            except EngineFailed:
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
    with _engine(workspace, how) as (process, said):
        for event in _events(process):
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
    return Outcome(changes=changes, steps=tuple(steps), warnings=tuple(dict.fromkeys(warnings)))


@contextmanager
def _engine(workspace: Workspace, how: How) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    """The engine as a child that is interrupted, not abandoned, when this process is."""
    command = [
        "pulumi", *how.arguments, *(["--refresh"] if how.compare else []), "--stack", workspace.stack,
        "--json", "--non-interactive", "--parallel", str(PARALLEL),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said, tempfile.TemporaryDirectory(prefix="onestack-") as folder:
        cancelled = Path(folder) / "cancelled"
        process = subprocess.Popen(
            command,
            cwd=workspace.root,
            env=workspace.environment() | _for_this_run(workspace, how, cancelled),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            # A group of its own: an interrupt from the terminal reaches us alone, and we pass it on once.
            process_group=0,
        )
        try:
            yield process, said
        except BaseException:
            cancelled.touch()
            _stop(process)
            raise


def _for_this_run(workspace: Workspace, how: How, cancelled: Path) -> dict[str, str]:
    """What a run of ours sets beside the environment that plain pulumi has, too."""
    chosen = {
        # A preview, too, speaks in events as they happen instead of in one document at the end.
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
        marker.CANCELLED: str(cancelled),
    }
    if workspace.own_state:
        # Writing the state after every resource is quadratic. A run that dies is finished from the
        # cluster instead (docs/adr/0003); its marker stands beside a state that only we write.
        chosen |= {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
    if how.compare:
        chosen[marker.COMPARED] = "true"
    if how.adopt:
        chosen[marker.ADOPTING] = "true"
    return chosen


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Lets the engine finish the calls under way and write its state; a second interrupt ends it hard."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.communicate()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _events(process: subprocess.Popen[bytes]) -> Iterator[Event]:
    assert process.stdout is not None  # noqa: S101 - Popen was told to make it
    for line in process.stdout:
        # Debug diagnostics are most of the stream; they are not worth decoding.
        if not line.startswith(b"{") or b'"severity":"debug"' in line:
            continue
        event = parse(orjson.loads(line))
        if event is not None:
            yield event
