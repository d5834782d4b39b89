"""The in-flight marker: a file beside the state that is there while a run writes, and after one that died.

A marker whose writer is gone means that objects may exist which the state does not know, and that
the state may hold what is gone. The next run, ours or one of plain pulumi, then asks the cluster before
it believes the state.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from onestack import processes

# Set for the program: a file that is there once the run has been told to end.
CANCELLED = "ONESTACK_CANCELLED"


@dataclass(frozen=True)
class Marker:
    """Who is, or was, writing; ``recovers`` says that it is cleaning up after one that died.

    ``engine`` is the number of the engine's process, which holds the stack's lock; 0 where none was started.
    ``identity`` tells the writer from all others of its number, empty where the kernel told nothing.
    ``started`` is when it began to write, by the clock.
    """

    pid: int
    started: float
    recovers: bool
    engine: int = 0
    identity: str = ""

    def alive(self) -> bool:
        """Whether the writer still runs: the same process, not only the same number."""
        if self.identity:
            return processes.runs(self.pid, self.identity)
        # An earlier version's, which noted when the process began. If the clock was set since, the run counts
        # as dead: that only has the next one ask the cluster first, and it still meets the lock.
        return processes.ran_since(self.pid, self.started)


def path(state: Path, project: str, stack: str) -> Path:
    """Where a stack's marker stands."""
    return state / f"{project}.{stack}.inflight.json"


def read(file: Path) -> Marker | None:
    """The marker, or None. One that can't be read is that of a run that died while writing it."""
    try:
        content = json.loads(file.read_text())
        return Marker(
            int(content["pid"]),
            float(content["started"]),
            bool(content["recovers"]),
            int(content.get("engine", 0)),
            str(content.get("identity", "")),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Marker(pid=0, started=0.0, recovers=True)


def dead_engine(file: Path) -> int:
    """The number of the engine that a run left behind which is dead itself; 0 where there is none."""
    last = read(file)
    return 0 if last is None or last.alive() else last.engine


def begin(file: Path) -> Marker:
    """Marks that this process begins to write; recovers where the last writer never ended."""
    earlier = read(file)
    pid = os.getpid()
    identity = processes.identity(pid) or ""
    marker = Marker(pid, time.time(), recovers=earlier is not None, identity=identity)
    _write(file, marker)
    return marker


def engine_started(file: Path, marker: Marker, pid: int) -> None:
    """Adds which process the engine is, once it is known."""
    _write(file, replace(marker, engine=pid))


def _write(file: Path, marker: Marker) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{marker.pid}")
    temporary.write_text(json.dumps(asdict(marker)))
    temporary.replace(file)


def end(file: Path) -> None:
    """Marks that the writer ended and that its state knows all that it did."""
    file.unlink(missing_ok=True)


def note_death(file: Path) -> None:
    """Marks that somebody else's run died, such as one of plain pulumi."""
    if read(file) is None:
        leave(file)


def leave(file: Path) -> None:
    """Marks that a run died, whoever wrote the mark that is there."""
    _write(file, Marker(pid=0, started=0.0, recovers=False))


def died(file: Path) -> bool:
    """Whether the last run that wrote died, so that the state may not know all, or know too much."""
    marker = read(file)
    return marker is not None and (marker.recovers or not marker.alive())
