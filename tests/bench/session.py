"""A session: turn by turn, each subject on a fresh control plane; what was found is kept after each phase."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from onestack.local.plane import Plane
from onestack.local.toolchain import Toolchain
from onestack.progress import Silent
from tests.bench import controlplane, names
from tests.bench.generated import Generated, generate
from tests.bench.phases import Phase, Place, Subject
from tests.bench.results import Measurement, Results
from tests.bench.watch import Watched, watch

LIMIT_SECONDS: Final = 3600.0

Say = Callable[[str], None]
Planes = Callable[[Path], AbstractContextManager[Path]]


@dataclass(frozen=True)
class Turn:
    """One subject, once through all its phases."""

    subject: Subject
    size: int
    run: int

    @property
    def title(self) -> str:
        """Such as ``500 objects, run 1, onestack``."""
        objects = f"{self.size} objects, " if self.size else ""
        return f"{objects}run {self.run}, {self.subject.name}"


def turns(subjects: Sequence[Subject], runs: Mapping[int, int]) -> tuple[Turn, ...]:
    """``runs`` says how often each size is measured. Subjects alternate, and who begins changes, so
    that a machine that warms up or gets busy favours nobody."""
    alone = [one for one in subjects if not one.objects]
    made = [Turn(one, 0, run) for run in range(1, max(runs.values()) + 1) for one in alone]
    for size in sorted(runs):
        able = [one for one in subjects if one.objects and size <= one.largest]
        for run in range(1, runs[size] + 1):
            first = (run - 1) % max(1, len(able))
            made += [Turn(one, size, run) for one in (*able[first:], *able[:first])]
    return tuple(made)


@contextmanager
def fresh_plane(toolchain: Toolchain, folder: Path) -> Iterator[Path]:
    """A control plane whose etcd writes before it confirms, as in earnest; yields its kubeconfig."""
    plane = Plane(folder / "plane", toolchain, folder / "kubeconfig", durable=True)
    try:
        plane.up(Silent())
        yield plane.kubeconfig
    finally:
        plane.discard()


@dataclass
class Session:
    """``results`` grows and is saved to ``file``; ``planes`` makes a control plane in a folder."""

    results: Results
    file: Path
    toolchain: Toolchain
    planes: Planes
    say: Say
    _began: float = field(default_factory=time.monotonic)

    def run(self, planned: Sequence[Turn]) -> Results:
        """Takes every turn. A phase that fails ends its turn, not the session."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        for number, turn in enumerate(planned, 1):
            head = f"[{number}/{len(planned)}] {turn.title}"
            # Beside the results and not in the system's folder for temporary files: that may be
            # memory, where a durable write costs nothing.
            folder = Path(tempfile.mkdtemp(prefix="turn-", dir=self.file.parent.absolute()))
            try:
                self._take(turn, folder, head)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return self._keep(replace(self.results, finished=True))

    def _take(self, turn: Turn, folder: Path, head: str) -> None:
        if not turn.subject.objects:
            self._phases(turn, Place(folder, folder / "none", self.toolchain, Generated((), {})), head)
            return
        objects = generate(turn.size)
        self._keep(replace(self.results, kinds={**self.results.kinds, str(turn.size): objects.kinds()}))
        with self.planes(folder) as kubeconfig:
            work = folder / "work"
            work.mkdir()
            self._phases(turn, Place(work, kubeconfig, self.toolchain, objects), head)

    def _phases(self, turn: Turn, place: Place, head: str) -> None:
        with closing(turn.subject.turn(place)) as phases:
            for phase in phases:
                if not phase.measured(turn.size, turn.run):
                    self._tell(f"{head}: {phase.name}: left out, the first run has it")
                    return
                if not self._measure(turn, place, phase, head):
                    return

    def _measure(self, turn: Turn, place: Place, phase: Phase, head: str) -> bool:
        log = place.folder / "phase.log"
        load = round(os.getloadavg()[0], 2)
        title = f"{head}: {phase.name or 'preparation'}"
        before = _plane(place)
        took = watch(
            phase.command,
            log,
            limit_seconds=LIMIT_SECONDS,
            remind=lambda seconds: self._tell(f"{title} ... {seconds:.0f} s so far"),
        )
        cpu, requests = (controlplane.between(*two) for two in zip(before, _plane(place), strict=True))
        failed = _wrong(phase, took, log)
        left: int | None = None
        if turn.size and not failed and phase.name in {names.UP, names.DESTROY}:
            found, failed = _counted(place, 0 if phase.name == names.DESTROY else turn.size)
            left = found if phase.name == names.DESTROY else None
        if failed:
            failed = f"{failed}; log: {self._kept_log(log, turn, phase)}"
        if phase.name or failed:
            self._keep(replace(self.results, measurements=[
                *self.results.measurements,
                Measurement(
                    turn.subject.name, turn.size, turn.run, phase.name, took.wall_seconds, took.cpu_seconds,
                    took.peak_bytes, load, took.processes, left, failed,
                    cpu, requests, _characters(phase, failed),
                ),
            ]))  # fmt: skip
            mib = took.peak_bytes / 2**20
            figures = f"{took.wall_seconds:.1f} s (CPU {took.cpu_seconds:.1f} s, {mib:.0f} MiB)"
            if (many := _characters(phase, failed)) is not None:
                figures += f", a comment of {many} characters"
            self._tell(f"{title}: {f'failed: {failed}' if failed else figures}")
        return not failed

    def _kept_log(self, log: Path, turn: Turn, phase: Phase) -> Path:
        words = f"{self.file.stem} {turn.title} {phase.name or 'preparation'}"
        kept = self.file.parent / f"{''.join(c if c.isalnum() else '-' for c in words)}.log"
        shutil.copy(log, kept)
        return kept

    def _keep(self, results: Results) -> Results:
        self.results = results
        results.save(self.file)
        return results

    def _tell(self, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        self.say(f"{minutes}:{seconds:02d} {text}")


def _wrong(phase: Phase, took: Watched, log: Path) -> str:
    if took.wall_seconds >= LIMIT_SECONDS:
        return f"stopped after {LIMIT_SECONDS:.0f} s"
    if took.code not in phase.command.ok:
        return f"exit code {took.code}"
    if phase.says not in log.read_text(errors="replace"):
        return f"its output does not say '{phase.says}'"
    return ""


def _characters(phase: Phase, failed: str) -> int | None:
    return None if phase.writes is None or failed else len(phase.writes.read_text())


def _plane(place: Place) -> tuple[dict[str, float], dict[str, float]]:
    kubectl = place.toolchain.path("kubectl")
    return controlplane.cpu(place.kubeconfig.parent), controlplane.requests(kubectl, place.kubeconfig)


def _counted(place: Place, expected: int) -> tuple[int, str]:
    log = place.folder / "count.log"
    took = watch(place.listed(), log, limit_seconds=LIMIT_SECONDS, remind=lambda _seconds: None)
    lines = log.read_text(errors="replace").splitlines()
    if took.code:
        return 0, f"the objects can't be counted: {' '.join(lines)}"
    found = sum("/" in line for line in lines)
    return found, "" if found == expected else f"{found} objects are there, not {expected}"
