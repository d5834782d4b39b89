"""A store in a folder: one file per text."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from onestack.errors import DiskFull, RecordChanged, RecordsUnreadable
from onestack.records.store import Stored, checked

_LOCK: Final = ".lock"
_WAIT_SECONDS: Final = 30.0
"""A write takes milliseconds; who holds the lock for longer is stopped or hangs."""


class Folder:
    """A `Store`. A version is the content's hash.

    A write is done under a lock that the kernel drops with its holder, into a file beside, which is on
    disk before it takes its place: a kill or a lost power supply at any moment leaves the old or the new.
    """

    def __init__(self, folder: Path, *, note: str = "") -> None:
        self._folder = folder
        self._note = note

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder)

    @property
    def note(self) -> str:
        """What people have to know of this place."""
        return self._note

    def read(self, name: str) -> Stored | None:
        """The text of that name; None where there is none. Raises: RecordsUnreadable."""
        file = self._folder / checked(name)
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RecordsUnreadable(str(file), error.strerror or str(error)) from None
        # What isn't text was damaged: it is kept apart from what was written, and never equal to it.
        return Stored(content.decode(errors="replace"), _version(content))

    def create(self, name: str, content: str) -> str:
        """Writes a new text. Raises: RecordChanged, DiskFull, RecordsUnreadable."""
        with self._alone(name) as file:
            if file.exists():
                raise RecordChanged(name, self.place)
            return _written(file, content)

    def replace(self, name: str, content: str, version: str) -> str:
        """Writes a text in the place of a version. Raises: RecordChanged, DiskFull, RecordsUnreadable."""
        with self._alone(name) as file:
            there = self.read(name)
            if there is None or there.version != version:
                raise RecordChanged(name, self.place)
            return _written(file, content)

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """All names that begin so, sorted; unfinished files are none."""
        found = (
            file.relative_to(self._folder).as_posix()
            for file in self._folder.rglob("*")
            if not file.name.startswith(".") and file.is_file()
        )
        return tuple(sorted(name for name in found if name.startswith(prefix)))

    @contextmanager
    def _alone(self, name: str) -> Iterator[Path]:
        """The file of a text, while nobody else writes any."""
        file = self._folder / checked(name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / _LOCK, timeout=_WAIT_SECONDS):
                yield file
        except Timeout:
            raise RecordsUnreadable(
                self.place, f"another process holds its lock for {_WAIT_SECONDS:.0f} s"
            ) from None
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise DiskFull(f"writing {file}: {error.strerror}") from None
            raise RecordsUnreadable(str(file), error.strerror or str(error)) from None


def _written(file: Path, content: str) -> str:
    """Writes a file whole; under the lock there is but one that writes, so what a kill left is reused."""
    unfinished = file.with_name(f".{file.name}.new")
    with unfinished.open("wb") as stream:
        stream.write(content.encode())
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    _settle(file.parent)
    return _version(content.encode())


def _settle(folder: Path) -> None:
    """Has the name of a new file on disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
