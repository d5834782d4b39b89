"""A copy, in a folder of its own, of all that a kustomization is made of, for Kustomize to work on.

What isn't there can't be read, whatever Kustomize takes for a path; and what was looked at is what is
built, for kustomizations and what they are configured by are written from the values that were read.
"""

from __future__ import annotations

import os
from pathlib import Path

from onestack.rendering.kustomize_files import Closure
from onestack.rendering.kustomize_inline import written


def contents(made: Closure) -> dict[str, bytes]:
    """The bytes of every file, by path; a link's are where it leads."""
    links = {f"{path} ->": target.encode() for path, target in made.links.items()}
    return links | _files(made)


def _files(made: Closure) -> dict[str, bytes]:
    configurations = {
        file: b"---\n".join(written(value) + b"\n" for value in values)
        for file, values in made.configurations.items()
    }
    kustomizations = {file: written(value) for file, value in made.kustomizations.items()}
    return made.files | configurations | kustomizations


def copy(made: Closure, folder: Path) -> None:
    """Writes the files and links below ``folder``, which is empty. Raises: OSError."""
    for path, content in _files(made).items():
        _write(folder / path, content)
    for path, target in made.links.items():
        at = folder / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.symlink_to(os.path.relpath(folder / target, at.parent))


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
