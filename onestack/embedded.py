"""The control planes on this machine: the repository's own, and those of clusters that are simulated."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from onestack import engine
from onestack import settings as stack_settings
from onestack.local.gcp.clusters import Planes, planes
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.toolchain import Toolchain
from onestack.progress import Progress
from onestack.repository import Repository


def plane(repository: Repository, toolchain: Toolchain) -> Plane:
    """The repository's embedded control plane."""
    home = repository.root / engine.HOME
    return Plane(directory=home / "plane", toolchain=toolchain, kubeconfig=home / "kubeconfig")


def simulated(repository: Repository) -> Mapping[str, PlaneStatus]:
    """The clusters of the repository's simulated Google Cloud, by name."""
    there = _planes(repository)
    return {name: there.plane(name).status() for name in there.names()}


def stop_simulated(repository: Repository, progress: Progress) -> None:
    """Stops the simulated clusters; the next verb that works on them starts them. Raises: as `Plane.down`."""
    there = _planes(repository)
    for name in there.names():
        there.plane(name).down(progress)


def reset(repository: Repository, embedded: Plane, progress: Progress) -> PlaneStatus:
    """Removes the embedded control plane's data, and the state of the stacks that lived on it.

    The simulation goes with it, if there is one.

    State without its cluster would say that everything is still there.
    """
    status = embedded.reset(progress)
    for stack in stack_settings.stack_names(repository.root):
        if stack_settings.from_file(repository.root, stack).platform == "embedded":
            engine.forget(repository.root, repository.project, stack)
    there = _planes(repository)
    for name in there.names():
        there.remove(name, progress)
    shutil.rmtree(_simulation(repository), ignore_errors=True)
    return status


def _planes(repository: Repository) -> Planes:
    return planes(_simulation(repository))


def _simulation(repository: Repository) -> Path:
    return repository.root / engine.HOME / "simulation"
