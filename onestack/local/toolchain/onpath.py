"""Looks for tools that are there already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onestack.local.toolchain.catalogue import Plugin, Tool
from onestack.local.toolchain.found import FoundTool
from onestack.local.toolchain.places import Places
from onestack.local.toolchain.probe import Versions
from onestack.local.toolchain.version import Fit, Version, parse


@dataclass(frozen=True)
class Search:
    """The first fitting program on PATH, if any, and in words those that were passed over."""

    found: FoundTool | None
    passed_over: str = ""


def on_path(tool: Tool, fit: Fit, places: Places, versions: Versions) -> Search:
    """The first program on PATH in a fitting version; not only the first of its name is tried."""
    passed: list[str] = []
    for program in candidates(tool.name, places):
        # Without arguments most programs do their work, such as to serve, instead of saying a version.
        version = versions.of(program, tool.ask, tool.answer) if tool.ask else None
        if version is not None and fit.accepts(version) and has_companions(tool, program):
            return Search(FoundTool(tool.name, str(version), program, "path"))
        passed.append(f"{program} is {version or 'of an unknown version'}, needed is {fit.words}")
    return Search(None, "; ".join(passed))


def candidates(name: str, places: Places) -> Iterator[Path]:
    """Every executable file of that name on PATH, each real file once, in order."""
    seen: set[Path] = set()
    for folder in places.path:
        program = folder / name
        if is_program(program) and (real := program.resolve()) not in seen:
            seen.add(real)
            yield program


def is_program(path: Path) -> bool:
    """It is a file that may be executed; not one in a folder that may not be entered, as PATH may name."""
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def has_companions(tool: Tool, program: Path) -> bool:
    return all(is_program(program.parent / name) for name in tool.companions)


def beside(tool: Tool, neighbour: FoundTool) -> FoundTool | None:
    """The tool in the folder of another one, or where that one's symbolic link leads."""
    for folder in dict.fromkeys((neighbour.path.parent, neighbour.path.resolve().parent)):
        program = folder / tool.name
        if is_program(program) and has_companions(tool, program):
            return FoundTool(tool.name, neighbour.version, program, neighbour.source)
    return None


def plugin_in_home(plugin: Plugin, version: str, home: Path) -> Path | None:
    """An official plugin that ``pulumi plugin install`` finished putting into a PULUMI_HOME."""
    folder = home / "plugins" / f"resource-{plugin.provider}-v{version}"
    # The engine marks an unfinished installation with this file beside the folder.
    if folder.with_name(folder.name + ".partial").exists():
        return None
    program = folder / plugin.name
    return program if is_program(program) else None


def plugins_in_home(plugin: Plugin, home: Path) -> tuple[tuple[Version, Path], ...]:
    """All finished official plugins of that name in a PULUMI_HOME, whatever their version."""
    start = f"resource-{plugin.provider}-v"
    names = [folder.name.removeprefix(start) for folder in (home / "plugins").glob(f"{start}*")]
    there = [(parse(name), plugin_in_home(plugin, name, home)) for name in names]
    return tuple((version, program) for version, program in there if version and program)
