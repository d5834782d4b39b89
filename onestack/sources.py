"""The program of a repository, summed up: another one may register every object otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

OUTPUT: Final = "program"
"""The output of the stack that says which program wrote its state."""

_FILES: Final = ("Pulumi.yaml", "*.py", "components/**/*.py", "infra/**/*.py")
_BESIDE: Final = ("stacks/**/*", "acceptance/**/*", "policy/**/*")


def digest(root: Path) -> str:
    """SHA-256 in hexadecimal over the names and contents of the program's files."""
    return _summed(root, _FILES)


def files(root: Path, manifests: str) -> str:
    """The same over all that a stack is made of: the program, the settings, what lies in ``manifests``."""
    return _summed(root, (*_FILES, *_BESIDE, f"{manifests.strip('/')}/**/*"))


def _summed(root: Path, patterns: Sequence[str]) -> str:
    summed = hashlib.sha256()
    found = {one for pattern in patterns for one in root.glob(pattern)}
    for file in sorted(one for one in found if one.is_file() and "__pycache__" not in one.parts):
        content = file.read_bytes()
        summed.update(f"{file.relative_to(root)}\n{len(content)}\n".encode())
        summed.update(content)
    return summed.hexdigest()
