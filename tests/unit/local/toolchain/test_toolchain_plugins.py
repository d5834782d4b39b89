"""Provider plugins: official ones wherever they lie, and the stand-in where there is none."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from onestack.local.toolchain import Toolchain, plugin_info, probe
from onestack.local.toolchain.launcher import is_launcher, write_launcher
from onestack.local.toolchain.plugin_info import PluginInfo
from tests.unit.local.toolchain.world import PYTHON, SDK, World

NAME = "pulumi-resource-kubernetes"


@pytest.fixture
def equipped(world: World) -> World:
    """Pulumi is on PATH; downloads are off."""
    world.all_tools()
    return world


def launcher_of(world: World) -> Path:
    return world.root / ".onestack" / "bin" / NAME


def first_for_the_engine(world: World, toolchain: Toolchain) -> Path:
    """What a search along the engine's PATH finds first."""
    folders = [*toolchain.bin_dirs(), *world.folders]
    return next(f / NAME for f in folders if os.access(f / NAME, os.X_OK)).resolve()


def test_the_stand_in_is_launched_where_the_official_one_can_not_be_had(equipped: World) -> None:
    toolchain = equipped.ensure(NAME)
    (plugin,) = toolchain.tools
    assert (plugin.source, plugin.version, plugin.path) == ("offline", SDK, launcher_of(equipped))
    assert "ONESTACK_DOWNLOADS=never" in plugin.note
    assert is_launcher(plugin.path)
    assert "-P -m onestack.local.kubernetes" in plugin.path.read_text()
    assert NAME in toolchain.notice()
    assert first_for_the_engine(equipped, toolchain) == plugin.path


def test_an_official_plugin_on_path_is_asked_once_and_taken(equipped: World) -> None:
    equipped.ensure(NAME)
    program = equipped.plugin(equipped.folders[1] / NAME, SDK)
    for _ in range(2):
        toolchain = equipped.ensure(NAME)
        assert (toolchain.tools[0].path, toolchain.tools[0].source) == (program, "path")
    # It is given the address of an engine that is not there, and the stale stand-in is gone.
    assert equipped.spawned("plugin") == [f"plugin {SDK} 127.0.0.1:1"]
    assert not launcher_of(equipped).exists()
    assert toolchain.notice() == ""


def test_another_minor_version_is_taken_with_a_note(equipped: World) -> None:
    equipped.plugin(equipped.folders[0] / NAME, "v4.99.1")
    (plugin,) = equipped.ensure(NAME).tools
    assert (plugin.version, plugin.source) == ("4.99.1", "path")
    assert f"the SDK is made for {SDK}" in plugin.note


def test_another_major_version_is_passed_over_and_hidden(equipped: World) -> None:
    old = equipped.plugin(equipped.folders[0] / NAME, "3.30.0")
    toolchain = equipped.ensure(NAME)
    assert toolchain.tools[0].source == "offline"
    assert f"{old}: is 3.30.0, needed is 4.x" in toolchain.tools[0].note
    assert first_for_the_engine(equipped, toolchain) == launcher_of(equipped)
    # A later one on PATH fits: a link of ours comes before the one that does not.
    fits = equipped.plugin(equipped.folders[1] / NAME, SDK)
    for _ in range(2):
        toolchain = equipped.ensure(NAME)
        assert toolchain.tools[0].source == "path"
        assert first_for_the_engine(equipped, toolchain) == fits
    assert launcher_of(equipped).readlink() == fits
    # And it goes when nothing is to be hidden any more.
    old.unlink()
    assert equipped.ensure(NAME).path(NAME) == fits
    assert not launcher_of(equipped).is_symlink()


def test_our_own_launcher_is_not_mistaken_for_an_official_plugin(equipped: World) -> None:
    # Of another clone, whose .onestack/bin a shell of `onestack env` has on PATH.
    foreign = equipped.folders[0] / NAME
    write_launcher(foreign, "onestack.local.kubernetes", PYTHON)
    toolchain = equipped.ensure(NAME)
    assert toolchain.tools[0].path == launcher_of(equipped)
    # An official one in our home is hidden by it, and brought to the front.
    official = equipped.in_home(equipped.cache / "pulumi-home", SDK)
    toolchain = equipped.ensure(NAME)
    assert toolchain.tools[0].source == "downloaded"
    assert first_for_the_engine(equipped, toolchain) == official


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("echo hello", "it named no port on its first line"),
        ("echo 99999999", "it named no port on its first line"),
        ("exit 1", "it named no port on its first line"),
        ("sleep 60 & sleep 60", "it named no port within"),
        ("echo 1; sleep 60", "it answered GetPluginInfo with UNAVAILABLE"),
    ],
)
def test_one_that_does_not_answer_is_passed_over(
    equipped: World, monkeypatch: pytest.MonkeyPatch, body: str, why: str
) -> None:
    if "within" in why:
        monkeypatch.setattr(plugin_info, "START_SECONDS", 0.3)
    program = equipped.script(equipped.folders[0] / NAME, body)
    (plugin,) = equipped.ensure(NAME).tools
    assert plugin.source == "offline"
    assert f"{program}: {why}" in plugin.note


def test_a_version_that_is_none_is_said(equipped: World) -> None:
    equipped.plugin(equipped.folders[0] / NAME, "dev")
    assert "it calls its version 'dev'" in equipped.ensure(NAME).tools[0].note


def test_a_slow_failure_is_remembered_for_a_while(equipped: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def no_answer(program: Path, _: object) -> PluginInfo:
        asked.append(program)
        return PluginInfo(None, "too slow")

    monkeypatch.setattr(probe, "plugin_info", no_answer)
    equipped.plugin(equipped.folders[0] / NAME, SDK)
    # A quick failure is asked again each time; a slow one is not, until its time is over.
    for slow, failure, expected in ((2.0, 600.0, 2), (-1.0, 600.0, 3), (-1.0, 0.0, 5)):
        monkeypatch.setattr(probe, "SLOW_SECONDS", slow)
        monkeypatch.setattr(probe, "FAILURE_SECONDS", failure)
        for _ in range(2):
            assert "too slow" in equipped.ensure(NAME).tools[0].note
        assert len(asked) == expected


def test_the_users_own_pulumi_home_counts(equipped: World, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = equipped.in_home(equipped.home / ".pulumi", SDK)
    toolchain = equipped.ensure(NAME)
    assert (toolchain.path(NAME), toolchain.tools[0].source) == (usual, "path")
    assert first_for_the_engine(equipped, toolchain) == usual
    monkeypatch.setenv("PULUMI_HOME", str(equipped.base / "named"))
    named = equipped.in_home(equipped.base / "named", SDK)
    assert equipped.ensure(NAME).path(NAME) == named
    assert not launcher_of(equipped).exists()


def test_the_newest_that_fits_in_a_home_is_taken_before_the_stand_in(equipped: World) -> None:
    for version in ("4.9.0", "4.10.1", "5.0.0", "3.99.0"):
        equipped.in_home(equipped.home / ".pulumi", version)
    (plugin,) = equipped.ensure(NAME).tools
    assert (plugin.version, plugin.source) == ("4.10.1", "path")
    assert f"the SDK is made for {SDK} (ONESTACK_DOWNLOADS=never)" in plugin.note


def test_an_unfinished_installation_does_not_count(equipped: World) -> None:
    program = equipped.in_home(equipped.home / ".pulumi", SDK)
    program.parent.with_name(program.parent.name + ".partial").touch()
    assert equipped.ensure(NAME).tools[0].source == "offline"


def test_a_launcher_that_is_right_is_left_alone_and_a_wrong_one_mended(equipped: World) -> None:
    launcher = equipped.ensure(NAME).path(NAME)
    right, before = launcher.read_bytes(), launcher.stat()
    equipped.ensure(NAME)
    assert launcher.stat() == before
    launcher.chmod(0o600)
    equipped.ensure(NAME)
    assert os.access(launcher, os.X_OK)
    for damage in (b"", right[:-5], right + b"\xff\xfe"):
        launcher.write_bytes(damage)
        equipped.ensure(NAME)
        assert launcher.read_bytes() == right
        assert os.access(launcher, os.X_OK)


@pytest.mark.parametrize("folder", ["plain", "with space", 'it\'s "quoted" $HOME `x`'])
def test_the_launcher_starts_its_python_wherever_that_is(tmp_path: Path, folder: str) -> None:
    python = tmp_path / folder / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    launcher = tmp_path / "launcher"
    write_launcher(launcher, "platform", str(python))
    done = subprocess.run(
        [launcher, "terse"], capture_output=True, text=True, check=True, timeout=30, cwd=tmp_path
    )
    assert done.stdout.startswith(("Linux", "macOS", "Darwin"))
    assert shlex.quote(str(python)) in launcher.read_text()
