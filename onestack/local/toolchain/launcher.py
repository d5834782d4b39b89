"""What ``.onestack/bin`` holds: the programs that the engine is to start as plugins."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

from onestack.local.toolchain.files import replace_file

_HEAD = (
    "#!/bin/sh\n# Written by onestack: the official plugin can't be downloaded here. Removed once it can.\n"
)


def write_launcher(launcher: Path, module: str, python: str) -> None:
    """Writes the program that the engine starts as the plugin; leaves one that is right alone.

    ``-P`` keeps the folder that the engine starts it in, the repository, off Python's search path.
    Raises OSError.
    """
    content = f'{_HEAD}exec {shlex.quote(python)} -P -m {module} "$@"\n'
    if is_launcher(launcher) and launcher.read_bytes() == content.encode():
        if not launcher.stat().st_mode & 0o111:
            launcher.chmod(0o755)
        return
    replace_file(launcher, content, mode=0o755)


def is_launcher(program: Path) -> bool:
    """It is a launcher of ours, of this clone or another, and not a plugin of its maker."""
    head = _HEAD.encode()
    try:
        with program.open("rb") as stream:
            return stream.read(len(head)) == head
    except OSError:
        return False


def link(launcher: Path, program: Path) -> None:
    """Makes the launcher a symbolic link to a program, in one step. Raises OSError."""
    if launcher.is_symlink() and launcher.readlink() == program:
        return
    launcher.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=launcher.parent) as folder:
        fresh = Path(folder) / launcher.name
        fresh.symlink_to(program)
        fresh.replace(launcher)
