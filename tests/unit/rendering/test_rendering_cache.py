"""The cache gives back what was put into it, or nothing; it never fails and never holds plaintext."""

from __future__ import annotations

import base64
import os
import stat
import threading
from functools import partial
from pathlib import Path

import pytest

from onestack.rendering.cache import Cache, Part, key

KEY = "0" * 64
PARTS = (Part("manifests/a/x.yaml", b"a: 1\n"), Part("manifests/a/y.yaml", b""), Part("z", b"c: \xff\n"))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "tool"
    path.write_text("#!/bin/sh\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "rendering"


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_what_is_put_is_got_and_is_the_users_alone(folder: Path, program: Path) -> None:
    cache = Cache(folder)
    assert cache.get(KEY) is None
    cache.put(KEY, PARTS, program=program)
    assert Cache(folder).get(KEY) == PARTS
    assert cache.get("1" * 64) is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in kept(folder)] == [0o600]


def test_a_rendering_holds_as_long_as_the_program_that_made_it(folder: Path, program: Path) -> None:
    cache = Cache(folder)
    cache.put(KEY, PARTS, program=program)
    os.utime(program, ns=(1, 1))
    assert cache.get(KEY) is None
    cache.put(KEY, PARTS, program=program)
    assert cache.get(KEY) == PARTS
    program.unlink()
    assert cache.get(KEY) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}\n",
        b"[]\nx",
        b"null\n",
        b"\x00\xff",
        b'{"digest": "x"}\na',
        b'{"digest": 1, "parts": [[1]]}\n',
    ],
)
def test_what_is_damaged_is_made_anew(folder: Path, program: Path, content: bytes) -> None:
    cache = Cache(folder)
    cache.put(KEY, PARTS, program=program)
    kept(folder)[0].write_bytes(content)
    assert cache.get(KEY) is None
    cache.put(KEY, PARTS, program=program)
    assert cache.get(KEY) == PARTS


def test_what_was_changed_or_cut_off_is_not_believed(folder: Path, program: Path) -> None:
    cache = Cache(folder)
    cache.put(KEY, PARTS, program=program)
    file = kept(folder)[0]
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert cache.get(KEY) is None
    file.write_bytes(whole.replace(b"a: 1", b"a: 2"))
    assert cache.get(KEY) is None


def secret(value: str, field: str = "stringData") -> bytes:
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{field}: {{password: {value}}}\n".encode()


@pytest.mark.parametrize(
    "content",
    [
        secret("canary"),
        secret(base64.b64encode(b"canary").decode(), "data"),
        b"a: 1\n---\n" + secret("canary"),
        b"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, stringData: {a: canary}}\n",
        b"kind: Secret\na: 1\na: can't be read\n",
    ],
)
def test_a_plaintext_secret_is_not_kept(folder: Path, program: Path, content: bytes) -> None:
    Cache(folder).put(KEY, (*PARTS, Part("s", content)), program=program)
    assert kept(folder) == []


@pytest.mark.parametrize(
    "content",
    [
        secret('"${secrets:db}"'),
        secret(base64.b64encode(b"${secrets:db}").decode(), "data"),
        b"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
        b"kind: ConfigMap\ndata: {about: Secret}\n",
    ],
)
def test_placeholders_are_kept(folder: Path, program: Path, content: bytes) -> None:
    Cache(folder).put(KEY, (Part("s", content),), program=program)
    assert Cache(folder).get(KEY) == (Part("s", content),)


def test_a_folder_that_can_not_be_used_is_done_without(tmp_path: Path, program: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    cache.put(KEY, PARTS, program=program)
    assert cache.get(KEY) is None


def test_a_full_disk_leaves_nothing_half_written(
    folder: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    Cache(folder).put(KEY, PARTS, program=program)
    assert kept(folder) == []


def test_the_longest_unused_goes_when_there_is_too_much(folder: Path, program: Path) -> None:
    cache = Cache(folder, most_bytes=3000)
    for number in range(3):
        cache.put(str(number), (Part("f", b"x" * 700),), program=program)
        os.utime(folder / f"{number}.rendering", (number, number))
    assert cache.get("0") is not None  # now it is the last used
    (folder / "abandoned").write_text("")
    os.utime(folder / "abandoned", (0, 0))
    cache.put("3", (Part("f", b"x" * 1000),), program=program)
    assert [file.name for file in kept(folder)] == ["0.rendering", "3.rendering"]


def test_runs_at_once_see_all_or_nothing(folder: Path, program: Path) -> None:
    parts = (Part("f", b"x" * 100_000),)
    seen: list[object] = []

    def use() -> None:
        for _ in range(50):
            Cache(folder).put(KEY, parts, program=program)
            seen.append(Cache(folder).get(KEY) == parts)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 200


def test_everything_that_counts_is_in_the_key(tmp_path: Path) -> None:
    made = partial(key, root=tmp_path)
    keys = [
        made("kustomize", ("build", "."), {"a": b"1", "b": b"2"}),
        made("helm", ("build", "."), {"a": b"1", "b": b"2"}),
        made("kustomize", ("build .",), {"a": b"1", "b": b"2"}),
        made("kustomize", ("build",), {".": b"", "a": b"1", "b": b"2"}),
        made("kustomize", ("build", "."), {"a": b"1b", "": b"2"}),
        made("kustomize", ("build", "."), {"a": b"2", "b": b"1"}),
        made("kustomize", ("build", "."), {"a": b"1"}),
    ]
    again = made("kustomize", ("build", "."), {"b": b"2", "a": b"1"})
    assert keys[0] == again
    for version in ("v5.8.2", "v5.8.3"):
        (tmp_path / "tools" / "kustomize").mkdir(parents=True, exist_ok=True)
        (tmp_path / "tools" / "kustomize" / "go.mod").write_text(version)
        keys.append(made("kustomize", ("build", "."), {"a": b"1", "b": b"2"}))
    assert len(set(keys)) == len(keys)
