"""The program of a repository, summed up: another one may register every object otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

OUTPUT: Final = "program"
"""The output of the stack that says which program wrote its state."""

_FILES: Final = ("Pulumi.yaml", "*.py", "components/**/*.py", "infra/**/*.py")


def digest(root: Path) -> str:
    """SHA-256 in hexadecimal over the names and contents of the program's files."""
    summed = hashlib.sha256()
    for file in sorted({one for pattern in _FILES for one in root.glob(pattern) if one.is_file()}):
        content = file.read_bytes()
        summed.update(f"{file.relative_to(root)}\n{len(content)}\n".encode())
        summed.update(content)
    return summed.hexdigest()
