"""Removes builds from the cache that this repository's pins no longer name."""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from onestack.local.toolchain.catalogue import MODULES
from onestack.local.toolchain.disk import disk_failures_in_words
from onestack.local.toolchain.files import tree_bytes
from onestack.local.toolchain.pins import read_pin
from onestack.local.toolchain.places import Places, places
from onestack.local.toolchain.process import OWNER, end_leftover
from onestack.local.toolchain.published import Pruned, home_of
from onestack.local.toolchain.sdk import engine_version


def prune(root: Path) -> tuple[Pruned, ...]:
    """Removes all builds and downloads but those that ``root`` uses now.

    Another clone with other pins builds its own again when it next needs them. A module that
    another run is building just now is left alone. Raises CacheUnusable, ToolsDiskFull.
    """
    spots = places(root)
    with disk_failures_in_words(spots):
        return tuple(_prune(spots))


def _prune(spots: Places) -> list[Pruned]:
    gone: list[Pruned] = []
    spots.locks.mkdir(parents=True, exist_ok=True)
    for module in MODULES.values():
        pin = read_pin(module, spots.pins)
        keep = {pin.folder if pin else "", f"{engine_version()}-official"}
        try:
            with FileLock(spots.locks / f"build-{module.folder}.lock", timeout=0):
                home = home_of(module, spots)
                stale = [f for f in home.glob("*") if f.name not in keep and f.is_dir()] if pin else []
                gone.extend(_remove(folder) for folder in sorted(stale))
        except Timeout:
            continue
    return gone


def _remove(folder: Path) -> Pruned:
    # A killed run's unfinished build: its Go may still be writing there.
    end_leftover(folder / OWNER)
    size = tree_bytes(folder)
    shutil.rmtree(folder)
    return Pruned(folder, size)
