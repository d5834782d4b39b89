"""The files of a chart, from its folder or its archive, all of them checked before Helm sees one."""

from __future__ import annotations

import gzip
import io
import os
import posixpath
import stat
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final, Self

from onestack.rendering import confine

FILES: Final = 10_000
"""How many files and folders a chart may have, those of its subcharts' archives with them."""
BYTES: Final = 100 * 1024 * 1024
"""How much they may hold, unpacked; Helm's own bound (``MaxDecompressedChartSize``)."""
ALL_BYTES: Final = 200 * 1024 * 1024
"""How much the charts of all applications may hold together: an archive of zeros is small."""
DEPTH: Final = 32
_ARCHIVES: Final = 5
"""How deep archives of subcharts may stand in each other."""
_PIECE: Final = 1024 * 1024


class BadChart(Exception):
    """A chart that isn't given to Helm: ``at`` is the file, relative to the chart, or empty."""

    def __init__(self, at: str, what: str, expected: str) -> None:
        self.at = at
        self.what = what
        self.expected = expected
        super().__init__(f"{at}: {what}")


Files = Mapping[str, bytes]
"""Content by path relative to the chart, ``/`` between the parts."""


class Total:
    """What the charts of all applications may still hold, unpacked, those of archives in them with them."""

    def __init__(self, most_bytes: int = ALL_BYTES) -> None:
        self._bytes = most_bytes

    def bytes(self, at: str, count: int) -> None:
        """Takes some of it. Raises: BadChart."""
        self._bytes -= count
        if self._bytes < 0:
            what = f"the charts of all applications have more than {ALL_BYTES // 2**20} MiB when unpacked"
            raise BadChart(at, what, "leave out of the charts what no template needs")


class _Budget:
    """What may still be read of one chart."""

    def __init__(self, total: Total | None = None) -> None:
        self._files = FILES
        self._bytes = BYTES
        self._total = total

    def file(self, at: str) -> None:
        self._files -= 1
        if self._files < 0:
            raise BadChart(
                at, f"the chart has more than {FILES} files and folders", "leave out what no template needs"
            )

    def bytes(self, at: str, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            what = f"the chart has more than {BYTES // 2**20} MiB when it is unpacked"
            raise BadChart(at, what, "leave out what no template needs")
        if self._total is not None:
            self._total.bytes(at, count)


def folder_files(root: Path, folder: str, total: Total | None = None) -> Files:
    """The files of a chart's folder, links followed inside the repository. Raises: BadChart."""
    budget = _Budget(total)
    files = {}
    for relative, real in _walk(root, folder, budget):
        content = _content(relative, root / real)
        budget.bytes(relative, len(content))
        files[relative] = content
    _judge_archives(files, budget, 0)
    return files


def local_archive(root: Path, path: str) -> bytes:
    """A chart's archive in the repository. Raises: BadChart."""
    if not path.endswith(".tgz"):
        raise BadChart("", f"'{path}' is no chart", "name a chart's folder, or its archive .tgz")
    return _content("", root / path)


def archive_files(archive: bytes, total: Total | None = None) -> Files:
    """The files of a chart's archive, without the folder that all of them are in. Raises: BadChart."""
    budget = _Budget(total)
    files = _members("", archive, budget)
    _judge_archives(files, budget, 0)
    return files


def with_subcharts(files: Files) -> Iterator[tuple[str, bytes]]:
    """The files, and those of subcharts' archives as if they were folders. The chart was judged before."""
    for name, content in files.items():
        inner = subchart(name, content)
        if inner is None:
            yield name, content
        else:
            yield from ((f"{name.removesuffix('.tgz')}/{path}", held) for path, held in with_subcharts(inner))


def subchart(name: str, content: bytes) -> Files | None:
    """The files of a subchart's archive, which was judged before; None for any other file."""
    return _members(name, content, _Budget()) if _is_archive(name) else None


def _walk(root: Path, folder: str, budget: _Budget) -> Iterator[tuple[str, str]]:
    """Files of the folder: the path in it, and where that leads in the repository."""
    waiting: list[tuple[str, str, frozenset[str]]] = [("", _real(root, folder, ""), frozenset())]
    while waiting:
        at, real, above = waiting.pop()
        if real in above:
            raise BadChart(at, "the link leads back to a folder above it", "remove the link")
        if len(above) > DEPTH:
            raise BadChart(at, f"folders are nested more than {DEPTH} deep", "move the files up")
        try:
            names = sorted(entry.name for entry in os.scandir(root / real))
        except OSError as error:
            raise BadChart(at, f"the folder can't be read: {error.strerror}", "make it readable") from None
        for name in names:
            relative = f"{at}/{name}" if at else name
            if not name.isprintable() or "\\" in name:
                what = "the file's name has characters that can't be printed"
                raise BadChart(repr(relative), what, "rename it")
            budget.file(relative)  # folders, too: links can multiply them without end
            # From where the folder really is: what leads to it may be many links.
            target = _real(root, posixpath.normpath(f"{real}/{name}"), relative)
            if (root / target).is_dir():
                waiting.append((relative, target, above | {real}))
            else:
                yield relative, target


def _real(root: Path, path: str, at: str) -> str:
    try:
        return confine.real(root, path, at or path)
    except confine.Refused as refused:
        raise BadChart(at, refused.what, refused.expected) from None


def _content(at: str, path: Path) -> bytes:
    try:
        # Without waiting, for a FIFO would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BadChart(at, "this is no regular file", "remove it from the chart")
            return opened.read(BYTES + 1)
    except OSError as error:
        raise BadChart(at, f"the file can't be read: {error.strerror}", "make it readable") from None


def _is_archive(name: str) -> bool:
    """Whether Helm unpacks the file: an archive directly in a ``charts`` folder."""
    path = PurePosixPath(name)
    return path.suffix == ".tgz" and path.parent.name == "charts" and not path.name.startswith(("_", "."))


def _judge_archives(files: Files, budget: _Budget, depth: int) -> None:
    for name, content in files.items():
        if _is_archive(name):
            if depth >= _ARCHIVES:
                what = f"archives stand in each other more than {_ARCHIVES} deep"
                raise BadChart(name, what, "unpack the subcharts")
            _judge_archives(_members(name, content, budget), budget, depth + 1)


def _members(at: str, archive: bytes, budget: _Budget) -> dict[str, bytes]:
    """The regular files of an archive; ``at`` is its own place in the chart."""
    files: dict[str, bytes] = {}
    try:
        unzipped = io.BufferedReader(_Counted(at, archive, budget), _PIECE)
        with tarfile.open(fileobj=unzipped, mode="r|", encoding="utf-8", tarinfo=_Member) as opened:
            for member in opened:
                inside = _inside(at, member)
                if inside is None:
                    continue
                budget.file(inside)
                if inside in files:
                    what = f"the archive has the file {inside[:200]!r} twice"
                    raise BadChart(at, what, "package the chart with 'helm package'")
                held = opened.extractfile(member)
                files[inside] = held.read() if held is not None else b""
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, RecursionError):
        raise BadChart(at, "this is no archive of a chart", "package the chart with 'helm package'") from None
    return files


class _Member(tarfile.TarInfo):
    """A member whose header is broken is an error, not the end of the archive: others would read on."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            # An empty block is the end. An archive that ends without one is as good.
            if len(buf) == tarfile.BLOCKSIZE and any(buf):
                raise ValueError(str(error)) from None
            raise


def _inside(at: str, member: tarfile.TarInfo) -> str | None:
    """The path of a member below its first folder; None for what holds nothing."""
    path = PurePosixPath(member.name)
    where = f"{at}: {member.name[:200]!r}" if at else repr(member.name[:200])
    if path.is_absolute() or ".." in path.parts or "\\" in member.name or not member.name.isprintable():
        raise BadChart(
            where, "the archive has a file that would be unpacked outside its folder", "don't use it"
        )
    if member.isdir():
        return None
    # A sparse file is larger than what it takes in the archive, without end.
    if not member.isreg() or member.issparse():
        raise BadChart(where, "the archive has a link or a device", "package the chart with 'helm package'")
    inside = "/".join(path.parts[1:])
    if not inside:
        raise BadChart(where, "the archive's files are in no folder", "package the chart with 'helm package'")
    return inside


class _Counted(io.RawIOBase):
    """What an archive unzips to, counted as it is read."""

    def __init__(self, at: str, archive: bytes, budget: _Budget) -> None:
        self._at = at
        self._budget = budget
        self._source = gzip.GzipFile(fileobj=io.BytesIO(archive))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._source.read(min(len(buffer), _PIECE))
        self._budget.bytes(self._at, len(piece))
        buffer[: len(piece)] = piece
        return len(piece)
