"""Finished builds in the cache: whole, or not there."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from onestack.local.toolchain.catalogue import Module, programs
from onestack.local.toolchain.files import read_json, replace_file
from onestack.local.toolchain.onpath import is_program
from onestack.local.toolchain.pins import Pin
from onestack.local.toolchain.places import Places

_RECORD = "built.json"


def home_of(module: Module, places: Places) -> Path:
    """The folder that holds a module's builds, one folder per version and key."""
    return places.tools / module.folder


def published(pin: Pin, places: Places) -> Path | None:
    """The folder with a module's programs, if every file in it is as it was when it was finished."""
    folder = home_of(pin.module, places) / pin.folder
    sizes = read_json(folder / _RECORD).get("bytes")
    if not isinstance(sizes, dict) or not set(programs(pin.module.folder)) <= set(sizes):
        return None
    for name, size in sizes.items():
        program = folder / name
        if not is_program(program) or program.stat().st_size != size:
            return None
    return folder


def publish(fresh: Path, pin: Pin, places: Places) -> Path:
    """Moves a finished build to its place in one step. Only under the module's lock."""
    sizes = {path.name: path.stat().st_size for path in sorted(fresh.iterdir())}
    replace_file(fresh / _RECORD, json.dumps({"version": str(pin.version), "bytes": sizes}, indent=1))
    target = home_of(pin.module, places) / pin.folder
    if target.exists():
        # Damaged, else it would have been used: out of the way first, since a rename can't replace it.
        shutil.rmtree(target)
    fresh.rename(target)
    return target


@dataclass(frozen=True)
class Pruned:
    """A build that was removed, and the bytes that became free."""

    path: Path
    bytes: int
