"""Where records are, and that a folder holds them whole."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from onestack.errors import DiskFull, RecordsUnreadable
from onestack.records import at
from onestack.records.folder import Folder


@pytest.mark.parametrize(
    ("backend", "place"),
    [
        ("file:///states", "/states/onestack"),
        ("file:///with%20space?no_tmp_dir=true", "/with space/onestack"),
        ("file://./states", "{root}/states/onestack"),
        ("file://~/states", "/home/ada/states/onestack"),
        ("gs://acme", "gs://acme/onestack"),
        ("gs://acme/a/b/?x=y", "gs://acme/a/b/onestack"),
    ],
)
def test_records_are_beside_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, place: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    store = at(backend, tmp_path)
    assert store.place == place.format(root=tmp_path)
    assert store.note == ""


@pytest.mark.parametrize("backend", ["s3://acme", "https://ada:word@api.pulumi.com", "azblob://acme", ""])
def test_of_other_places_records_are_here_alone_and_that_is_said(tmp_path: Path, backend: str) -> None:
    store = at(backend, tmp_path)
    assert store.place.startswith(f"{tmp_path}/.onestack/records/")
    assert "other machines don't know of them" in store.note
    assert "word" not in store.note
    assert store.place != at("s3://other", tmp_path).place


def test_what_a_kill_left_half_written_is_no_record_and_in_nobody_s_way(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    version = store.create("a/b.json", "one")
    (tmp_path / "a/.b.json.new").write_text("tw")
    (tmp_path / "a/.c.json.new").write_text("thr")
    assert store.names() == ("a/b.json",)
    assert store.read("a/c.json") is None
    store.replace("a/b.json", "two", version)
    store.create("a/c.json", "three")
    assert [file.name for file in sorted((tmp_path / "a").iterdir())] == ["b.json", "c.json"]


def test_a_write_that_finds_no_room_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Folder(tmp_path)
    version = store.create("a", "one")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        store.replace("a", "two", version)
    with pytest.raises(DiskFull):
        store.create("b", "two")
    monkeypatch.undo()
    assert store.read("a") == ("one", version)
    assert store.names() == ("a",)


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    store = Folder(tmp_path / "taken")
    with pytest.raises(RecordsUnreadable):
        store.create("a", "one")
    with pytest.raises(RecordsUnreadable):
        store.read("a")
