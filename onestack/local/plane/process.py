"""Processes that outlive the command which started them, and are recognised later."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from onestack import processes
from onestack.errors import PlaneBinaryUnusable
from onestack.local.plane.files import filesystem_errors, write


@dataclass(frozen=True)
class Record:
    """A started process. The pid alone proves nothing: ids are used again, so the identity
    and the executable must fit too. ``started`` (seconds since the epoch) is for people."""

    pid: int
    started: float
    executable: str
    fingerprint: str
    identity: str = ""

    def since(self) -> datetime:
        """When it was started."""
        return datetime.fromtimestamp(self.started, tz=UTC)


def start(argv: Sequence[str], log: Path, environment: Mapping[str, str], fingerprint: str) -> Record:
    """Starts a process in a session of its own, its output in ``log``.

    Raises:
        PlaneBinaryUnusable: it can't be executed.
        PlaneDiskFull, PlaneNotPermitted: the log can't be opened.
    """
    _set_aside(log)
    with filesystem_errors(log):
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # Not subprocess: its objects want to be waited for, and these outlive us.
            pid = os.posix_spawn(
                argv[0],
                list(argv),
                dict(environment),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, null, 0),
                    (os.POSIX_SPAWN_DUP2, output, 1),
                    (os.POSIX_SPAWN_DUP2, output, 2),
                ],
                setsid=True,
                setsigmask=[],
                setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGTERM],
            )
        except OSError as error:
            raise PlaneBinaryUnusable(argv[0], error.strerror or str(error)) from error
        finally:
            os.close(null)
    finally:
        os.close(output)
    return Record(pid, time.time(), argv[0], fingerprint, processes.identity(pid) or "")


def alive(record: Record) -> bool:
    """Whether that very process still runs. A zombie does not; ours is collected."""
    return _find(record) is not None


def strays(arguments: Collection[str], known: Collection[int]) -> tuple[Record, ...]:
    """Processes with one of the arguments whose ids are not ``known``."""
    wanted, found = set(arguments), []
    for process in psutil.process_iter(["cmdline", "create_time"]):
        argv = process.info["cmdline"] or []
        if process.pid not in known and wanted.intersection(argv[1:]):
            identity = processes.identity(process.pid) or ""
            found.append(Record(process.pid, process.info["create_time"], argv[0], "", identity))
    return tuple(found)


def signal_all(records: Sequence[Record], number: signal.Signals) -> None:
    """Sends a signal to each of the processes that still runs."""
    for record in records:
        process = _find(record)
        if process is not None:
            with suppress(psutil.Error):
                process.send_signal(number)


def wait_gone(records: Sequence[Record], seconds: float) -> tuple[Record, ...]:
    """Waits until the processes have ended; returns those that have not after ``seconds``."""
    deadline = time.monotonic() + seconds
    left = tuple(record for record in records if alive(record))
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = tuple(record for record in left if alive(record))
    return left


def stop(records: Sequence[Record], grace_seconds: float) -> None:
    """SIGTERM, then SIGKILL for what has not ended in time; returns when all have."""
    signal_all(records, signal.SIGTERM)
    kill(wait_gone(records, grace_seconds))


def kill(records: Sequence[Record]) -> None:
    """SIGKILL, and waits until they are gone."""
    signal_all(records, signal.SIGKILL)
    wait_gone(records, 10.0)


def save(record: Record, path: Path) -> None:
    """Writes a process's record. Raises PlaneDiskFull and PlaneNotPermitted."""
    write(path, json.dumps(asdict(record)) + "\n")


def load(path: Path, argument: str) -> Record | None:
    """Reads a process's record; None where there is none that can be understood.

    ``argument`` is one that only this process has. By it a process that an earlier version started is
    taken up: that noted nothing but the start by the clock, which proves nothing once the clock was set.
    """
    try:
        values = json.loads(path.read_text())
        record = Record(
            int(values["pid"]),
            float(values["started"]),
            str(values["executable"]),
            str(values["fingerprint"]),
            str(values.get("identity", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if record.identity else _taken_up(record, argument)


def _taken_up(record: Record, argument: str) -> Record:
    """An earlier version's record, with the identity of its process if that is the one.

    It is if it is the program with the plane's own argument. Whatever else has the number now is not, so that
    it is neither believed nor ended.
    """
    identity = processes.identity(record.pid)
    try:
        argv = psutil.Process(record.pid).cmdline()
    except psutil.Error:
        return record
    if argv[:1] != [record.executable] or argument not in argv[1:] or identity is None:
        return record
    return replace(record, identity=identity)


def last_lines(log: Path, count: int = 8) -> tuple[str, ...]:
    """The end of a log, for a person who wants to know why."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 16384))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    return tuple(line[:400] for line in text.splitlines() if line.strip())[-count:]


def _find(record: Record) -> psutil.Process | None:
    try:
        process = psutil.Process(record.pid)
        if not processes.same(record.pid, record.identity):
            return None
        if process.status() == psutil.STATUS_ZOMBIE:
            return None if _collected(process) else process
        # The kernel shows no command line of a process that is ending but still holds its
        # files and ports: that one is not gone yet.
        if process.cmdline()[:1] not in ([record.executable], []):
            return None
    except psutil.ZombieProcess:
        # Between the two looks; the next one tells.
        return process
    except psutil.Error:
        return None
    return process


def _collected(zombie: psutil.Process) -> bool:
    """Whether nothing of it runs any more. A process is a zombie as soon as its first thread
    has ended, while others may still hold its files; ours is collected when all have."""
    try:
        return os.waitpid(zombie.pid, os.WNOHANG)[0] == zombie.pid
    except ChildProcessError:
        return bool(zombie.num_threads() <= 1)


def _set_aside(log: Path) -> None:
    """A log is one process's; the one before it is kept, so that a crash can be looked into."""
    with filesystem_errors(log):
        if log.exists():
            log.replace(log.with_suffix(".log.1"))


def environment(home: Path) -> dict[str, str]:
    """What a component gets to see: no proxy, no credential of the person's shell."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": os.environ.get("TMPDIR", "/tmp" if sys.platform != "win32" else ""),  # noqa: S108 - the system's own default
        # Memory for speed: with 400 the API server takes a fifth less CPU than with 200 for
        # 1,000 objects, and a third more memory.
        "GOGC": "300",
    }
