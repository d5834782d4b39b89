"""Files written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onestack.errors import PlaneDiskFull, PlaneNotPermitted

OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700


@contextmanager
def filesystem_errors(where: Path) -> Iterator[None]:
    """Turns the file system's refusals into our errors.

    Raises:
        PlaneDiskFull: no space or no quota is left.
        PlaneNotPermitted: the user may not read or write there.
    """
    try:
        yield
    except OSError as error:
        path = str(error.filename or where)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PlaneDiskFull(path, error.strerror or "no space left") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise PlaneNotPermitted(path, error.strerror or "permission denied") from error
        raise


def write(path: Path, content: str | bytes) -> None:
    """Writes a file with mode 0600 by way of a temporary one beside it, so that no
    reader ever sees half of it and a killed run leaves the old one."""
    data = content.encode() if isinstance(content, str) else content
    with filesystem_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp creates with 0600 already; said again because it is what we promise.
            Path(temporary).chmod(OWNER_ONLY)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_if_changed(path: Path, content: str) -> None:
    """As `write`, but leaves an equal file alone."""
    with filesystem_errors(path):
        if path.is_file() and path.read_text() == content and path.stat().st_mode & 0o777 == OWNER_ONLY:
            return
    write(path, content)


def folder(path: Path) -> None:
    """Makes a folder that only its owner can enter."""
    with filesystem_errors(path):
        path.mkdir(parents=True, exist_ok=True, mode=FOLDER_OWNER_ONLY)
        path.chmod(FOLDER_OWNER_ONLY)
