"""One configured provider over the simulated projects of a folder, and the faults that it is told of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from onestack.errors import OperationTimedOut, ProviderError
from onestack.local.gcp import refusal
from onestack.local.gcp.config import Config
from onestack.local.gcp.faults import Fault, Operation, faults_file, held_file, read_faults, take
from onestack.local.gcp.project import Project, Projects
from onestack.local.gcp.protocol import Clusters
from onestack.local.gcp.table import Type

# Source: the timeouts in the resources of terraform-provider-google; those of GKE are longer.
_WAIT_SECONDS: Final = 20 * 60.0
_LOOK_SECONDS: Final = 0.1


@dataclass
class Session:
    """One configured provider. ``make_clusters`` gives the control planes of a project's folder."""

    config: Config
    make_clusters: Callable[[Path], Clusters]
    cancelled: threading.Event = field(default_factory=threading.Event)
    _clusters: dict[str, Clusters] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.projects = Projects(self.config.folder)

    def clusters(self, project: str) -> Clusters:
        """The control planes of a project, in the folder beside its file."""
        with self._making:
            if project not in self._clusters:
                self._clusters[project] = self.make_clusters(self.config.folder / project)
            return self._clusters[project]


@dataclass(frozen=True)
class Call:
    """What is to be done with one resource; ``seconds`` is the program's own timeout, 0 for the usual one."""

    known: Type
    inputs: Mapping[str, Any]
    resource_id: str = ""
    old: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0


def fault_of(sim: Session, project: Project, known: Type, resource_id: str, operation: Operation) -> Fault:
    """What is to go wrong with an operation; counted in ``project``. Raises InvalidFaults."""
    rules_now = read_faults(faults_file(sim.config.folder, project.name))
    return take(rules_now, project, known.token, resource_id, operation)


def refuse_on_order(
    sim: Session, fault: Fault, call: Call, resource_id: str, operation: str, name: str
) -> None:
    """Raises GoogleRefused: the fault says so. Nothing has happened then."""
    _hold(sim, fault, "before", name)
    if fault.refuse:
        sim.cancelled.wait(fault.seconds)
        raise refusal.on_order(call.known, operation, resource_id, fault.refuse, sim.projects.look(name))


def _hold(sim: Session, fault: Fault, when: str, project: str) -> None:
    """Stands still where the fault says so, until somebody lets it go on.

    Raises ProviderError: the run was cancelled meanwhile.
    """
    if fault.hold != when:
        return
    held = held_file(sim.config.folder, project)
    held.touch()
    while held.exists():
        if sim.cancelled.wait(_LOOK_SECONDS):
            raise ProviderError("context canceled")


def wait_for_google(sim: Session, fault: Fault, call: Call, known: Type, operation: str, name: str) -> None:
    """Waits as long as Google takes, in seconds.

    Raises:
        OperationTimedOut: that is longer than the provider waits.
        ProviderError: the run was cancelled meanwhile.
    """
    _hold(sim, fault, "after", name)
    patience = call.seconds or _WAIT_SECONDS
    doing = (
        f"for {operation.removesuffix('e')}ing {known.noun}"
        if known.resumes
        else f"to {operation} {known.noun}"
    )
    if sim.cancelled.wait(min(fault.seconds, patience)):
        raise ProviderError(f"Error waiting {doing}: context canceled")
    if fault.halfway or fault.seconds > patience:
        raise OperationTimedOut(doing, min(fault.seconds, patience))
