"""Runs a long command so that it can be watched, stopped and cleaned up after."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from onestack import processes
from onestack.child import started
from onestack.local.toolchain.files import read_json, replace_file

POLL_SECONDS = 0.1
GRACE_SECONDS = 2.0
TAIL_LINES = 12
OWNER = "owner.json"
"""The file, in a run's unfinished folder, that names the command which writes there."""

Tick = Callable[[Sequence[str], int], str]
"""Is given the complete lines that are new, and the command's process id; what it returns, if not
empty, is why to stop."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``stopped`` is why we stopped it, empty if it ended by itself."""

    code: int
    stopped: str
    output: str

    @property
    def tail(self) -> str:
        """Its last lines that say something."""
        return "\n".join([line for line in self.output.splitlines() if line.strip()][-TAIL_LINES:])


def run(
    command: Sequence[str],
    *,
    log: Path,
    environ: Mapping[str, str],
    folder: Path,
    tick: Tick,
    owner: Path | None = None,
) -> Ended:
    """Runs a command with both outputs in ``log``, calling ``tick`` ten times a second.

    The command is the leader of a process group of its own, which is ended, children and all,
    when ``tick`` says so or this function is left by an exception. ``owner`` is a file naming the
    command, by which a later run can end it should this process be killed outright.
    Raises OSError if the command can't be started, KeyboardInterrupt on SIGINT, SIGTERM and SIGHUP.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink, log.open("rb") as source, termination_interrupts():
        with started(
            command, environ, folder=folder, stdout=sink, stderr=subprocess.STDOUT, end=end_group
        ) as child:
            if owner is not None:
                _name_owner(owner, child.pid)
            stopped = _watch(child, source.read, tick)
        return Ended(child.returncode, stopped, log.read_text(encoding="utf-8", errors="replace"))


def output_of(
    command: Sequence[str], environ: Mapping[str, str], *, seconds: float, folder: Path | None = None
) -> Ended:
    """What a short command prints, and how it ended; it and all that it started are ended after ``seconds``.

    A program that can't be started (not one for this machine, or a script without its interpreter)
    counts as one that ended with code 127, as in a shell.
    """
    try:
        with started(
            command,
            environ,
            folder=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            end=end_group,
        ) as child:
            output, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return Ended(-signal.SIGKILL, f"no answer within {seconds:.0f} s", "")
    except OSError as error:
        return Ended(127, "", error.strerror or str(error))
    return Ended(child.returncode, "", output.decode("utf-8", "replace"))


def end_leftover(owner: Path) -> None:
    """Ends the command that ``owner`` names, if it is still that very process, and its children."""
    named = read_json(owner)
    pid, identity, created = named.get("pid"), named.get("identity"), named.get("created")
    if not isinstance(pid, int):
        return
    if isinstance(identity, str):
        ours = processes.same(pid, identity)
    else:
        # An earlier version's. Once the clock was set it is left alone: nothing else proves that it is ours.
        ours = isinstance(created, float) and processes.ran_since(pid, created)
    if ours:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _watch(child: subprocess.Popen[bytes], read: Callable[[], bytes], tick: Tick) -> str:
    rest = b""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(POLL_SECONDS)
        *lines, rest = (rest + read()).split(b"\n")
        stop = tick([line.decode("utf-8", "replace") for line in lines], child.pid)
        if child.returncode is not None:
            return ""
        if stop:
            return stop


def _name_owner(owner: Path, pid: int) -> None:
    identity = processes.identity(pid)
    if identity is not None:
        replace_file(owner, json.dumps({"pid": pid, "identity": identity}))


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Ends the group that ``child`` leads, also when the child is gone: what it started may still write."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    child.wait()


@contextlib.contextmanager
def termination_interrupts() -> Iterator[None]:
    """Has SIGTERM and SIGHUP raise KeyboardInterrupt, so that they clean up as Ctrl-C does.

    Where a handler is set already it is kept; outside the main thread none can be set.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) == signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
