"""All that a stack declares for its cluster: rendered, read, checked, ordered, marked as its own.

The program and every verb get the same list from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onestack.cache import cache_folder
from onestack.errors import InvalidManifests
from onestack.manifests.awaiting import instructed
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.order import Dependencies, awaited, dependencies
from onestack.manifests.ownership import owned
from onestack.rendering.options import Options, Tools
from onestack.rendering.texts import texts
from onestack.settings import Settings
from onestack.validation.check import Checked, check


@dataclass(frozen=True)
class Declaration:
    """``manifests`` are as they go to the cluster; ``needs`` says which need which others first."""

    manifests: tuple[Manifest, ...]
    needs: Dependencies
    checked: Checked


def declaration(root: Path, settings: Settings, *, project: str, tools: Tools) -> Declaration:
    """What ``settings`` declare, with all that a check found. Raises: InvalidManifests, DependencyCycle."""
    options = Options(
        root=root,
        folder=settings.manifests.path,
        stack=settings.stack,
        kubernetes=settings.kubernetes_version,
        tools=tools,
        cache=cache_folder() / "rendering",
        hosts=frozenset(settings.rendering.allowed_hosts),
    )
    found = texts(settings.manifests.selected(), options)
    loaded = load(found.texts, found=found.problems)
    checked = check(loaded, kubernetes=settings.kubernetes_version, weights=settings.checks.weights())
    needs = dependencies(loaded)
    needed = awaited(loaded, needs)
    manifests = (
        owned(instructed(manifest, needed=manifest.identity in needed), project=project, stack=settings.stack)
        for manifest in loaded
    )
    return Declaration(tuple(manifests), needs, checked)


def declared(root: Path, settings: Settings, *, project: str, tools: Tools) -> Declaration:
    """What ``settings`` declare, without an error in it. Raises: InvalidManifests, DependencyCycle."""
    made = declaration(root, settings, project=project, tools=tools)
    if made.checked.errors:
        raise InvalidManifests([found.problem for found in made.checked.errors])
    return made
