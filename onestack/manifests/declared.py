"""All that a stack declares for its cluster: loaded, instructed, marked as its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestack.manifests.application import Application
from onestack.manifests.awaiting import instructed
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.order import awaited, dependencies
from onestack.manifests.ownership import owned


def declared(
    root: Path, folder: str, applications: Sequence[Application], *, project: str, stack: str
) -> tuple[Manifest, ...]:
    """The manifests of a stack as they go to the cluster.

    ``folder`` is the manifests folder, relative to ``root``.

    Raises: InvalidManifests, DependencyCycle.
    """
    loaded = load(root, folder, applications)
    needed = awaited(loaded, dependencies(loaded))
    return tuple(
        owned(instructed(manifest, needed=manifest.identity in needed), project=project, stack=stack)
        for manifest in loaded
    )
