"""Waits for a starting control plane; notices at once when a component ends instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from onestack.errors import (
    OnestackError,
    PlaneComponentExited,
    PlaneDiskFull,
    PlanePortTaken,
    PlaneTimeout,
)
from onestack.local.plane import process
from onestack.local.plane.bootstrap import Object, objects
from onestack.local.plane.certificates import Pki
from onestack.local.plane.commands import KWOK, Command
from onestack.local.plane.configuration import NODE_NAME
from onestack.local.plane.ports import holder
from onestack.local.plane.preparation import StartPlan
from onestack.local.plane.probe import Answer, Probe
from onestack.progress import Progress

_POLL_SECONDS: Final = 0.05
# A component that was running already has nothing to do that takes this long.
HUNG_SECONDS: Final = 20.0


class StartAgainError(Exception):
    """A component that was found running is not usable; what it did is over, so the start
    is to be planned anew. Never leaves this package."""

    def __init__(self, component: str, why: str) -> None:
        super().__init__(f"{component} {why}: it is started anew")


@dataclass
class Readiness:
    """The waits of one start. All share one deadline."""

    plan: StartPlan
    timeout_seconds: float
    progress: Progress
    _found: frozenset[str] = field(init=False)
    _deadline: float = field(init=False)
    _etcd: Probe = field(init=False)
    _kubernetes: Probe = field(init=False)

    def __post_init__(self) -> None:
        self._found = frozenset(self.plan.running)
        pki = Pki(self.plan.layout.pki)
        self._deadline = time.monotonic() + self.timeout_seconds
        self._etcd = Probe(pki, "etcd-ca", "apiserver-etcd-client")
        self._kubernetes = Probe(pki, "ca", "admin")

    def etcd(self) -> None:
        """Until the database answers and has a leader."""
        ports = self.plan.ports
        self._until("etcd", lambda: self._etcd.get(ports.etcd, "/health").json().get("health") == "true")

    def apiserver_answers(self) -> None:
        """Until the API server answers anything at all; it is not ready yet then."""
        self._until("kube-apiserver", lambda: self._api("/livez/ping").ok)

    def apiserver(self) -> None:
        """Until the API server is ready for everybody."""
        self._until("kube-apiserver", lambda: self._api("/readyz").ok)

    def bootstrap(self) -> None:
        """Applies the objects that a cluster starts with, as soon as it takes them."""
        for item in objects(self.plan.kubernetes_version, reserved=not self.plan.own_node):
            what = f"{item.body['kind']} {item.body['metadata']['name']}"
            self._until(what, partial(self._apply, item))

    def everything(self) -> None:
        """Until the plane is as ready as a real cluster that workloads are sent to."""
        ports = self.plan.ports
        checks: tuple[tuple[str, Callable[[], bool]], ...] = (
            (
                "kube-controller-manager",
                lambda: self._kubernetes.get(ports.controller_manager, "/healthz").ok,
            ),
            ("kube-scheduler", lambda: self._kubernetes.get(ports.scheduler, "/healthz").ok),
            ("namespace kube-system", lambda: self._api("/api/v1/namespaces/kube-system").ok),
            (
                "default service account",
                lambda: self._api("/api/v1/namespaces/default/serviceaccounts/default").ok,
            ),
            (KWOK, lambda: node_ready(self._api(f"/api/v1/nodes/{NODE_NAME}").json())),
        )
        for name, check in checks:
            self._until(name, check)

    def _apply(self, item: Object) -> bool:
        answer = self._kubernetes.apply(self.plan.ports.apiserver, item.path, item.body)
        return answer.ok

    def _api(self, path: str) -> Answer:
        return self._kubernetes.get(self.plan.ports.apiserver, path)

    def _until(self, what: str, done: Callable[[], bool]) -> None:
        begun = time.monotonic()
        while not done():
            for component, record in self.plan.running.items():
                if not process.alive(record):
                    if component in self._found:
                        raise StartAgainError(component, "ended meanwhile")
                    raise ended(self.plan, component)
            if what in self._found and time.monotonic() - begun > HUNG_SECONDS:
                process.kill([self.plan.running[what]])
                raise StartAgainError(what, f"ran but did not answer for {HUNG_SECONDS:.0f} s")
            if time.monotonic() > self._deadline:
                raise PlaneTimeout(
                    self.timeout_seconds,
                    what,
                    str(self.plan.layout.logs),
                    process.last_lines(self.plan.layout.log(what)),
                )
            time.sleep(_POLL_SECONDS)


def node_ready(node: dict[str, Any]) -> bool:
    """Whether a Node's condition Ready is true."""
    conditions = node.get("status", {}).get("conditions") or []
    return any(entry.get("type") == "Ready" and entry.get("status") == "True" for entry in conditions)


def ended(plan: StartPlan, component: str) -> OnestackError:
    """Why a component that was to start has ended, from the end of its log."""
    log = plan.layout.log(component)
    lines = process.last_lines(log)
    return classify(plan.commands[component], vars(plan.ports), str(log), lines)


def classify(command: Command, ports: dict[str, int], log: str, lines: tuple[str, ...]) -> OnestackError:
    """The one place that reads meaning into the components' own words."""
    text = "\n".join(lines)
    if "address already in use" in text:
        named = [ports[name] for name in command.ports if f":{ports[name]}" in text]
        port = named[0] if named else ports[command.ports[0]]
        return PlanePortTaken(command.component, port, holder(port))
    if "no space left on device" in text or "disk quota exceeded" in text:
        return PlaneDiskFull(log, next(line for line in lines if "no space" in line or "quota" in line))
    return PlaneComponentExited(command.component, log, lines)
