"""The folders onestack keeps: the cache, the engine's home, the launchers; and disks that refuse."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from onestack.cache import cache_folder
from onestack.errors import CacheUnusable, LauncherUnusable, ToolsDiskFull, ToolUnusable
from onestack.local.toolchain import files, prepared_pulumi_home, prune, pruned_document, pruned_lines
from onestack.local.toolchain.disk import disk_failures_in_words
from tests.unit.local.toolchain.world import PINNED, World

PLUGIN = "pulumi-resource-kubernetes"


def test_the_engines_automatic_log_has_no_folder(world: World) -> None:
    logs = prepared_pulumi_home() / "logs"
    assert logs.is_file()
    assert logs.stat().st_mode & 0o077 == 0
    before = logs.stat()
    prepared_pulumi_home()
    assert logs.stat() == before


def test_a_folder_of_logs_becomes_a_file(world: World) -> None:
    home = world.cache / "pulumi-home"
    (home / "logs" / "deep").mkdir(parents=True)
    (home / "logs" / "deep" / "log").write_text("a secret")
    (home / ".logs-of-a-killed-run").mkdir()
    assert prepared_pulumi_home() == home
    assert (home / "logs").is_file()
    assert list(home.iterdir()) == [home / "logs"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_to_a_folder_of_logs_becomes_a_file(world: World, there: bool) -> None:
    home, target = world.cache / "pulumi-home", world.base / "target"
    home.mkdir(parents=True)
    if there:
        target.mkdir()
    (home / "logs").symlink_to(target)
    prepared_pulumi_home()
    assert (home / "logs").is_file()
    assert not (home / "logs").is_symlink()
    assert target.exists() == there


def test_the_home_is_ready_before_any_engine_is_started_with_it(world: World) -> None:
    world.tool("pulumi", body=f'[ -f "$PULUMI_HOME/logs" ] && touch {world.held}')
    world.ensure("pulumi")
    assert world.held.exists()


def test_the_cache_can_be_moved(tmp_path: Path) -> None:
    assert cache_folder({"ONESTACK_CACHE": str(tmp_path)}) == tmp_path
    assert cache_folder({"ONESTACK_CACHE": "here"}) == Path.cwd() / "here"
    assert cache_folder({"ONESTACK_CACHE": ""}).name == "onestack"


def full(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Files below a folder of that name are written to a device that is always full."""
    usual = os.fdopen

    def fdopen(handle: int, *arguments: Any, **named: Any) -> Any:
        if part in str(Path(f"/proc/self/fd/{handle}").readlink()):
            os.close(handle)
            handle = os.open("/dev/full", os.O_WRONLY)
        return usual(handle, *arguments, **named)

    monkeypatch.setattr(os, "fdopen", fdopen)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's device that is always full")
@pytest.mark.parametrize(
    ("part", "what", "where"),
    [
        ("/.onestack/", "writing a plugin's launcher", "clone/.onestack/bin"),
        ("versions.json", "keeping", "cache"),
    ],
)
def test_a_full_disk_is_named_by_the_place_that_has_no_room(
    world: World, monkeypatch: pytest.MonkeyPatch, part: str, what: str, where: str
) -> None:
    world.all_tools()
    full(monkeypatch, part)
    with pytest.raises(ToolsDiskFull) as failure:
        world.ensure(PLUGIN)
    assert what in failure.value.what
    assert failure.value.where.startswith(f"{world.base / where} (")
    assert failure.value.why == "No space left on device"
    # The half-written file is gone, and with room the next run goes through.
    assert not [path for path in world.base.rglob(".*.*") if path.is_file()]
    monkeypatch.undo()
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    assert world.ensure(PLUGIN).tools[0].source == "offline"


def test_a_launcher_that_can_not_be_kept_is_not_called_the_cache(world: World) -> None:
    world.all_tools()
    (world.root / ".onestack").write_text("a file")
    with pytest.raises(LauncherUnusable) as failure:
        world.ensure(PLUGIN)
    assert failure.value.where.startswith(str(world.root / ".onestack"))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("cache/x", CacheUnusable),
        ("", CacheUnusable),
        ("clone/.onestack/bin", LauncherUnusable),
        ("first/etcd", ToolUnusable),
    ],
)
def test_what_is_refused_is_said_by_its_place(world: World, place: str, expected: type[Exception]) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", str(world.base / place))
    with pytest.raises(expected, match="Permission denied"), disk_failures_in_words(world.places()):
        raise error


def test_a_failure_without_a_name_is_the_caches(world: World) -> None:
    with pytest.raises(CacheUnusable) as failure, disk_failures_in_words(world.places()):
        raise OSError(errno.EIO, "Input/output error")
    assert failure.value.where == str(world.cache)


def test_a_full_share_of_the_disk_is_a_full_disk_where_the_file_was_to_go(world: World) -> None:
    world.cache.mkdir()
    source, target = world.folders[0] / "from", world.cache / "to"
    with (
        pytest.raises(ToolsDiskFull, match="quota") as failure,
        disk_failures_in_words(world.places()),
    ):
        raise OSError(errno.EDQUOT, "Disk quota exceeded", str(source), None, str(target))
    assert failure.value.where.startswith(f"{world.cache} (")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    files.replace_file(path, "old")
    assert path.stat().st_mode & 0o777 == 0o600

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.replace_file(path, "new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "old")]


def test_a_changed_pin_is_built_anew_and_pruning_removes_the_old(world: World) -> None:
    world.go()
    old = world.ensure("etcd").path("etcd").parent
    official = world.script(
        world.cache / "tools" / "pulumi" / f"{PINNED['pulumi']}-official" / "bin" / "pulumi", ""
    )
    (world.cache / "tools" / "etcd" / "a-file").touch()
    world.pin("etcd", "3.6.9")
    world.script(world.base / "made" / "etcd" / "server", "echo etcd Version: 3.6.9")
    new = world.ensure("etcd").path("etcd").parent
    assert old.is_dir()
    gone = prune(world.root)
    assert [one.path for one in gone] == [old]
    assert gone[0].bytes > 0
    assert new.is_dir()
    assert official.exists()
    assert pruned_document(gone) == {
        "removed": [{"path": str(old), "bytes": gone[0].bytes}],
        "bytes": gone[0].bytes,
    }
    assert pruned_lines(gone)[0].startswith(f"removed {old} (")
    assert prune(world.root) == ()
    assert pruned_lines(()) == ("nothing to remove: every tool kept is one that this repository pins",)


def test_without_pins_nothing_is_pruned(world: World) -> None:
    world.go()
    kept = world.ensure("etcd").path("etcd")
    (world.root / "tools" / "etcd" / "go.sum").unlink()
    assert prune(world.root) == ()
    assert kept.exists()
