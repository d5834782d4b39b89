"""What is built, and the key that it is kept under."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.local.toolchain.catalogue import MODULES, PLUGINS, TOOLS, programs
from onestack.local.toolchain.ensure import LANGUAGE, fit_of
from onestack.local.toolchain.pins import read_pin
from onestack.local.toolchain.sdk import engine_version, plugin_version
from onestack.local.toolchain.version import Version
from tests.unit.local.toolchain.world import REPOSITORY, World

TOOLS_FOLDER = REPOSITORY / "tools"


def test_version_go_and_stamps_are_read(world: World) -> None:
    pin = world.pinned("kubernetes")
    assert (pin.version, pin.go) == (Version(1, 36, 3), Version(1, 26, 0))
    assert "-X k8s.io/component-base/version.gitVersion=v1.36.3" in pin.linker
    assert "-X k8s.io/component-base/version.gitMinor=36" in pin.linker


def test_the_key_follows_the_pins_and_the_checksums(world: World) -> None:
    keys = {world.pinned("etcd").key}
    sums = world.root / "tools" / "etcd" / "go.sum"
    sums.write_text("other sums\n")
    keys.add(world.pinned("etcd").key)
    with (world.root / "tools" / "etcd" / "go.mod").open("a") as stream:
        stream.write("// a word\n")
    keys.add(world.pinned("etcd").key)
    assert len(keys) == 3
    sums.unlink()
    assert read_pin(MODULES["etcd"], world.root / "tools") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff", b"go \n", b"module x\ngo 1.26.0\n", b"require go.etcd.io/etcd/server/v3 v3.6.8\n"],
)
def test_a_file_that_pins_nothing_is_no_pin(world: World, content: bytes) -> None:
    (world.root / "tools" / "etcd" / "go.mod").write_bytes(content)
    assert read_pin(MODULES["etcd"], world.root / "tools") is None


@pytest.mark.parametrize("folder", list(MODULES))
def test_what_this_repository_pins_is_what_fits(folder: str) -> None:
    pin = read_pin(MODULES[folder], TOOLS_FOLDER)
    assert pin is not None
    assert all(name == LANGUAGE or fit_of(TOOLS[name]).accepts(pin.version) for name in programs(folder))


def test_every_folder_of_tools_is_known_and_every_tool_has_its_folder() -> None:
    assert {path.parent.name for path in TOOLS_FOLDER.glob("*/go.mod")} == set(MODULES)
    assert {tool.module for tool in TOOLS.values()} == set(MODULES)


def test_the_pinned_engine_is_the_installed_sdks(tmp_path: Path) -> None:
    pin = read_pin(MODULES["pulumi"], TOOLS_FOLDER)
    assert pin is not None
    assert pin.version == engine_version()


def test_the_sdks_name_the_plugins_versions() -> None:
    assert all(plugin_version(plugin.sdk) for plugin in PLUGINS.values())
    assert plugin_version("no_such_sdk") is None
