"""Small files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def replace_file(path: Path, content: str, *, mode: int = 0o600) -> None:
    """Writes a file in one step; a reader or a kill at any moment sees the old or the new one.

    Raises OSError, which names the file or one beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(content)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.filename is None:
            # A full disk is noticed by the write, which knows no name; whoever reports it needs one.
            error.filename = str(path)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file of ours; empty where there is none or it is damaged (it is a cache)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def tree_bytes(*folders: Path) -> int:
    """Bytes in all files below the folders; what vanishes while being counted counts as 0."""
    total = 0
    for folder in folders:
        for here, _, names in os.walk(folder):
            for name in names:
                with contextlib.suppress(OSError):
                    total += (Path(here) / name).lstat().st_size
    return total
