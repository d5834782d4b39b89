"""``python -m tests.bench.profile``: where onestack's time goes, by process and by cause."""

from __future__ import annotations

import json
import pstats
import shlex
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import click

from onestack.local.toolchain import ensure
from onestack.terminal import Terminal
from tests.bench import names
from tests.bench.causes import CAUSES, added, grouped
from tests.bench.machine import look
from tests.bench.phases import Phases, Place, Subject
from tests.bench.results import Results
from tests.bench.session import Session, fresh_plane, turns
from tests.bench.subjects import SUBJECTS
from tests.bench.table import Table
from tests.bench.tables import processes
from tests.bench.watch import named

ROOT: Final = Path(__file__).parents[2]
VARIABLE: Final = "BENCH_PROFILE"
# Kept once a second, since the engine may kill what it has no use for any more.
_SITE: Final = f"""
import os
folder = os.environ.get("{VARIABLE}")
if folder:
    import atexit, cProfile, json, marshal, sys, threading, time
    profile = cProfile.Profile()
    def keep():
        profile.snapshot_stats()
        file = os.path.join(folder, str(os.getpid()))
        with open(file + ".new", "wb") as kept:
            marshal.dump(profile.stats, kept)
        os.replace(file + ".new", file + ".pstats")
    def often():
        while True:
            time.sleep(1)
            keep()
    with open(os.path.join(folder, str(os.getpid()) + ".json"), "w") as file:
        json.dump(sys.orig_argv, file)
    atexit.register(keep)
    threading.Thread(target=often, daemon=True).start()
    profile.enable()
"""
_INTRODUCTION: Final = """\
# Where the time goes
onestack's own verbs on the generated objects of the [benchmarks](benchmarks.md), on a fresh control plane.
Written by `{command}` on {date}, on {cores} cores ({processor}); provider plugin: {provider}.

By process: CPU and memory as sampled every 50 ms, in a run without a profiler. By cause: seconds of the main
thread of our Python processes in a second run, with a profiler, which makes calls dearer than they are:
these are shares to compare, no times to quote. Each function's own time counts, for the cause that its
module stands for; waiting is waiting for another process, a socket or a lock, but for the command's reading
of what the engine says, which is in *state*. The engine has no profile here, only its CPU.
"""
Causes = Mapping[tuple[str, str], Mapping[str, float]]


def profiled(kept: Path) -> Subject:
    """onestack, with every Python process of a phase profiled into a folder of the phase."""

    def turn(place: Place) -> Phases:
        site = place.folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(_SITE)
        with closing(SUBJECTS["ours"].turn(place)) as phases:
            for phase in phases:
                folder = kept / str(len(place.objects.objects)) / phase.name
                folder.mkdir(parents=True)
                ours = {"PYTHONPATH": str(site), VARIABLE: str(folder)}
                command = replace(phase.command, environment={**phase.command.environment, **ours})
                yield replace(phase, command=command)

    return Subject(names.OURS, turn)


def causes(kept: Path, size: int) -> Causes:
    """Seconds by phase, process and cause, of what was kept."""
    found: dict[tuple[str, str], Mapping[str, float]] = defaultdict(dict)
    for phase in names.PHASES:
        for file in sorted((kept / str(size) / phase).glob("*.pstats")):
            key = phase, named(json.loads(file.with_suffix(".json").read_text()))
            stats = pstats.Stats(str(file)).stats  # type: ignore[attr-defined]
            found[key] = added((found[key], grouped(stats)))
    return found


def cause_table(found: Causes, size: int) -> Table:
    """By cause; what took next to nothing is not shown."""
    rows = tuple(
        (*key, *(f"{seconds.get(cause, 0.0):.1f}" for cause in CAUSES))
        for key, seconds in found.items()
        if sum(seconds.values()) >= 0.5
    )
    return Table(f"{size} objects, by cause", "", ("phase", "process", *CAUSES), rows)


def document(results: Results, found: Mapping[int, Causes]) -> str:
    """The document as Markdown."""
    one = results.machine
    parts = [
        _INTRODUCTION.format(
            command=results.command, date=results.began, cores=one.cores,
            processor=one.processor, provider=one.provider,
        )
    ]  # fmt: skip
    for size in results.sizes():
        these = replace(results, measurements=[m for m in results.measurements if m.size == size])
        by_process = replace(processes(these), title=f"{size} objects, by process", about="")
        parts += [table.markdown() for table in (by_process, cause_table(found.get(size, {}), size))]
    return "\n".join(parts)


@click.command()
@click.option("--sizes", default="500,2000", help="Numbers of objects.")
@click.option("--docs", type=click.Path(path_type=Path), default="docs", help="Folder of the document.")
def main(sizes: str, docs: Path) -> None:
    """Measure each phase once without and once with a profiler, and write profile.md."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the control plane goes too
    runs = {int(size): 1 for size in sizes.split(",")}
    with Terminal() as terminal:
        toolchain = ensure(ROOT, terminal)
    command = shlex.join(["python", "-m", "tests.bench.profile", *sys.argv[1:]])
    began = datetime.now(UTC).isoformat(timespec="seconds")
    begun = Results(look(toolchain), command, began, False, {}, ())
    build = ROOT / "build" / "bench"
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="profile-", dir=build) as folder:
        kept = Path(folder)
        taken = []
        for name, subject in (("plain", SUBJECTS["ours"]), ("profiled", profiled(kept / "stats"))):
            planes, say = partial(fresh_plane, toolchain), partial(click.echo, err=True)
            session = Session(begun, kept / f"{name}.json", toolchain, planes, say)
            taken.append(session.run(turns([subject], runs)))
        text = document(taken[0], {size: causes(kept / "stats", size) for size in runs})
        failures = [one.failed for results in taken for one in results.failures]
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "profile.md").write_text(text)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
