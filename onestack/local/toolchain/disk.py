"""What a disk refuses, in words."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onestack.errors import CacheUnusable, LauncherUnusable, ToolsDiskFull, ToolUnusable
from onestack.local.toolchain.places import Places

NO_SPACE = "no space left on device"
_NAMED = re.compile(rf"(?<!\S)(/[^\s:]+): {NO_SPACE}", re.IGNORECASE)
_ROOM_BYTES = 2**16


@contextmanager
def disk_failures_in_words(spots: Places) -> Iterator[None]:
    """Turns an OSError into ToolsDiskFull, CacheUnusable, LauncherUnusable or ToolUnusable.

    Which one depends on where it happened: the cache, ``.onestack`` in the repository, or elsewhere.
    """
    try:
        yield
    except OSError as error:
        # Of two files, as for a rename, the second is the one that was to be written.
        named = error.filename2 or error.filename
        place = Path(os.fsdecode(named)) if isinstance(named, str | bytes) else spots.cache
        why = error.strerror or str(error)
        ours = place.is_relative_to(spots.root / ".onestack")
        if is_full(error):
            what = "writing a plugin's launcher" if ours else "keeping the tools"
            raise disk_full(what, why, place) from error
        if ours:
            raise LauncherUnusable(str(place), why) from error
        # A cache that can't be made fails at one of the folders above it.
        if place.is_relative_to(spots.cache) or spots.cache.is_relative_to(place):
            raise CacheUnusable(str(place), why) from error
        raise ToolUnusable(str(place), why) from error


def is_full(error: OSError) -> bool:
    """The disk, or the user's share of it, is full."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def disk_full(what: str, said: str, place: Path) -> ToolsDiskFull:
    """The failure with the folder that has no room.

    That is the one which ``said``, the failing program's own line, names: it may lie on another
    disk than ``place``, such as Go's own cache. Else it is ``place``.
    """
    named = _NAMED.search(said)
    folder = Path(named.group(1)) if named else place
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return ToolsDiskFull(what, str(folder), shutil.disk_usage(folder).free, said)


def line_with(words: str, output: str) -> str:
    """The first line of a program's output that has these words, in lower or upper case."""
    return next((line.strip() for line in output.splitlines() if words in line.lower()), "")


def no_room_for_output(places: Places) -> bool:
    """The cache's disk is so full that a failing program's last words may be missing from its log."""
    return shutil.disk_usage(places.cache).free < _ROOM_BYTES
