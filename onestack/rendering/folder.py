"""The files of an application, read from disk.

Nothing outside the repository is read: no absolute folder, no ``..``, no link that leaves it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from onestack.manifests.limits import LIMITS
from onestack.manifests.problems import Problems
from onestack.rendering.confine import own_folder

DEPTH: Final = 32
"""How deep folders may be nested below an application's."""
FOLDERS: Final = 1000
"""How many folders an application may have; links to folders can multiply them without end."""
_SUFFIXES: Final = (".yaml", ".yml", ".json")
"""JSON is YAML, and kubectl reads files with these suffixes."""
_RENDERED: Final = {
    "kustomization.yaml": "kustomization",
    "kustomization.yml": "kustomization",
    "Kustomization": "kustomization",
    "helm.yaml": "chart",
    "Chart.yaml": "chart",
}


def files(root: Path, folder: str, application: str, problems: Problems) -> tuple[str, ...]:
    """The YAML and JSON files below an application's folder, relative to ``root``, sorted."""
    start = place(root, folder, application, problems)
    if start is None:
        return ()
    before = len(problems.found)
    found = sorted(_walk(root, start, problems))
    if not found and len(problems.found) == before:
        problems.whole(
            start, "the application has no manifests", "add a .yaml file, or take it out of the settings"
        )
    return tuple(found)


def place(root: Path, folder: str, application: str, problems: Problems) -> str | None:
    """The path of an application's folder, relative to ``root``; None if it can't be read."""
    base = _confined(folder, problems)
    if base is None:
        return None
    if application in {"", ".", ".."} or "/" in application or "\0" in application:
        problems.whole(
            folder, f"'{application}' is no name for an application", "name a folder of the manifests folder"
        )
        return None
    start = str(base / application)
    if not (root / start).is_dir():
        known = folders(root / base)
        problems.whole(
            start, "the application has no folder", f"folders there are: {', '.join(known) or 'none'}"
        )
        return None
    return start if _inside(root, start, problems) else None


def content(root: Path, file: str, problems: Problems) -> bytes | None:
    """The bytes of a file, one more than allowed at most; None if it can't be read."""
    try:
        # Without waiting, for a FIFO would wait for ever; a file may have been swapped since it was found.
        descriptor = os.open(root / file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                problems.whole(file, "this is no regular file", "manifests are plain files")
                return None
            return opened.read(LIMITS.file_bytes + 1)
    except OSError as error:
        problems.whole(file, f"the file can't be read: {error.strerror}", "make it readable, or remove it")
        return None


def _confined(folder: str, problems: Problems) -> PurePosixPath | None:
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts or "\0" in folder:
        problems.whole(
            folder,
            "the manifests folder is not inside the repository",
            "give a path relative to it, without '..'",
        )
        return None
    return path


def folders(directory: Path) -> list[str]:
    """The names of the folders in one, sorted; none if it can't be read."""
    try:
        return sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    except OSError:
        return []


def _walk(root: Path, start: str, problems: Problems) -> Iterator[str]:
    """Files below ``start``, in no particular order."""
    waiting: list[tuple[str, frozenset[str]]] = [(start, frozenset())]
    visited = 0
    while waiting:
        at, above = waiting.pop()
        visited += 1
        if visited > FOLDERS:
            problems.whole(
                start, f"the application has more than {FOLDERS} folders", "remove links to folders"
            )
            return
        real = os.path.realpath(root / at)
        if real in above:
            problems.whole(at, "the link leads back to a folder above it", "remove the link")
            continue
        if len(above) > DEPTH:
            problems.whole(at, f"folders are nested more than {DEPTH} deep", "move the manifests up")
            continue
        for name in _names(root, at, problems):
            relative = f"{at}/{name}"
            mode = _mode(root, relative, problems)
            if mode is None:
                continue
            if stat.S_ISDIR(mode):
                _not_a_file(relative, problems)
                waiting.append((relative, above | {real}))
            elif _wanted(relative, mode, problems):
                yield relative


def _names(root: Path, at: str, problems: Problems) -> list[str]:
    try:
        return [entry.name for entry in (root / at).iterdir()]
    except OSError as error:
        problems.whole(at, f"the folder can't be read: {error.strerror}", "make it readable")
        return []


def _mode(root: Path, relative: str, problems: Problems) -> int | None:
    """The file's mode, links followed as far as the repository; None for what is to be left alone."""
    try:
        # Not Path.is_symlink: before Python 3.13 it raises what stat does.
        if stat.S_ISLNK((root / relative).lstat().st_mode) and not _inside(root, relative, problems):
            return None
        return (root / relative).stat().st_mode
    except OSError as error:
        what = f"the file can't be read: {error.strerror}"
        problems.whole(relative, what, "make it readable, or remove it")
        return None


def _inside(root: Path, relative: str, problems: Problems) -> bool:
    try:
        place = (root / relative).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        loop = isinstance(error, RuntimeError)
        what = "the link leads in a circle" if loop else "the link leads nowhere"
        problems.whole(relative, what, "remove the link, or mend its target")
        return False
    if not place.is_relative_to(root.resolve()):
        problems.whole(
            relative, "the link leads out of the repository", "put a copy of the file into the repository"
        )
        return False
    if own := own_folder(place.relative_to(root.resolve()).as_posix()):
        problems.whole(relative, f"the link leads into {own}", "that folder is no content of the repository")
        return False
    return True


def _not_a_file(relative: str, problems: Problems) -> None:
    if relative.endswith(_SUFFIXES):
        problems.whole(relative, "this is a folder, not a file", "rename it; only files end in .yaml")


def _wanted(relative: str, mode: int, problems: Problems) -> bool:
    name = relative.rpartition("/")[2]
    if made := _RENDERED.get(name):
        problems.whole(
            relative,
            f"a {made} below a folder of plain YAML is not rendered",
            "move it to the top of an application, or a kustomization to overlays/STACK",
        )
        return False
    if not name.endswith(_SUFFIXES):
        if name.lower().endswith(_SUFFIXES):
            problems.whole(
                relative,
                "the file's suffix is not in lower case, so it would be left out",
                "rename it to .yaml",
            )
        return False
    if not stat.S_ISREG(mode):
        problems.whole(relative, "this is no regular file", "manifests are plain files")
        return False
    if "\n" in name or not name.isprintable():
        problems.whole(repr(relative), "the file's name has characters that can't be printed", "rename it")
        return False
    return True
