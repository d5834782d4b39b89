"""Told by the kernel of every file that is made, written, moved or removed below a folder (Linux's inotify).

Not by a library: those that are well kept collect events for a while before they tell, and a kill at a
boundary can't wait.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final, Protocol

AVAILABLE: Final = sys.platform == "linux"

_CLOSE_WRITE, _MOVED_TO, _CREATE, _DELETE, _IS_FOLDER = 0x8, 0x80, 0x100, 0x200, 0x40000000
_WANTED: Final = _CLOSE_WRITE | _MOVED_TO | _CREATE | _DELETE
_HEAD: Final = struct.Struct("iIII")
_BUFFER_BYTES: Final = 1 << 16
_ENOUGH: Final = b"."


class OnWrite(Protocol):
    """Called after each change with its number, from 1, and the path, in a thread of its own."""

    def __call__(self, number: int, path: str) -> None: ...


@contextmanager
def told_of_writes(folder: Path, on_write: OnWrite) -> Iterator[None]:
    """Calls ``on_write`` for every change below ``folder``, new folders included, while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    watcher = _Watcher(folder, on_write)
    thread = Thread(target=watcher.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.stop()
        thread.join()


class _Watcher:
    def __init__(self, folder: Path, on_write: OnWrite) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = self._libc.inotify_init1(os.O_CLOEXEC)
        self._folders: dict[int, Path] = {}
        self._on_write = on_write
        self._count = 0
        self._root = folder
        self._watch(folder)
        self._end = folder / ".watched"

    def run(self) -> None:
        """Reads events until `stop`."""
        while True:
            data = os.read(self._inotify, _BUFFER_BYTES)
            at = 0
            while at < len(data):
                watch, mask, _cookie, length = _HEAD.unpack_from(data, at)
                name = data[at + _HEAD.size : at + _HEAD.size + length].rstrip(b"\0").decode()
                at += _HEAD.size + length
                path = self._folders.get(watch, self._root) / name
                if path == self._end:
                    os.close(self._inotify)
                    return
                self._take(path, mask)

    def stop(self) -> None:
        """Ends `run`: by an event of our own, since a read can't be interrupted."""
        self._end.touch()
        self._end.unlink()

    def _take(self, path: Path, mask: int) -> None:
        if mask & _IS_FOLDER and mask & _CREATE:
            self._watch(path)
        self._count += 1
        self._on_write(self._count, str(path))

    def _watch(self, folder: Path) -> None:
        """Watches a folder and those in it; what came into it before that is not told."""
        number = self._libc.inotify_add_watch(self._inotify, os.fsencode(folder), _WANTED)
        if number >= 0:
            self._folders[number] = folder
        if folder.is_dir():
            for entry in folder.iterdir():
                if entry.is_dir():
                    self._watch(entry)
