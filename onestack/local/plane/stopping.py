"""Stops the components, those that others need last."""

from __future__ import annotations

from typing import Final

from onestack.local.plane import process
from onestack.local.plane.commands import (
    APISERVER,
    COMPONENTS,
    CONTROLLER_MANAGER,
    ETCD,
    KWOK,
    SCHEDULER,
    identities,
)
from onestack.local.plane.layout import Layout
from onestack.local.plane.process import Record
from onestack.progress import Progress

# Groups in their order, with the seconds each gets before it is killed. Only etcd holds
# data; to kill the others loses nothing.
_ORDER: Final = (((KWOK, SCHEDULER, CONTROLLER_MANAGER), 3.0), ((APISERVER,), 8.0), ((ETCD,), 15.0))


def live(layout: Layout) -> dict[str, Record]:
    """The plane's processes that run now, by component."""
    records = {name: process.load(layout.record(name), known) for name, known in identities(layout).items()}
    return {name: record for name, record in records.items() if record and process.alive(record)}


def strays(layout: Layout) -> tuple[Record, ...]:
    """The plane's processes that nobody wrote down: their starter was killed in between."""
    known = [record.pid for record in live(layout).values()]
    return process.strays(identities(layout).values(), known)


def stop(layout: Layout, progress: Progress) -> tuple[tuple[str, Record], ...]:
    """Ends every process in order; returns those that could not be ended."""
    running = live(layout)
    if running:
        progress.step("stopping the control plane")
    for names, seconds in _ORDER:
        process.stop([running[name] for name in names if name in running], seconds)
    process.stop(strays(layout), 3.0)
    left = live(layout)
    for name in COMPONENTS:
        if name not in left:
            layout.record(name).unlink(missing_ok=True)
    return tuple(left.items())


def kill(layout: Layout) -> None:
    """Kills every process at once, without regard for the data."""
    process.kill((*live(layout).values(), *strays(layout)))
