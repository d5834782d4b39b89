"""Manifests read for a test, from a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.rendering.options import Options, on_path
from onestack.rendering.texts import Texts, texts


def options(root: Path, folder: str = "manifests", stack: str = "test") -> Options:
    """Options that take tools from PATH and keep what they render below ``root``."""
    return Options(root, folder, stack, "1.36", on_path, root / ".cache")


def had(applications: Sequence[Application], options: Options) -> Texts:
    """The texts of applications of which all can be had. Raises: Unavailable."""
    found = texts(applications, options)
    for one in found.unavailable:
        raise one
    return found


def loaded(root: Path, folder: str, applications: Sequence[Application]) -> tuple[Manifest, ...]:
    """The manifests of applications. Raises: InvalidManifests."""
    found = texts(applications, options(root, folder))
    return load(found.texts, found=found.problems)
