"""Looks at a control plane's processes and listeners and says what it sees."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from onestack.local.plane import marker as markers
from onestack.local.plane import process
from onestack.local.plane.certificates import Pki
from onestack.local.plane.commands import (
    APISERVER,
    COMPONENTS,
    CONTROLLER_MANAGER,
    ETCD,
    KWOK,
    SCHEDULER,
    identities,
)
from onestack.local.plane.configuration import NODE_NAME
from onestack.local.plane.layout import Layout
from onestack.local.plane.ports import LOOPBACK, Ports
from onestack.local.plane.preparation import read_ports
from onestack.local.plane.probe import Answer, Probe
from onestack.local.plane.readiness import node_ready
from onestack.local.plane.status import ComponentStatus, PlaneStatus, overall


@dataclass(frozen=True)
class _Check:
    port: int | None
    ask: Callable[[], str]


def look(layout: Layout, kubeconfig: Path) -> PlaneStatus:
    """The plane as it is now. Raises PlaneDirectoryForeign, PlaneDamaged, PlaneNotPermitted."""
    marker = markers.read(layout)
    ports = read_ports(layout) if marker is not None else None
    if marker is None or ports is None:
        return PlaneStatus("absent", (), "", "", kubeconfig, layout.directory, None)
    checks = _checks(layout, ports)
    with ThreadPoolExecutor(max_workers=len(COMPONENTS)) as pool:
        components = tuple(pool.map(lambda name: _component(layout, name, checks[name]), COMPONENTS))
    records = (_record(layout, part.name) for part in components if part.alive)
    return PlaneStatus(
        state=overall(components, present=True),
        components=components,
        server=f"https://{LOOPBACK}:{ports.apiserver}",
        kubernetes_version=marker.kubernetes,
        kubeconfig=kubeconfig,
        directory=layout.directory,
        since=min((record.since() for record in records if record), default=None),
    )


def _record(layout: Layout, name: str) -> process.Record | None:
    return process.load(layout.record(name), identities(layout)[name])


def _component(layout: Layout, name: str, check: _Check) -> ComponentStatus:
    record = _record(layout, name)
    log = layout.log(name)
    if record is None or not process.alive(record):
        detail = (
            "not started" if record is None else f"process {record.pid} has ended by itself or was killed"
        )
        return ComponentStatus(name, None, check.port, alive=False, ready=False, detail=detail, log=log)
    trouble = check.ask()
    return ComponentStatus(
        name, record.pid, check.port, alive=True, ready=not trouble, detail=trouble, log=log
    )


def _checks(layout: Layout, ports: Ports) -> dict[str, _Check]:
    pki = Pki(layout.pki)
    etcd, kubernetes = Probe(pki, "etcd-ca", "apiserver-etcd-client"), Probe(pki, "ca", "admin")

    def healthz(port: int, path: str) -> _Check:
        return _Check(port, lambda: _trouble(kubernetes.get(port, path)))

    def node() -> str:
        answer = kubernetes.get(ports.apiserver, f"/api/v1/nodes/{NODE_NAME}")
        if not answer.ok:
            return f"its node can't be looked at: {_trouble(answer)}"
        return "" if node_ready(answer.json()) else "its node is not ready"

    return {
        ETCD: _Check(ports.etcd, lambda: _trouble(etcd.get(ports.etcd, "/health"))),
        APISERVER: healthz(ports.apiserver, "/readyz"),
        CONTROLLER_MANAGER: healthz(ports.controller_manager, "/healthz"),
        SCHEDULER: healthz(ports.scheduler, "/healthz"),
        KWOK: _Check(None, node),
    }


def _trouble(answer: Answer) -> str:
    if answer.ok:
        return ""
    if answer.status == 0:
        return f"does not answer: {answer.text}"
    failed = [line for line in answer.text.splitlines() if "[-]" in line]
    return f"answers {answer.status}: {' '.join(failed) or answer.text[:200]}"
