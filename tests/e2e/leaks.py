"""Where a canary is found, in whatever form: written without the code that masks, to judge that code."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Canary:
    """A secret value whose ``core`` no escaping changes, between letters that every escaping does."""

    value: str
    core: str

    def forms(self) -> frozenset[bytes]:
        """What to look for: the core raw and in hex, and in base64 at each alignment; the value escaped."""
        inner = {
            base64.b64encode(b"\0" * before + self.core.encode())[4:-4]
            for before in (0, 1, 2)  # four letters less at either end depend on the core alone
        }
        escaped = {self.value, json.dumps(self.value)[1:-1], quote(self.value), quote(self.value, safe="")}
        return frozenset(
            {
                self.core.encode(),
                self.core.encode().hex().encode(),
                *inner,
                *(one.encode() for one in escaped),
            }
        )

    def leaks(self, content: bytes) -> bool:
        """Whether any form of it stands in ``content``."""
        return any(form in content for form in self.forms())


def canary() -> Canary:
    """A new one."""
    core = secrets.token_hex(12)
    return Canary(f'k/"{core}"+=é\\&', core)


def leaking(canaries: Iterable[Canary], folders: Iterable[Path], *, but: Iterable[Path] = ()) -> list[str]:
    """The files below ``folders`` in which a canary is found."""
    searched, excepted = tuple(canaries), frozenset(but)
    return [
        str(file)
        for folder in folders
        for file in _files(folder)
        if file not in excepted and any(one.leaks(_content(file)) for one in searched)
    ]


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
        return content + gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError):
        return b""  # gone meanwhile, or cut off
