"""What tools rendered, kept by the content of what they were given.

A rendering is found by the digest of the tool's name, its arguments and every input file, and holds as long
as the program that made it is unchanged. Nothing with a plaintext Secret (core/v1, or in a List) is kept;
what other objects hold is, in files that only the user can read. The cache never fails: what can't be read
is rendered anew, what can't be written is not kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any, Final

import orjson

from onestack.manifests.placeholders import plaintext
from onestack.manifests.reader import read

MOST_BYTES: Final = 256 * 1024 * 1024
"""How much is kept; the longest unused goes first."""
# Raised when renderings of the same input come out differently.
_FORMAT: Final = 2
_KEPT: Final = ".rendering"
# A file that was being written when its run was killed.
_ABANDONED_SECONDS: Final = 3600.0


@dataclass(frozen=True)
class Part:
    """YAML that a tool made of ``file``, which is relative to the repository."""

    file: str
    content: bytes


def key(tool: str, arguments: Sequence[str], files: Mapping[str, bytes], *, root: Path) -> str:
    """What a rendering is found by; ``files`` are all that it is made of, by path in the repository.

    The repository at ``root`` pins the tool's version: with another one everything is rendered anew.
    """
    digest = hashlib.sha256()
    for said in (str(_FORMAT), tool, str(len(arguments)), *arguments):
        _add(digest, said.encode("utf-8", "surrogateescape"))
    _add(digest, _pin(root, tool))
    for path, content in sorted(files.items()):
        _add(digest, path.encode("utf-8", "surrogateescape"))
        _add(digest, content)
    return digest.hexdigest()


def _pin(root: Path, tool: str) -> bytes:
    try:
        return (root / "tools" / tool / "go.mod").read_bytes()
    except OSError:
        return b""


class Cache:
    """Renderings in a folder of the user's own; any number of runs may use it at once."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes

    def get(self, found_by: str) -> tuple[Part, ...] | None:
        """The parts kept, if the program that made them is still what it was; else None."""
        file = self._file(found_by)
        try:
            parts = _parts(file.read_bytes())
            os.utime(file)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return parts

    def put(self, found_by: str, parts: Sequence[Part], *, program: Path) -> None:
        """Keeps parts that ``program`` made, unless they hold a secret in plain text."""
        if any(_holds_plaintext(part.content) for part in parts):
            return
        with contextlib.suppress(OSError):
            if replaced(self._file(found_by), _written(parts, program)):
                self._prune()

    def _file(self, found_by: str) -> Path:
        return self._folder / f"{found_by}{_KEPT}"

    def _prune(self) -> None:
        total = 0
        for used, size, file in sorted(self._kept(), reverse=True):
            total += size
            abandoned = file.suffix != _KEPT and used < time() - _ABANDONED_SECONDS
            if total > self._most or abandoned:
                file.unlink(missing_ok=True)

    def _kept(self) -> Iterator[tuple[float, int, Path]]:
        for entry in os.scandir(self._folder):
            with contextlib.suppress(OSError):  # Another run may prune, too.
                if entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    yield stat.st_mtime, stat.st_size, Path(entry.path)


def replaced(file: Path, content: bytes) -> bool:
    """Writes a file of the user's own, whole or not at all; False if that can't be done."""
    name: str | None = None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent)  # mode 0600
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        Path(name).replace(file)
    except OSError:
        return False
    else:
        name = None
        return True
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def _add(digest: Any, content: bytes) -> None:
    digest.update(f"{len(content)}:".encode())
    digest.update(content)


def _written(parts: Sequence[Part], program: Path) -> bytes:
    body = b"".join(part.content for part in parts)
    head = {
        "program": [str(program), *_seen(program)],
        "digest": hashlib.sha256(body).hexdigest(),
        "parts": [[part.file, len(part.content)] for part in parts],
    }
    return orjson.dumps(head) + b"\n" + body


def _parts(content: bytes) -> tuple[Part, ...] | None:
    """Raises ValueError, KeyError, TypeError or OSError for what we didn't write, or its program is gone."""
    first, _, body = content.partition(b"\n")
    head = orjson.loads(first)
    if hashlib.sha256(body).hexdigest() != head["digest"]:
        return None
    program, *seen = head["program"]
    if tuple(seen) != _seen(Path(program)):
        return None
    parts, start = [], 0
    for file, length in head["parts"]:
        parts.append(Part(file, body[start : start + length]))
        start += length
    return tuple(parts)


def _seen(program: Path) -> tuple[int, int]:
    """What tells that a program was replaced, without running it."""
    stat = program.stat()
    return stat.st_mtime_ns, stat.st_size


def _holds_plaintext(content: bytes) -> bool:
    """Whether a Secret in it has a value that is no placeholder; also if that can't be told."""
    if b"Secret" not in content:
        return False
    reading = read(content, "")
    return bool(reading.problems) or any(
        plaintext(document.value) for document in reading.documents if isinstance(document.value, dict)
    )
