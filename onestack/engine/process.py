"""The engine as a child process: its command line, its environment for one run, its events, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from onestack import handover, interruptions
from onestack.engine import marker, private
from onestack.engine.events import Event, parse
from onestack.engine.marker import Marker
from onestack.engine.workspace import Workspace
from onestack.errors import PartNotEnough
from onestack.handover import Handover

# The engine's default is four times the processors; requests to an API server wait far longer than they work.
PARALLEL = 64

_CANCELLED = "cancelled"


@dataclass(frozen=True)
class How:
    """One run: the verb in words, the engine's arguments, whether it compares (see `up`).

    ``handed`` is what the program needn't work out itself. ``streamed``: a preview, too, speaks in events
    as they happen instead of in one document at the end. ``marked`` is the mark of a run that writes.
    """

    verb: str
    arguments: tuple[str, ...]
    compare: bool = False
    handed: Handover | None = None
    streamed: bool = True
    marked: Marker | None = None

    def command(self, stack: str) -> list[str]:
        """The engine's command line."""
        return [
            "pulumi", *self.arguments, *(["--refresh"] if self.compare else []), "--stack", stack,
            "--json", "--non-interactive", "--parallel", str(PARALLEL),
        ]  # fmt: skip


@contextmanager
def engine(
    workspace: Workspace, how: How, late: Callable[[Event], None] = lambda _event: None
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The engine as a child that is interrupted, not abandoned, when this process is.

    Yields the process, whose stdout are events, and what it says on stderr. ``late`` is told the events that
    weren't read before an interrupt.

    Raises: PartNotEnough where the program asked for more than it was handed.
    """
    with tempfile.TemporaryFile() as said, private.folder(workspace.root) as folder:
        process: subprocess.Popen[bytes] | None = None
        try:
            with interruptions.held_back():
                process = _started(workspace, how, Path(folder), said)
            yield process, said
        except BaseException:
            (Path(folder) / _CANCELLED).touch()
            if process is not None:
                _stop(process, late)
            raise
        finally:
            if process is not None and process.stdout is not None:
                process.stdout.close()
            wider = handover.asked_for_all(Path(folder))
        if wider:
            raise PartNotEnough("the program asked for all objects")


def _started(workspace: Workspace, how: How, folder: Path, said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        how.command(workspace.stack),
        cwd=workspace.root,
        env=workspace.environment() | _for_this_run(workspace, how, folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=said,
        # A group of its own: an interrupt from the terminal reaches us alone, and we pass it on once.
        process_group=0,
    )


def _for_this_run(workspace: Workspace, how: How, folder: Path) -> dict[str, str]:
    """What a run of ours sets beside the environment that plain pulumi has, too; ``folder`` is the run's."""
    chosen = {
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true" if how.streamed else "false",
        marker.CANCELLED: str(folder / _CANCELLED),
    }
    if not workspace.checkpointed:
        chosen |= {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
    if how.handed:
        chosen[handover.VARIABLE] = str(handover.write(folder, how.handed))
    return chosen


def _stop(process: subprocess.Popen[bytes], late: Callable[[Event], None]) -> None:
    """Lets the engine finish the calls under way and write its state; a second interrupt ends it hard.

    What it says meanwhile, or had said and nobody read yet, may be of a creation that is cut off.
    """
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        for event in events(process):
            late(event)
        process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def events(process: subprocess.Popen[bytes]) -> Iterator[Event]:
    """What the engine says while it runs, as it says it."""
    assert process.stdout is not None  # noqa: S101 - Popen was told to make it
    for line in process.stdout:
        # Debug diagnostics are most of the stream; they are not worth decoding.
        if not line.startswith(b"{") or b'"severity":"debug"' in line:
            continue
        try:
            event = parse(orjson.loads(line))
        except orjson.JSONDecodeError:
            continue  # an interrupt came while it was read
        if event is not None:
            yield event
