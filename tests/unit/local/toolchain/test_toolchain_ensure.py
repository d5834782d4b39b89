"""The search as a whole: the order of sources, builds, and what goes wrong with them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from onestack.errors import (
    BuildFailed,
    CacheUnusable,
    GoMissing,
    GoTooOld,
    InvalidSwitch,
    NothingToBuildFrom,
    ToolMissing,
    ToolsDiskFull,
    UnknownTool,
)
from onestack.local.toolchain import build, golang, network, rows
from onestack.local.toolchain.catalogue import ALL, TEST_ONLY, TOOLS
from onestack.local.toolchain.network import Patience
from onestack.local.toolchain.sdk import plugin_version
from tests.unit.local.toolchain.world import PINNED, SDK, World


def test_all_is_built_where_nothing_is_there(world: World) -> None:
    world.go()
    toolchain = world.ensure()
    assert {tool.name: tool.version for tool in toolchain.tools} == {
        **{name: PINNED[tool.module] for name, tool in TOOLS.items() if name not in TEST_ONLY},
        "pulumi-resource-kubernetes": SDK,
        "pulumi-resource-gcp": plugin_version("pulumi_gcp"),
    }
    assert {tool.source for tool in toolchain.tools if tool.name in TOOLS} == {"built"}
    assert all(os.access(tool.path, os.X_OK) for tool in toolchain.tools)
    assert os.access(toolchain.path("pulumi-language-python").parent / "pulumi-language-python-exec", os.X_OK)
    assert toolchain.missing == ()
    assert "-P -m onestack.local.gcp" in toolchain.path("pulumi-resource-gcp").read_text()


def test_a_second_run_starts_no_program_and_writes_nothing(world: World) -> None:
    world.go()
    world.tool("etcd")
    world.plugin(world.folders[0] / "pulumi-resource-kubernetes", SDK)
    first = world.ensure()

    def state() -> dict[Path, int]:
        paths = [*world.cache.rglob("*"), *world.root.rglob("*")]
        return {path: path.stat().st_mtime_ns for path in paths if "locks" not in path.parts}

    world.log.unlink()
    before = state()
    assert world.ensure() == first
    assert world.spawned() == []
    assert state() == before


def test_a_second_clone_needs_no_second_build(world: World) -> None:
    world.go()
    first = world.ensure("etcd")
    world.root = world.root.rename(world.base / "elsewhere")
    assert world.ensure("etcd") == first
    assert len(world.spawned("go build")) == 1


def test_only_what_does_not_fit_on_path_is_built(world: World) -> None:
    world.all_tools("kwok")
    old = world.tool("kwok", "kwok version v0.7.0")
    world.go()
    # This one is always built.
    toolchain = world.ensure(*(set(TOOLS) - {"fake-gcs-server"}))
    assert [tool.name for tool in toolchain.tools if tool.source == "built"] == ["kwok"]
    assert f"{old} is 0.7.0, needed is 0.8" in {row.tool: row.note for row in rows(toolchain)}["kwok"]
    # Before PATH: the one that fits hides the one that does not.
    assert toolchain.bin_dirs() == (world.built("kwok"), world.folders[0])


def test_the_language_host_beside_a_fitting_pulumi_is_taken(world: World) -> None:
    host = world.folders[1] / "pulumi-language-python"
    world.tool("pulumi-language-python-exec", where=1)
    world.tool("pulumi-language-python", where=1)
    world.tool("pulumi", where=1)
    (world.folders[0] / "pulumi").symlink_to(world.folders[1] / "pulumi")
    assert world.ensure("pulumi-language-python").path("pulumi-language-python") == host


def test_the_language_host_is_built_where_pulumi_has_none_beside_it(world: World) -> None:
    world.all_tools("pulumi-language-python")
    # One without its companion is none.
    world.tool("pulumi-language-python")
    world.go()
    host = world.ensure("pulumi-language-python").tools[0]
    assert (host.source, host.version) == ("built", PINNED["pulumi-python"])


def test_go_is_held_to_the_pins_and_keeps_the_users_flags(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-p=1")
    monkeypatch.setenv("GOOS", "plan9")
    world.go(build=f"env > {world.base}/environ")
    world.ensure("etcd")
    environ = (world.base / "environ").read_text().splitlines()
    assert {"GOFLAGS=-p=1", "GOTOOLCHAIN=local", "GOWORK=off", "CGO_ENABLED=0"} <= set(environ)
    assert not [line for line in environ if line.startswith("GOOS=")]
    (call,) = world.spawned("go build")
    assert "-trimpath -mod=readonly -ldflags=-s -w" in call


def test_progress_says_what_and_how_far(world: World) -> None:
    world.go(listing="echo go: downloading a v1; echo go: downloading b v2", build="echo one/package")
    world.ensure("etcd", "helm")
    assert any(
        "reading the modules of etcd (1 of 2 modules; 2 fetched so far)" in s for s in world.told.steps
    )
    assert any("helm (2 of 2 modules, 1 of at most 2 packages compiled)" in s for s in world.told.steps)
    assert any("building etcd, helm from pinned sources" in note for note in world.told.notes)


def test_no_go_names_the_tools_and_the_version(world: World) -> None:
    with pytest.raises(GoMissing, match=r"Go 1\.26 is needed to build etcd, helm"):
        world.ensure("helm", "etcd")


def test_an_old_go_is_named(world: World) -> None:
    program = world.go("go version go1.25.9 linux/amd64")
    with pytest.raises(GoTooOld, match=r"this one is 1\.25\.9") as failure:
        world.ensure("etcd")
    assert failure.value.where == str(program)


def test_a_go_that_does_not_work_is_no_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, body in ((20.0, "exit 1"), (0.2, "sleep 60 & sleep 60")):
        monkeypatch.setattr(golang, "_ANSWER_SECONDS", seconds)
        world.script(world.folders[0] / "go", body)
        with pytest.raises(GoTooOld, match="this one is broken"):
            world.ensure("etcd")
    # A later one on PATH that works is taken.
    monkeypatch.setattr(golang, "_ANSWER_SECONDS", 20.0)
    world.script(world.folders[0] / "go", "exit 1")
    world.go()
    assert world.ensure("etcd").tools[0].source == "built"


def test_a_failed_build_shows_its_end_and_its_log(world: World) -> None:
    world.go(build="for n in 1 2 3; do echo line $n >&2; done; exit 1")
    with pytest.raises(BuildFailed, match="line 3") as failure:
        world.ensure("etcd")
    (log,) = (world.cache / "logs").glob("build-etcd-*.log")
    assert str(log) in failure.value.hint
    assert "line 1" in log.read_text()
    assert world.unfinished() == []


@pytest.mark.parametrize(
    ("listing", "hint"),
    [
        ("echo 'dial tcp 192.0.2.1:443: i/o timeout'; exit 1", "modules can't be fetched"),
        ("kill -9 $$", "perhaps memory ran out"),
    ],
)
def test_why_go_failed_is_said(world: World, listing: str, hint: str) -> None:
    world.go(listing=listing)
    with pytest.raises(BuildFailed) as failure:
        world.ensure("etcd")
    assert hint in failure.value.hint


def test_a_go_proxy_that_never_answers_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "patience", lambda _: Patience(0.5, 0.5))
    world.go(listing="sleep 60 & sleep 60")
    with pytest.raises(BuildFailed, match="nothing arrived for") as failure:
        world.ensure("etcd")
    assert "GOPROXY" in failure.value.hint


def test_a_full_disk_under_go_is_said_with_its_folder(world: World) -> None:
    other = world.base / "other-disk"
    other.mkdir()
    world.go(
        build=f"echo 'go: writing {other}/b001/x.a: write {other}/b001/x.a: no space left on device'; exit 1"
    )
    with pytest.raises(ToolsDiskFull) as failure:
        world.ensure("etcd")
    assert failure.value.where.startswith(f"{other} (")
    assert "building etcd" in failure.value.what
    world.go(build="echo 'link: mapping output file failed: no space left on device'; exit 1")
    with pytest.raises(ToolsDiskFull) as failure:
        world.ensure("etcd")
    assert failure.value.where.startswith(f"{world.cache} (")


def test_a_full_disk_under_us(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device", str(world.cache / "tools" / "etcd" / "x"))

    monkeypatch.setattr(build, "publish", refuse)
    world.go()
    with pytest.raises(ToolsDiskFull) as failure:
        world.ensure("etcd")
    assert failure.value.where.startswith(str(world.cache / "tools" / "etcd"))
    assert world.unfinished() == []


def test_a_damaged_build_is_built_again(world: World) -> None:
    world.go()
    etcd = world.ensure("etcd").path("etcd")
    for damage in (lambda: etcd.write_bytes(b"x"), etcd.unlink, lambda: etcd.chmod(0o600)):
        damage()
        assert world.ensure("etcd").path("etcd") == etcd
        assert os.access(etcd, os.X_OK)
    assert len(world.spawned("go build")) == 4


def test_a_build_appears_whole_or_not_at_all(world: World) -> None:
    # A program is missing in what Go left: nothing of it is kept.
    (world.base / "made" / "kubernetes" / "kubectl").unlink()
    world.go()
    with pytest.raises(BuildFailed, match="left no kubectl"):
        world.ensure("kube-apiserver")
    assert not world.built("kubernetes").exists()
    # Also of a program that has another name in its own project.
    (world.base / "made" / "etcd" / "server").rename(world.base / "made" / "etcd" / "other")
    with pytest.raises(BuildFailed, match="left no etcd"):
        world.ensure("etcd")


def test_a_program_of_another_version_is_not_published(world: World) -> None:
    world.script(world.base / "made" / "helm" / "helm", "echo v4.2.0")
    world.go()
    with pytest.raises(BuildFailed, match=r"says its version is 4\.2\.0, pinned is 4\.3\.1"):
        world.ensure("helm")
    assert not world.built("helm").exists()


def test_a_module_without_its_scripts_is_said(world: World) -> None:
    (world.base / "module" / "python" / "cmd" / "pulumi-language-python-exec").unlink()
    world.all_tools("pulumi-language-python")
    world.go()
    with pytest.raises(BuildFailed, match="pulumi-language-python-exec is not in"):
        world.ensure("pulumi-language-python")


def test_a_pin_that_does_not_fit_is_not_built(world: World) -> None:
    world.pin("etcd", "3.5.21")
    world.go()
    with pytest.raises(NothingToBuildFrom, match=r"etcd 3\.6"):
        world.ensure("etcd")
    assert world.spawned() == []


def test_without_pins_and_without_a_fitting_tool(world: World) -> None:
    for path in (world.root / "tools").glob("*/go.mod"):
        path.unlink()
    with pytest.raises(NothingToBuildFrom, match="restore that folder from git"):
        world.ensure("etcd", "helm")


def test_names_and_switches_that_mean_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownTool, match="the tools are: pulumi"):
        world.ensure("terraform")
    monkeypatch.setenv(network.VARIABLE, "maybe")
    with pytest.raises(InvalidSwitch, match="auto or never or always"):
        world.ensure("etcd")
    monkeypatch.setenv("ONESTACK_CACHE", "~no-such-user/cache")
    with pytest.raises(InvalidSwitch, match="ONESTACK_CACHE can't be '~no-such-user/cache'"):
        world.ensure("etcd")


def test_a_cache_that_can_not_be_written(world: World) -> None:
    world.cache.write_text("a file")
    with pytest.raises(CacheUnusable) as failure:
        world.ensure("etcd")
    assert failure.value.where.startswith(str(world.cache))


def test_a_tool_that_was_not_asked_for_is_said_and_the_table_has_a_row_for_everything(world: World) -> None:
    world.go()
    with pytest.raises(ToolMissing, match="not among the tools asked for"):
        world.ensure("etcd").path("helm")
    table = rows(world.ensure())
    assert tuple(row.tool for row in table) == ALL
    assert {row.source for row in table} == {"built here", "offline stand-in"}
