"""Results as tables for people and as documents for programs. Pure."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from onestack.addresses import Address
from onestack.chart_tests import Ended
from onestack.engine import Outcome
from onestack.manifests.manifest import Manifest
from onestack.wait import WaitReport, reference

if TYPE_CHECKING:
    from onestack.local.plane import PlaneStatus
    from onestack.local.toolchain import Row

PAST = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "same": "unchanged",
}

_FEW: Final = 12
"""How many addresses fit below each other without hiding what was said before."""


def applications(manifests: Sequence[Manifest], readiness: WaitReport) -> Table:
    """One row per application: objects, ready, not observable, waiting, failed."""
    table = Table("application", "objects", "ready", "not observable", "waiting", "failed", box=None)
    for name, states in _by_application(manifests, readiness).items():
        counts = Counter(states)
        table.add_row(
            name,
            str(len(states)),
            *(str(counts[state]) for state in ("ready", "unobservable", "waiting", "failed")),
        )
    return table


def tools(rows: Iterable[Row]) -> Table:
    """Tool, version, where from; the paths of what lies in our own cache are only in the document."""
    table = Table("tool", "version", "from", "note", box=None)
    for row in rows:
        place = row.where if row.source == "on PATH" else ""
        table.add_row(row.tool, row.version, row.source, "; ".join(filter(None, (place, row.note))))
    return table


def plane(status: PlaneStatus) -> Table:
    """One row per component of the control plane."""
    table = Table("component", "state", "pid", "port", "", box=None)
    for one in status.components:
        state = "ready" if one.ready else "running" if one.alive else "stopped"
        table.add_row(one.name, state, str(one.pid or "-"), str(one.port or "-"), one.detail)
    return table


def located(status: PlaneStatus) -> str:
    """Where the control plane answers, for the end of a sentence; empty while it doesn't."""
    if status.state not in {"running", "degraded"}:
        return ""
    return f", Kubernetes {status.kubernetes_version} at {status.server}, kubeconfig {status.kubeconfig}"


def plane_document(status: PlaneStatus) -> dict[str, Any]:
    """The control plane as a JSON document (schema: docs/json.md)."""
    return {
        "state": status.state,
        "server": status.server,
        "kubernetes": status.kubernetes_version,
        "kubeconfig": str(status.kubeconfig),
        "data": str(status.directory),
        "since": status.since.isoformat() if status.since else None,
        "components": [
            {
                "name": one.name,
                "pid": one.pid,
                "port": one.port,
                "alive": one.alive,
                "ready": one.ready,
                "detail": one.detail,
                "log": str(one.log),
            }
            for one in status.components
        ],
    }


def addresses(found: Sequence[Address]) -> Table:
    """One row per address that the release answers at, the first few of many."""
    table = Table("address", "resolves to", "from", box=None)
    for one in found[:_FEW]:
        table.add_row(one.url, one.at, f"{one.kind} {one.name}")
    if len(found) > _FEW:
        table.add_row(f"and {len(found) - _FEW} more", "", "")
    return table


def newcomer(outcome: Outcome, platform: str, *, watched: bool) -> bool:
    """Whether somebody may want to be told what to do next: where all of a stack was made, as in its first
    deployment, and who plays with the local one at a terminal. In a log of CI it is the same every time.
    """
    return set(_changes(outcome)) == {"create"} or (watched and platform == "embedded")


def next_steps(server: str, stack: str, platform: str) -> tuple[str, ...]:
    """Where the cluster is, the exact commands to look around, and what to try next.

    Only the embedded control plane is what ``make`` starts and stops.
    """
    embedded = platform == "embedded"
    again = "make up" if embedded else f".venv/bin/onestack deploy {stack}"
    end = "make down takes" if embedded else f".venv/bin/onestack destroy {stack} takes"
    return (
        "",
        f"The cluster answers at {server}. Look around with plain tools:",
        f'  eval "$(.venv/bin/onestack env {stack})"',
        "  kubectl get pods,services,ingresses -A",
        "  pulumi stack",
        "",
        "Then try:",
        "  change an image tag below manifests/ and run: .venv/bin/onestack preview " + stack,
        f"  run {again} again: it changes nothing and says so",
        f"  {end} it all down",
    )


def counted(outcome: Outcome, *, planned: bool = False) -> str:
    """The run's changes in words: what it did, or, ``planned``, what it would do."""
    changes = _changes(outcome)
    if not changes.keys() - {"same"}:
        return "nothing changes" if planned else "nothing changed"
    words = [
        (f"{count} to {op}" if planned and op != "same" else f"{count} {PAST.get(op, op)}")
        for op, count in changes.items()
    ]
    return ", ".join(words)


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """The run as a JSON document (schema: docs/json.md)."""
    return {
        "changes": _changes(outcome),
        "steps": [
            {"op": step.op, "type": step.type, "name": step.name, "fields": list(step.fields)}
            for step in outcome.steps
        ],
        "warnings": list(outcome.warnings),
    }


def readiness_document(manifests: Sequence[Manifest], readiness: WaitReport) -> dict[str, Any]:
    """Readiness as a JSON document (schema: docs/json.md)."""
    return {
        "ready": readiness.ok,
        "applications": {
            name: dict(Counter(states)) for name, states in _by_application(manifests, readiness).items()
        },
        "notReady": [str(outcome) for outcome in readiness.not_ready],
    }


def tests(found: Sequence[Ended]) -> Iterator[str]:
    """A line for each chart test, then one of counts; nothing where there are none."""
    ran = [test for test in found if test.is_test or test.state != "passed"]
    yield from (f"test {test.manifest.application}: {test}" for test in ran)
    if ran:
        counts = Counter(test.state for test in ran)
        yield f"{len(ran)} chart tests: " + ", ".join(f"{counts[state]} {state}" for state in sorted(counts))


def tests_document(found: Sequence[Ended]) -> dict[str, Any]:
    """Chart tests as a JSON document (schema: docs/json.md)."""
    return {
        "tests": [
            {
                "application": test.manifest.application,
                "object": str(reference(test.manifest)),
                "state": test.state,
                "message": test.message,
                "seconds": round(test.seconds, 1),
            }
            for test in found
            if test.is_test or test.state != "passed"
        ]
    }


def exports(variables: dict[str, str], search_path: Sequence[str]) -> str:
    """Shell lines that set the variables and put the folders in front of PATH."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    folders = ":".join(shlex.quote(folder) for folder in search_path)
    return "\n".join([*lines, f'export PATH={folders}:"$PATH"'])


def _changes(outcome: Outcome) -> dict[str, int]:
    """Resources by what became of them, without the engine's words for parts of a replacement."""
    return {op: count for op, count in sorted(outcome.changes.items()) if op in PAST and count}


def _by_application(manifests: Sequence[Manifest], readiness: WaitReport) -> dict[str, list[str]]:
    state = {outcome.ref: outcome.verdict.state for outcome in readiness.outcomes}
    states: dict[str, list[str]] = {}
    for manifest in manifests:
        states.setdefault(manifest.application, []).append(state.get(reference(manifest), "waiting"))
    return states
