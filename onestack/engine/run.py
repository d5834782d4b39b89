"""Runs of the engine: preview, up, destroy, export."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from onestack.engine import failure, lock, marker
from onestack.engine.events import Diagnostic, Event, Step, Summary, is_noise, parse
from onestack.engine.marker import Marker
from onestack.engine.workspace import Workspace
from onestack.errors import EngineFailed, EngineKilled, StackLocked

OnEvent = Callable[[Event], None]

# The engine's default is four times the processors; requests to an API server wait far longer than they work.
PARALLEL = 64
REFRESH = "--refresh"


# For runs of ours; plain pulumi, which `onestack env` serves, goes without.
_OURS_ALONE = {
    # A preview, too, speaks in events as they happen instead of in one document at the end.
    "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
    # Writing the state after every resource is quadratic. A run that dies is finished from the
    # cluster instead (docs/adr/0003): the marker tells that it died, ownership tells what is ours.
    "PULUMI_SKIP_CHECKPOINTS": "true",
    "PULUMI_EXPERIMENTAL": "true",
}


@dataclass(frozen=True)
class Outcome:
    """What a run did: resources by operation, the steps that were more than 'same', and warnings."""

    changes: Mapping[str, int]
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many resources were not the same."""
        return sum(count for op, count in self.changes.items() if op != "same")


def ensure_stack(workspace: Workspace) -> None:
    """Makes the stack in its backend where it is not there yet.

    Raises: EngineFailed.
    """
    if not workspace.shared_state and workspace.checkpoint.exists():
        return
    workspace.state.mkdir(parents=True, exist_ok=True)
    _command(workspace, "stack", "select", "--create", workspace.stack, "--secrets-provider", "passphrase")


def preview(workspace: Workspace, on_event: OnEvent) -> Outcome:
    """What an ``up`` would do; takes no lock. Raises: EngineFailed."""
    return _run(workspace, "preview", ("preview", *_comparing(died(workspace))), on_event)


def up(workspace: Workspace, on_event: OnEvent) -> Outcome:
    """Makes the stack what the program declares. Raises: EngineFailed, StackLocked."""
    with _writing(workspace) as marked:
        arguments = ("up", "--yes", "--skip-preview", *_comparing(marked.recovers))
        return _run(workspace, "up", arguments, on_event)


def unlock(workspace: Workspace) -> tuple[str, ...]:
    """Removes the locks whose holders are proven dead; returns who they were."""
    return tuple(dead.holder() for dead in lock.release_dead(workspace.locks))


def died(workspace: Workspace) -> bool:
    """Whether the last run of ours on the stack died, so that its state may not know all."""
    return marker.must_adopt(marker.path(workspace.state, workspace.project, workspace.stack))


def destroy(workspace: Workspace, on_event: OnEvent) -> Outcome:
    """Deletes all that the stack's state holds. Raises: EngineFailed, StackLocked."""
    with _writing(workspace):
        return _run(workspace, "destroy", ("destroy", "--yes", "--skip-preview"), on_event)


def export(workspace: Workspace) -> dict[str, Any]:
    """The stack's state as the engine exports it, secrets encrypted. Raises: EngineFailed."""
    exported: dict[str, Any] = orjson.loads(
        _command(workspace, "stack", "export", "--stack", workspace.stack)
    )
    return exported


def _comparing(after_a_death: bool) -> tuple[str, ...]:
    """What a dead run deleted is still in its state: the cluster is asked before that is believed."""
    return (REFRESH,) if after_a_death else ()


@contextmanager
def _writing(workspace: Workspace) -> Iterator[Marker]:
    """Brackets a run that writes: no dead run's lock in its way, and a marker that stays if it dies."""
    unlock(workspace)
    if holders := lock.held(workspace.locks):
        raise StackLocked(workspace.stack, holders[0].holder())
    file = marker.path(workspace.state, workspace.project, workspace.stack)
    try:
        yield marker.begin(file)
    except EngineFailed:
        marker.end(file)  # It failed in good order: what it did is in its state.
        raise
    marker.end(file)


def _run(workspace: Workspace, verb: str, arguments: tuple[str, ...], on_event: OnEvent) -> Outcome:
    changes: Mapping[str, int] = {}
    steps: list[Step] = []
    errors: list[str] = []
    warnings: list[str] = []
    with _engine(workspace, arguments) as (process, said):
        for event in _events(process):
            match event:
                case Summary():
                    changes = event.changes
                case Step(phase="started") if event.op != "same":
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
        raise EngineKilled(verb, workspace.stack, signal.Signals(-code).name)
    if code:
        raise failure.of(verb, workspace.stack, tuple(dict.fromkeys(errors)))
    return Outcome(changes=changes, steps=tuple(steps), warnings=tuple(dict.fromkeys(warnings)))


@contextmanager
def _engine(
    workspace: Workspace, arguments: tuple[str, ...]
) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    """The engine as a child that is interrupted, not abandoned, when this process is."""
    command = [
        "pulumi", *arguments, "--stack", workspace.stack, "--json", "--non-interactive",
        "--parallel", str(PARALLEL),
    ]  # fmt: skip
    environment = workspace.environment() | _OURS_ALONE
    if REFRESH in arguments:
        environment[marker.COMPARED] = "true"
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=workspace.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            # A group of its own: an interrupt from the terminal reaches us alone, and we pass it on once.
            process_group=0,
        )
        try:
            yield process, said
        except BaseException:
            _stop(process)
            raise


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


def _command(workspace: Workspace, *arguments: str) -> bytes:
    done = subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=workspace.root,
        env=workspace.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = failure.spoken(done.stderr.decode(errors="replace"))
        raise failure.of(" ".join(arguments[:2]), workspace.stack, said)
    return done.stdout
