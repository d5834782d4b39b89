"""A stack's file while the engine writes into it, which it does in place: a kill then leaves an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onestack.engine.workspace import HOME
from onestack.local.toolchain.files import replace_file
from onestack.settings import stack_file


@contextmanager
def kept(root: Path, stack: str) -> Iterator[None]:
    """Keeps a copy of the stack's file until the block has ended. Raises: OSError."""
    file, copy = stack_file(root, stack), _copy(root, stack)
    if file.is_file():
        replace_file(copy, file.read_text(encoding="utf-8"))
    yield
    copy.unlink(missing_ok=True)


def restore(root: Path, stack: str) -> bool:
    """Writes back a stack's file that was left empty, from its copy; says whether it was. Raises: OSError."""
    file, copy = stack_file(root, stack), _copy(root, stack)
    lost = copy.is_file() and file.is_file() and file.stat().st_size == 0
    if lost:
        replace_file(file, copy.read_text(encoding="utf-8"), mode=0o644)
    copy.unlink(missing_ok=True)
    return lost


def _copy(root: Path, stack: str) -> Path:
    return root / HOME / f"{stack}.stack-file"
