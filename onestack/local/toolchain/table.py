"""The tools as rows for people and as a document for programs; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from onestack.local.toolchain.catalogue import KNOWN
from onestack.local.toolchain.found import FoundTool, MissingTool, Toolchain
from onestack.local.toolchain.published import Pruned

_SOURCES = {
    "path": "on PATH",
    "downloaded": "downloaded",
    "built": "built here",
    "offline": "offline stand-in",
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    tool: str
    version: str
    source: str
    where: str
    note: str


def rows(toolchain: Toolchain) -> tuple[Row, ...]:
    """A row for each tool, those that can't be had too, in the catalogue's order."""
    lines = [_found(tool) for tool in toolchain.tools] + [_missing(tool) for tool in toolchain.missing]
    return tuple(sorted(lines, key=lambda row: KNOWN.index(row.tool)))


def document(toolchain: Toolchain) -> dict[str, Any]:
    """What ``--json`` prints: ``tools`` that can be used, ``missing`` ones, and folders for PATH."""
    return {
        "tools": [
            {
                "name": tool.name,
                "version": tool.version,
                "path": str(tool.path),
                "source": tool.source,
                "note": tool.note,
            }
            for tool in toolchain.tools
        ],
        "missing": [{"name": tool.name, "reason": tool.reason} for tool in toolchain.missing],
        "binDirs": [str(folder) for folder in toolchain.bin_dirs()],
        "pulumiHome": str(toolchain.pulumi_home) if toolchain.pulumi_home else None,
    }


def pruned_document(gone: Sequence[Pruned]) -> dict[str, Any]:
    """What ``--prune --json`` prints: the ``removed`` folders, and the ``bytes`` of all of them."""
    return {
        "removed": [{"path": str(one.path), "bytes": one.bytes} for one in gone],
        "bytes": sum(one.bytes for one in gone),
    }


def pruned_lines(gone: Sequence[Pruned]) -> tuple[str, ...]:
    """The same for people."""
    if not gone:
        return ("nothing to remove: every tool kept is one that this repository pins",)
    total = sum(one.bytes for one in gone)
    return (*(f"removed {one.path} ({_size(one.bytes)})" for one in gone), f"{_size(total)} freed")


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MiB"


def _found(tool: FoundTool) -> Row:
    return Row(tool.name, tool.version, _SOURCES[tool.source], str(tool.path), tool.note)


def _missing(tool: MissingTool) -> Row:
    return Row(tool.name, "-", "missing", "-", tool.reason)
