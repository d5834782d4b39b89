"""What rendering needs to know beside the folders: the stack, the tools, what may be fetched."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onestack.errors import ToolMissing
from onestack.manifests.scope import Kind

Tools = Callable[[str], Path]
"""The program of a tool's name, found when it is first needed. Raises: ToolMissing."""

Told = Callable[[str], None]
"""Hears what is done next, where that may take a while."""


def untold(what: str) -> None:
    """For those who don't want to hear."""


@dataclass(frozen=True)
class Options:
    """``folder`` is the manifests folder relative to ``root``; ``kubernetes`` the declared version, ``1.36``.

    Only from ``hosts`` may anything be fetched; ``cache`` keeps renderings and fetched charts. With
    ``offline`` there are no such hosts for now: what is kept is taken, whatever host it came from.
    """

    root: Path
    folder: str
    stack: str
    kubernetes: str
    tools: Tools
    cache: Path
    hosts: frozenset[str] = frozenset()
    offline: bool = False
    known_kinds: tuple[Kind, ...] = ()
    """Custom kinds that the cluster has from elsewhere."""
    told: Told = untold


def on_path(name: str) -> Path:
    """A tool on PATH, as the command puts it there for the program. Raises: ToolMissing."""
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(name, "it is not on PATH; 'onestack env' and 'onestack deploy' put it there")
    return Path(found)
