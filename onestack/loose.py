"""Manifests without a stack: any folder of applications, or any folder or file of YAML, to be checked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onestack.errors import NoManifests
from onestack.repository import content
from onestack.settings import ApplicationSettings, ManifestSettings, Settings

OVERLAYS = "overlays"
NAMESPACE = "default"
"""Where kubectl puts what names no namespace."""
_SUFFIXES = (".yaml", ".yml")
_TOPS = (".git", "Pulumi.yaml")


@dataclass(frozen=True)
class Loose:
    """Manifests with the settings that every stack starts from.

    ``title`` names them in reports; ``root`` is what nothing may be read outside of; ``file`` is the one
    file to read, relative to it, where it isn't folders.
    """

    title: str
    root: Path
    settings: Settings
    file: str = ""


def loose(given: Path, names: Sequence[str] = ()) -> tuple[Loose, ...]:
    """What ``given`` holds, once for each overlay that its applications have, or for each of ``names``.

    A folder that holds YAML, overlays or a chart itself is one application; else each folder in it is.
    Raises: NoManifests.
    """
    try:
        return _found(given, given.resolve(strict=True), names)
    except (OSError, RuntimeError) as error:  # a RuntimeError tells of a circle of links
        raise NoManifests(str(given), getattr(error, "strerror", None) or str(error)) from None


def _found(given: Path, path: Path, names: Sequence[str]) -> tuple[Loose, ...]:
    if path.is_file():
        return (Loose(str(given), _root(path.parent), _settings("", "", {}), _below(path)),)
    folder, applications = (
        (path.parent, [path.name]) if _is_application(path) else (path, _applications(path))
    )
    if not applications:
        raise NoManifests(str(given), "neither it nor a folder in it holds a file that ends in .yaml or .yml")
    overlaid = {name: _overlays(folder / name) for name in applications}
    stacks = names or sorted(set().union(*overlaid.values())) or [""]
    made = []
    for stack in stacks:
        chosen = {
            name: ApplicationSettings(namespace=_namespace(folder / name))
            for name, overlays in overlaid.items()
            if not overlays or names or stack in overlays
        }
        title = f"{given} as {stack}" if stack else str(given)
        root = _root(folder)
        made.append(Loose(title, root, _settings(stack, os.path.relpath(folder, root), chosen)))
    return tuple(made)


def _settings(stack: str, folder: str, applications: Mapping[str, ApplicationSettings]) -> Settings:
    manifests = ManifestSettings(path=folder, applications=dict(applications))
    return Settings(stack=stack or "check", platform="embedded", manifests=manifests)


def _namespace(application: Path) -> str | None:
    """Where its objects go that name no namespace; a chart's ``helm.yaml`` may say it itself."""
    try:
        says = re.search(rb"^namespace\s*:", content(application, "helm.yaml"), re.MULTILINE)
    except OSError:
        says = None
    return None if says else NAMESPACE


def _root(folder: Path) -> Path:
    """The repository that holds a folder, else the folder: bases beside an application can be read."""
    for candidate in (folder, *folder.parents):
        if any((candidate / top).exists() for top in _TOPS):
            return candidate
    return folder


def _below(path: Path) -> str:
    return os.path.relpath(path, _root(path.parent))


def _is_application(folder: Path) -> bool:
    names = {one.name for one in folder.iterdir()}
    return OVERLAYS in names or "Kustomization" in names or any(n.endswith(_SUFFIXES) for n in names)


def _applications(folder: Path) -> list[str]:
    """The folders in it that hold manifests anywhere, or say so; hidden ones are no applications."""
    found = (one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.startswith("."))
    return [one.name for one in found if _holds_manifests(one) or (one / OVERLAYS).is_dir()]


def _holds_manifests(folder: Path) -> bool:
    return any(name.endswith((*_SUFFIXES, ".json")) for _, _, names in os.walk(folder) for name in names)


def _overlays(application: Path) -> set[str]:
    overlays = application / OVERLAYS
    return {one.name for one in overlays.iterdir() if one.is_dir()} if overlays.is_dir() else set()
