"""What the search for tools ends in: values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from onestack.errors import ToolMissing

Source = Literal["path", "downloaded", "built", "offline"]


@dataclass(frozen=True)
class FoundTool:
    """A tool that can be used.

    ``source``: ``path`` was there already, ``downloaded`` by its makers' installer, ``built`` from
    the pinned Go modules, ``offline`` a stand-in of ours for a plugin that can't be downloaded.
    ``note`` says what a person may want to know, such as a version on PATH that was passed over.
    """

    name: str
    version: str
    path: Path
    source: Source
    note: str = ""


@dataclass(frozen=True)
class MissingTool:
    """A tool that can't be had here, and what needs it."""

    name: str
    reason: str


@dataclass(frozen=True)
class Toolchain:
    """The tools that were asked for. ``searched`` are PATH's folders, in its order, but those of ours."""

    tools: tuple[FoundTool, ...]
    missing: tuple[MissingTool, ...] = ()
    pulumi_home: Path | None = None
    searched: tuple[Path, ...] = ()

    def path(self, name: str) -> Path:
        """Where a tool is. Raises ToolMissing for one that can't be had or was not asked for."""
        for tool in self.tools:
            if tool.name == name:
                return tool.path
        for absent in self.missing:
            if absent.name == name:
                raise ToolMissing(name, absent.reason)
        raise ToolMissing(name, "it was not among the tools asked for")

    def bin_dirs(self) -> tuple[Path, ...]:
        """Folders to put before PATH, each once.

        Our own come first: a folder that was on PATH already may also hold another tool in a
        version that does not fit. Those of PATH come last and keep its order, for the same reason.
        Plugins in our PULUMI_HOME are left out: the engine finds them there, and warns of any that it
        finds on PATH.
        """
        home = self.pulumi_home
        shown = [tool for tool in self.tools if home is None or not tool.path.is_relative_to(home)]
        ours = [tool.path.parent for tool in shown if tool.source != "path"]
        theirs = {tool.path.parent for tool in shown if tool.source == "path"}
        aside = [tool.path.parent for tool in shown if tool.path.parent in theirs - set(self.searched)]
        return tuple(dict.fromkeys((*ours, *aside, *(f for f in self.searched if f in theirs))))

    def offline(self) -> tuple[FoundTool, ...]:
        """The stand-ins in use."""
        return tuple(tool for tool in self.tools if tool.source == "offline")

    def notice(self) -> str:
        """One line for every run that uses a stand-in; empty if none does."""
        names = ", ".join(f"{tool.name} {tool.version}" for tool in self.offline())
        if not names:
            return ""
        return f"offline: {names} can't be downloaded here; onestack's own stand-in takes its place"
