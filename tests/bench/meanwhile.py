"""Tables of what the control plane did during each phase. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from tests.bench import names
from tests.bench.controlplane import COMPONENTS
from tests.bench.results import Measurement, Results
from tests.bench.table import Table

_VERBS: Final = ("GET", "LIST", "POST", "APPLY", "PATCH", "PUT", "DELETE", "WATCH")


def plane_cpu(results: Results) -> Table:
    """CPU of the control plane by size, phase and subject."""
    about = (
        "CPU seconds of the control plane's processes while the command ran; medians. What goes on after "
        "the command has ended is not in it. All share the machine's cores with the command."
    )
    rows = []
    for key, runs in _phases(results):
        if any(one.plane_cpu for one in runs):
            each = [median(one.plane_cpu.get(name, 0.0) for one in runs) for name in COMPONENTS]
            total = median(sum(one.plane_cpu.values()) for one in runs)
            rows.append((*key, *(f"{seconds:.1f}" for seconds in (total, *each))))
    head = ("objects", "phase", "subject", "all", *COMPONENTS)
    return Table("The control plane meanwhile", about, head, tuple(rows))


def requests(results: Results) -> Table:
    """Requests to the API server by size, phase, subject and verb."""
    about = (
        "As the API server counts them, medians: those of its own controllers, of the node and the one "
        "that asked for the count are among them. A watch counts at its end; APPLY is applying server-side."
    )
    rows = []
    for key, runs in _phases(results):
        if any(one.requests for one in runs):
            each = [median(one.requests.get(verb, 0.0) for one in runs) for verb in _VERBS]
            rows.append((*key, *(f"{count:.0f}" if count else "-" for count in each)))
    return Table("Requests", about, ("objects", "phase", "subject", *_VERBS), tuple(rows))


def _phases(results: Results) -> Iterable[tuple[tuple[str, str, str], Sequence[Measurement]]]:
    for size in results.sizes():
        for phase in names.PHASES:
            for subject in names.SUBJECTS:
                if runs := tuple(results.find(subject, size, phase).values()):
                    yield (str(size), phase, subject), runs
