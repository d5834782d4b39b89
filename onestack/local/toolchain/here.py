"""The tools that are here already: for verbs that must not run what a repository pins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestack.local.toolchain.catalogue import MODULES, TOOLS
from onestack.local.toolchain.disk import disk_failures_in_words
from onestack.local.toolchain.ensure import fit_of
from onestack.local.toolchain.found import FoundTool, MissingTool, Toolchain
from onestack.local.toolchain.onpath import on_path
from onestack.local.toolchain.pins import read_pin
from onestack.local.toolchain.places import Places, places
from onestack.local.toolchain.probe import Versions
from onestack.local.toolchain.published import published


def here(root: Path, names: Sequence[str]) -> Toolchain:
    """Those of the tools asked for that are on PATH, or were built before from the very same pins.

    Nothing is downloaded, built or fetched: ``tools/`` of a stranger's repository could name any code.
    Raises CacheUnusable, ToolUnusable.
    """
    spots = places(root)
    with disk_failures_in_words(spots):
        looked = [_look(name, spots) for name in names]
    found = tuple(one for one in looked if isinstance(one, FoundTool))
    return Toolchain(found, tuple(one for one in looked if isinstance(one, MissingTool)))


def _look(name: str, spots: Places) -> FoundTool | MissingTool:
    tool = TOOLS[name]
    search = on_path(tool, fit_of(tool), spots, Versions(spots))
    if search.found is not None:
        return search.found
    pin = read_pin(MODULES[tool.module], spots.pins)
    if pin is not None and fit_of(tool).accepts(pin.version) and (folder := published(pin, spots)):
        return FoundTool(name, str(pin.version), folder / name, "built", search.passed_over)
    passed = f"; {search.passed_over}" if search.passed_over else ""
    return MissingTool(name, f"it is neither on PATH ({fit_of(tool).words}) nor built before{passed}")
