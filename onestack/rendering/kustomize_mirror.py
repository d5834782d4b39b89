"""A copy, in a folder of its own, of all that a kustomization is made of, for Kustomize to work on.

What isn't there can't be read, whatever Kustomize takes for a path; and what was looked at is what is
built, for kustomizations are written from the values that were read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

import orjson

from onestack.rendering.kustomize_files import Closure

# JSON is YAML but for a few characters that YAML wants escaped.
_UNPRINTED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def contents(made: Closure) -> dict[str, bytes]:
    """The bytes of every file, by path; a link's are where it leads."""
    links = {f"{path} ->": target.encode() for path, target in made.links.items()}
    return links | made.files | {file: written(value) for file, value in made.kustomizations.items()}


def written(value: Any) -> bytes:
    """The value of a kustomization as YAML that every reader takes for that value."""
    text = orjson.dumps(value).decode()
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def copy(made: Closure, folder: Path) -> None:
    """Writes the files and links below ``folder``, which is empty. Raises: OSError."""
    for path, content in made.files.items():
        _write(folder / path, content)
    for path, value in made.kustomizations.items():
        _write(folder / path, written(value))
    for path, target in made.links.items():
        at = folder / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.symlink_to(os.path.relpath(folder / target, at.parent))


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
