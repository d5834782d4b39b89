"""One run at a time builds or downloads a thing; the others wait and say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from onestack.local.toolchain.places import Places
from onestack.progress import Progress


@contextmanager
def held(places: Places, name: str, progress: Progress, doing: str) -> Iterator[None]:
    """Holds the lock ``name`` of the cache, waiting for another run that holds it.

    The kernel drops the lock when its holder dies, however it dies. Raises OSError if the cache
    can't be written.
    """
    places.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(places.locks / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.note(f"another run is {doing}; waiting for it")
        progress.step(f"waiting for the other run that is {doing}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
