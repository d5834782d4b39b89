"""Reads what ``tools/*/go.mod`` pin, and names what is built from them."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from onestack.local.toolchain.catalogue import Module
from onestack.local.toolchain.version import Version, parse

BUILD_FLAGS = ("-trimpath", "-mod=readonly")
"""``-trimpath`` keeps this machine's folders out of the programs; ``readonly`` holds to the pins."""


@dataclass(frozen=True)
class Pin:
    """One pinned module: its version, the Go it needs, and the key its build is cached under."""

    module: Module
    version: Version
    go: Version
    linker: str
    key: str

    @property
    def folder(self) -> str:
        """The cached build's folder, below the module's: version and key."""
        return f"{self.version}-{self.key}"


def read_pin(module: Module, tools: Path) -> Pin | None:
    """The pin in ``tools/<module>/``; None where its files are missing or pin nothing."""
    try:
        mod = (tools / module.folder / "go.mod").read_bytes()
        sums = (tools / module.folder / "go.sum").read_bytes()
    except OSError:
        return None
    text = mod.decode("utf-8", "replace")
    required = re.search(rf"^\s*(?:require\s+)?{re.escape(module.package)}\s+(v\S+)", text, re.MULTILINE)
    go = re.search(r"^go\s+(\S+)", text, re.MULTILINE)
    version = parse(required.group(1)) if required else None
    needed = parse(go.group(1)) if go else None
    if version is None or needed is None:
        return None
    linker = linker_flags(module, version)
    parts = (mod, sums, linker.encode(), " ".join(BUILD_FLAGS).encode(), _machine().encode())
    key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:12]
    return Pin(module, version, needed, linker, key)


def linker_flags(module: Module, version: Version) -> str:
    """No symbol tables (a third of the size), and the version stamped where a program shows it."""
    facts = {"version": version, "major": version.major, "minor": version.minor}
    return " ".join(("-s -w", *(f"-X {stamp.format(**facts)}" for stamp in module.stamps)))


def _machine() -> str:
    return f"{sys.platform}-{platform.machine()}"
