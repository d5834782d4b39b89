"""The repository's embedded control plane, and the stacks that live on it."""

from __future__ import annotations

from onestack import engine
from onestack import settings as stack_settings
from onestack.local.plane import Plane, PlaneStatus
from onestack.local.toolchain import Toolchain
from onestack.progress import Progress
from onestack.repository import Repository


def plane(repository: Repository, toolchain: Toolchain) -> Plane:
    """The repository's embedded control plane."""
    home = repository.root / engine.HOME
    return Plane(directory=home / "plane", toolchain=toolchain, kubeconfig=home / "kubeconfig")


def reset(repository: Repository, embedded: Plane, progress: Progress) -> PlaneStatus:
    """Removes the embedded control plane's data, and the state of the stacks that lived on it.

    State without its cluster would say that everything is still there.
    """
    status = embedded.reset(progress)
    for stack in stack_settings.stack_names(repository.root):
        if stack_settings.from_file(repository.root, stack).platform == "embedded":
            engine.forget(repository.root, repository.project, stack)
    return status
