"""What a disk refuses, in words."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from onestack.errors import CacheUnusable, ToolsDiskFull
from onestack.local.toolchain.places import Places


@contextmanager
def disk_failures_in_words(spots: Places) -> Iterator[None]:
    """Turns an OSError on the cache or the launchers into ToolsDiskFull or CacheUnusable."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            folder = spots.cache if spots.cache.exists() else spots.cache.anchor
            free = shutil.disk_usage(folder).free
            raise ToolsDiskFull("keeping the tools", str(spots.cache), free, str(error)) from error
        named = error.filename or spots.cache
        raise CacheUnusable(str(named), error.strerror or str(error)) from error
