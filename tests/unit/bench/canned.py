"""Results as a session would have found them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.results import Machine, Measurement, Process, Results


def measured(
    subject: str, size: int, phase: str, seconds: float, *, run: int = 1, mib: int = 100, failed: str = ""
) -> Measurement:
    """One phase."""
    processes = {"engine": Process(seconds / 2, mib * 2**20)}
    return Measurement(
        subject, size, run, phase, seconds, seconds / 2, mib * 2**20, 0.4, processes, failed=failed
    )


def results(*measurements: Measurement, finished: bool = True) -> Results:
    """A session with these measurements."""
    return Results(
        machine=Machine("Some CPU", 2, 8 * 2**30, "Linux 6", {"kubectl": "1.36.3"}, "offline (a stand-in)"),
        command="python -m tests.bench --sizes 500,2000",
        began="2026-11-21T05:00:00+00:00",
        finished=finished,
        kinds={"500": {"Deployment": 98, "Namespace": 10}},
        measurements=measurements,
    )


def whole() -> Sequence[Measurement]:
    """Two sizes: every goal that can be seen is reached but that of destroy and of memory."""
    return (
        measured("control plane", 0, "control plane start", 4.6),
        measured("onestack", 500, "first up", 8.0),
        measured("onestack", 500, "first up", 10.0, run=2),
        measured("plain pulumi", 500, "first up", 100.0),
        measured("plain pulumi", 500, "first up", 100.0, run=2),
        measured("onestack", 2000, "first up", 20.0, mib=2000),
        measured("onestack", 2000, "no-op preview", 6.0),
        measured("onestack", 2000, "destroy", 40.0),
        measured("kubectl", 2000, "first up", 100.0),
        measured("kubectl", 2000, "then until ready", 20.0),
        measured("kubectl", 2000, "no-op preview", 10.0),
        measured("kubectl", 2000, "destroy", 400.0),
    )
