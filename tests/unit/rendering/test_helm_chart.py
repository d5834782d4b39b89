"""Charts are judged before Helm sees them: what leads out, has no end or is no chart is refused."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.rendering import chart
from onestack.rendering.chart import BadChart, archive_files, folder_files, with_subcharts

Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE) -> Member:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE}:
        info.linkname = "/etc/passwd"
    return info, content


def packed(*members: Member) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content) if info.size else None)
    # Without the time: tests are named after their values, on every worker alike.
    return gzip.compress(made.getvalue(), mtime=0)


def archived(files: Mapping[str, bytes]) -> bytes:
    return packed(*(member(f"demo/{name}", content) for name, content in files.items()))


def sparse() -> Member:
    """A file of 64 GiB that takes nothing."""
    info = tarfile.TarInfo("demo/x")
    info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": str(2**36)}
    info.pax_headers |= {"GNU.sparse.map": "0,0", "GNU.sparse.name": "demo/x"}
    return info, b""


def nested(depth: int) -> bytes:
    made = archived({"Chart.yaml": b"a"})
    for _ in range(depth):
        made = archived({"charts/inner.tgz": made})
    return made


def test_an_archives_files_stand_below_its_folder() -> None:
    files = {"Chart.yaml": b"a", "templates/b.yaml": b"c"}
    assert archive_files(archived(files)) == files


def test_subcharts_in_archives_are_looked_into() -> None:
    inner = archived({"templates/b.yaml": b"c"})
    files = archive_files(archived({"charts/inner-1.0.0.tgz": inner, "Chart.yaml": b"a"}))
    assert dict(with_subcharts(files)) == {
        "charts/inner-1.0.0/templates/b.yaml": b"c",
        "Chart.yaml": b"a",
    }


OUTSIDE = "the archive has a file that would be unpacked outside its folder"
NO_ARCHIVE = "this is no archive of a chart"
LINK = "the archive has a link or a device"


@pytest.mark.parametrize(
    ("archive", "at", "what"),
    [
        (b"", "", NO_ARCHIVE),
        (b"not gzip", "", NO_ARCHIVE),
        (gzip.compress(b"not tar" * 200, mtime=0), "", NO_ARCHIVE),
        (archived({"a": b"b" * 100_000})[:-400], "", NO_ARCHIVE),
        (packed(member("demo/../../x")), "'demo/../../x'", OUTSIDE),
        (packed(member("/etc/x")), "'/etc/x'", OUTSIDE),
        (packed(member("demo\\..\\x")), "'demo\\\\..\\\\x'", OUTSIDE),
        (packed(member("demo/a\nb")), "'demo/a\\nb'", OUTSIDE),
        (packed(member("demo/x", kind=tarfile.SYMTYPE)), "'demo/x'", LINK),
        (packed(member("demo/x", kind=tarfile.LNKTYPE)), "'demo/x'", LINK),
        (packed(member("demo/x", kind=tarfile.CHRTYPE)), "'demo/x'", LINK),
        (packed(sparse()), "'demo/x'", LINK),
        (packed(member("a/x"), member("b/x")), "", "the archive has the file 'x' twice"),
        (packed(member("Chart.yaml")), "'Chart.yaml'", "the archive's files are in no folder"),
        (archived({"charts/a.tgz": b"x"}), "charts/a.tgz", NO_ARCHIVE),
        (
            archived({"charts/a.tgz": packed(member("../x"))}),
            "charts/a.tgz: '../x'",
            OUTSIDE,
        ),
        (nested(6), "charts/inner.tgz", "archives stand in each other more than 5 deep"),
        (
            archived({"a": bytes(101 * 1024 * 1024)}),
            "",
            "the chart has more than 100 MiB when it is unpacked",
        ),
        (
            archived({f"charts/{n}.tgz": archived({"a": bytes(30 * 1024 * 1024)}) for n in range(4)}),
            "charts/3.tgz",
            "the chart has more than 100 MiB when it is unpacked",
        ),
        (
            archived({str(n): b"" for n in range(10_001)}),
            "10000",
            "the chart has more than 10000 files and folders",
        ),
    ],
)
def test_bad_archives_are_refused(archive: bytes, at: str, what: str) -> None:
    with pytest.raises(BadChart) as caught:
        archive_files(archive)
    assert (caught.value.what, caught.value.at) == (what, at)
    assert caught.value.expected


TAR = gzip.decompress(archived({"Chart.yaml": b"a" * 600, "charts/b.tgz": archived({"x": b"y"})}))


@given(st.lists(st.tuples(st.integers(0, len(TAR) - 1), st.integers(0, 255)), max_size=20), st.booleans())
def test_no_archive_does_more_than_be_refused(changes: list[tuple[int, int]], headers: bool) -> None:
    spoilt = bytearray(TAR)
    for at, byte in changes:
        spoilt[at % 512 if headers else at] = byte
    with contextlib.suppress(BadChart):
        archive_files(gzip.compress(bytes(spoilt)))


@given(st.binary())
def test_no_bytes_do_more_than_be_refused(archive: bytes) -> None:
    with pytest.raises(BadChart):
        archive_files(archive)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    (made / "chart" / "templates").mkdir(parents=True)
    (made / "chart" / "Chart.yaml").write_text("a")
    return made


def test_links_inside_the_repository_are_followed(root: Path) -> None:
    (root / "shared").mkdir()
    (root / "shared" / "b.yaml").write_text("b")
    (root / "chart" / "templates" / "c.yaml").symlink_to("../../shared/b.yaml")
    (root / "chart" / "charts").symlink_to("../shared")
    assert folder_files(root, "chart") == {
        "Chart.yaml": b"a",
        "templates/c.yaml": b"b",
        "charts/b.yaml": b"b",
    }


def loop(chart_folder: Path) -> None:
    (chart_folder / "x").symlink_to("x")


def up(chart_folder: Path) -> None:
    (chart_folder / "x").symlink_to(".")


def out(chart_folder: Path) -> None:
    (chart_folder / "x").symlink_to("/etc")


def fifo(chart_folder: Path) -> None:
    os.mkfifo(chart_folder / "x")


def unprintable(chart_folder: Path) -> None:
    (chart_folder / "x\n").touch()


def deep(chart_folder: Path) -> None:
    (chart_folder / "/".join(["x"] * 40)).mkdir(parents=True)


@pytest.mark.parametrize(
    ("spoil", "at", "what"),
    [
        (loop, "x", "'x' can't be followed: Too many levels of symbolic links"),
        (up, "x", "the link leads back to a folder above it"),
        (out, "x", "'x' is a link that leads out of the repository"),
        (fifo, "x", "this is no regular file"),
        (unprintable, "'x\\n'", "the file's name has characters that can't be printed"),
        (deep, "/".join(["x"] * 33), "folders are nested more than 32 deep"),
    ],
)
def test_folders_that_lead_elsewhere_are_refused(
    root: Path, spoil: Callable[[Path], None], at: str, what: str
) -> None:
    spoil(root / "chart")
    with pytest.raises(BadChart) as caught:
        folder_files(root, "chart")
    assert (caught.value.at, caught.value.what) == (at, what)


def test_links_that_multiply_folders_are_refused(root: Path) -> None:
    for level in range(30):
        at = root / "chart" / str(level)
        at.mkdir()
        for name in ("a", "b"):
            (at / name).symlink_to(f"../{level + 1}")
    (root / "chart" / "30").mkdir()
    with pytest.raises(BadChart, match="more than 10000 files and folders"):
        folder_files(root, "chart")


def test_a_folder_without_end_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "BYTES", 10)
    (root / "chart" / "b").write_text("b" * 11)
    with pytest.raises(BadChart, match="more than 0 MiB"):
        folder_files(root, "chart")
