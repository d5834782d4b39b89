"""Results as tables: the same for the terminal and for the document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from tests.bench import meanwhile, names
from tests.bench.ratio import (
    CHECKED,
    COMPARISONS,
    GROWTH,
    MEMORY,
    Spread,
    growth,
    peak_bytes,
    ratio,
    seconds,
    spread,
)
from tests.bench.results import Measurement, Results
from tests.bench.table import Table

_MIB = 2**20


def tables(results: Results) -> tuple[Table, ...]:
    """All that have something to show."""
    made = (
        failures(results),
        time(results),
        ratios(results),
        linear(results),
        comments(results),
        memory(results),
        processes(results),
        meanwhile.plane_cpu(results),
        meanwhile.requests(results),
        plane(results),
        checking(results),
    )
    return tuple(table for table in made if table.rows)


def failures(results: Results) -> Table:
    """The phases that failed."""
    rows = tuple(
        (str(one.size), str(one.run), one.subject, one.phase, one.failed) for one in results.failures
    )
    return Table("Failed", "These count nowhere.", ("objects", "run", "subject", "phase", "why"), rows)


def time(results: Results) -> Table:
    """Seconds by size, phase and subject."""
    about = (
        "Seconds of the whole command; the median, with least and most where it ran more than once. "
        "In the column of runs, how many there are of each figure, from left to right."
    )
    rows = []
    for size in results.sizes():
        for phase in names.PHASES:
            found = [seconds(results, subject, size, phase) for subject in names.SUBJECTS]
            if any(found):
                runs = [len(results.find(subject, size, phase)) for subject in names.SUBJECTS]
                shown = "/".join(str(count or "-") for count in runs)
                rows.append((str(size), phase, *(_text(one, 1) for one in found), shown))
    return Table("Time", about, ("objects", "phase", *names.SUBJECTS, "runs"), tuple(rows))


def ratios(results: Results) -> Table:
    """Ours to the others', with the goals."""
    about = (
        "onestack's time divided by the other's, in the same run: below 1 is faster. "
        "The goal is the most that the median should be. In brackets, the least and the most of all runs. "
        "There are no goals for kapp: it is the bar, since like onestack it compares, orders and waits."
    )
    sizes = results.sizes()
    rows = []
    for one in COMPARISONS:
        found = {size: ratio(results, one, size) for size in sizes}
        goal = one.goal.text(found.get(one.goal.size)) if one.goal else "-"
        rows.append((one.title, *(_text(found[size]) for size in sizes), goal))
    head = ("comparison", *(f"{size} objects" for size in sizes), "goal")
    return Table("Ratios", about, head, tuple(rows) if sizes else ())


def linear(results: Results) -> Table:
    """How much longer ours takes for more objects."""
    about = "How many times longer onestack takes for more objects: by the medians."
    pairs = tuple(pairwise(results.sizes()))
    rows = []
    for phase in names.PHASES:
        found = {pair: growth(results, phase, *pair) for pair in pairs}
        if any(found.values()):
            goal = GROWTH.text(found.get((500, GROWTH.size)))
            rows.append((phase, *(_text(one) for one in found.values()), goal))
    head = ("phase", *(f"{large} / {small}" for small, large in pairs), "goal")
    return Table("Growth", about, head, tuple(rows))


def comments(results: Results) -> Table:
    """How long the comment on a pull request is, of one change among so many objects."""
    about = "The comment of the preview of one change: characters; GitHub takes 65,536."
    rows = []
    for size in results.sizes():
        found = results.find(names.OURS, size, names.CHANGE_PREVIEW).values()
        lengths = [one.characters for one in found if one.characters is not None]
        if lengths:
            rows.append((str(size), str(max(lengths))))
    return Table("Comment", about, ("objects", "characters"), tuple(rows))


def memory(results: Results) -> Table:
    """Peak memory and CPU by size and subject."""
    about = (
        "Peak memory in MiB: the largest sum of resident memory over all processes of the command, the "
        "control plane not included; shared pages count for each process. CPU in seconds, user and system."
    )
    rows = []
    for size in results.sizes():
        for subject in names.SUBJECTS:
            peak = peak_bytes(results, subject, size)
            if peak is None:
                continue
            cpu = (
                spread(one.cpu_seconds for one in results.find(subject, size, phase).values())
                for phase in (names.UP, names.NO_OP, names.DESTROY)
            )
            goal = MEMORY.text(peak, "1024") if (subject, size) == (names.OURS, MEMORY.size) else "-"
            rows.append(
                (str(size), subject, f"{peak.most / _MIB:.0f}", goal, *(_text(one, 1) for one in cpu))
            )
    head = ("objects", "subject", "peak MiB", "goal", "CPU first up", "CPU no-op", "CPU destroy")
    return Table("Memory and CPU", about, head, tuple(rows))


def processes(results: Results) -> Table:
    """Ours at the largest size, by process."""
    size = max(results.sizes(), default=0)
    rows = []
    for phase in names.PHASES:
        runs = tuple(results.find(names.OURS, size, phase).values())
        rows += [(phase, *row) for row in _by_process(runs)]
    about = f"onestack at {size} objects, by process, as sampled every 50 ms."
    return Table("Where it goes", about, ("phase", "process", "CPU s", "peak MiB"), tuple(rows))


def plane(results: Results) -> Table:
    """How long the control plane takes to start."""
    about = "Seconds of `onestack local up`: in a fresh repository, and with the data of the first start."
    found = ((phase, seconds(results, names.PLANE, 0, phase)) for phase in (names.START, names.START_AGAIN))
    rows = tuple((phase, _text(one, 1)) for phase, one in found if one)
    return Table("Control plane", about, ("phase", "seconds"), rows)


def checking(results: Results) -> Table:
    """What checking takes, beside kubeconform."""
    about = (
        "Whole commands on 2000 objects, without a control plane. kubeconform looks at each object by its "
        "schema, with the same schemas and strictly; onestack looks also at names, scopes, references, "
        "namespaces, plain secrets and order."
    )
    theirs = results.find(names.CHECKING, 0, names.KUBECONFORM)
    rows = []
    for phase in names.CHECKS:
        found = results.find(names.CHECKING, 0, phase)
        if not found:
            continue
        cpu = spread(one.cpu_seconds for one in found.values())
        peak = max(one.peak_bytes for one in found.values())
        wall = seconds(results, names.CHECKING, 0, phase)
        beside = spread(found[run].wall_seconds / theirs[run].wall_seconds for run in found if run in theirs)
        goal = CHECKED.text(wall, f"{CHECKED.limit:g} s") if phase == names.CHECK else "-"
        rows.append((phase, _text(wall), goal, _text(cpu), f"{peak / _MIB:.0f}", _text(beside)))
    head = ("command", "seconds", "goal", "CPU s", "peak MiB", "/ kubeconform")
    return Table("Checking", about, head, tuple(rows))


def objects(results: Results) -> Table:
    """What was generated."""
    sizes = sorted(results.kinds, key=int)
    kinds = sorted({kind for counts in results.kinds.values() for kind in counts})
    rows = ((kind, *(str(results.kinds[size].get(kind, 0)) for size in sizes)) for kind in kinds)
    head = ("kind", *(f"{size} objects" for size in sizes))
    return Table("The objects", "Generated, always the same.", head, tuple(rows))


def machine(results: Results) -> Table:
    """Where, when and with what."""
    one = results.machine
    loads = [measured.load for measured in results.measurements]
    rows = {
        "date": results.began,
        "command": f"`{results.command}`",
        "Kubernetes provider plugin": one.provider,
        "processor": f"{one.processor}, {one.cores} cores",
        "memory": f"{one.memory_bytes / 2**30:.0f} GiB",
        "system": one.system,
        "runs": _runs(results),
        "load before the phases": f"{min(loads):.1f} to {max(loads):.1f}" if loads else "-",
        **dict(sorted(one.versions.items())),
    }
    return Table("The machine", "", ("what", "which"), tuple(rows.items()))


def _runs(results: Results) -> str:
    runs = {size: {one.run for one in results.measurements if one.size == size} for size in results.sizes()}
    return ", ".join(f"{len(found)} of {size} objects" for size, found in runs.items()) or "-"


def _by_process(runs: Sequence[Measurement]) -> Iterable[tuple[str, str, str]]:
    names = {name for one in runs for name in one.processes}
    found = []
    for name in names:
        these = [one.processes[name] for one in runs if name in one.processes]
        cpu = spread(one.cpu_seconds for one in these)
        if cpu is not None and cpu.middle >= 0.05:
            found.append((cpu.middle, name, max(one.peak_bytes for one in these)))
    for middle, name, peak in sorted(found, reverse=True):
        yield name, f"{middle:.1f}", f"{peak / _MIB:.0f}"


def _text(value: Spread | None, digits: int = 2) -> str:
    return value.text(digits) if value else "-"
