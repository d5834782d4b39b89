"""What is taken from PATH, and what is passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onestack.local.toolchain import probe
from onestack.local.toolchain.catalogue import TOOLS
from onestack.local.toolchain.ensure import fit_of
from onestack.local.toolchain.onpath import Search, on_path
from onestack.local.toolchain.probe import Versions
from tests.unit.local.toolchain.world import World


def search(world: World, name: str) -> Search:
    spots = world.places()
    return on_path(TOOLS[name], fit_of(TOOLS[name]), spots, Versions(spots))


def found(world: World, name: str) -> Path | None:
    result = search(world, name).found
    return result.path if result else None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pulumi", "v3.255.0"),
        ("pulumi", "v3.260.1"),
        ("etcd", "etcd Version: 3.6.0"),
        ("kube-apiserver", "Kubernetes v1.36.9"),
        ("kubectl", "Client Version: v1.35.0"),
        ("kwok", "kwok version v0.8.3 go1.30"),
        ("helm", "v4.0.0"),
    ],
)
def test_a_fitting_version_is_taken(world: World, name: str, says: str) -> None:
    program = world.tool(name, says)
    tool = search(world, name).found
    assert tool is not None
    assert (tool.path, tool.source) == (program, "path")
    assert tool.version in says


def test_a_tool_that_can_not_say_its_version_is_not_started_to_find_out(world: World) -> None:
    world.tool("fake-gcs-server", "it would serve now")
    assert found(world, "fake-gcs-server") is None
    assert not world.log.exists() or "fake-gcs-server" not in world.log.read_text()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pulumi", "v3.254.0"),
        ("pulumi", "v4.0.0"),
        ("etcd", "etcd Version: 3.5.21"),
        ("kube-apiserver", "Kubernetes v0.0.0-master+$Format:%H$"),
        ("kube-scheduler", "Kubernetes v1.35.9"),
        ("kubectl", "Client Version: v1.32.4-dispatcher"),
        ("kubectl", "version 1.36.3 of something else"),
        ("kustomize", "{Version:kustomize/v4.5.7}"),
        ("kwok", ""),
    ],
)
def test_another_version_is_passed_over_and_named(world: World, name: str, says: str) -> None:
    program = world.tool(name, says)
    result = search(world, name)
    assert result.found is None
    assert str(program) in result.passed_over
    assert f"needed is {fit_of(TOOLS[name]).words}" in result.passed_over


def test_a_later_one_on_path_is_taken_when_the_first_does_not_fit(world: World) -> None:
    world.tool("etcd", "etcd Version: 3.5.0")
    second = world.tool("etcd", where=1)
    assert found(world, "etcd") == second


def test_a_program_is_asked_once_and_again_when_it_changes(world: World) -> None:
    program = world.tool("helm", "v4.0.0")
    for _ in range(3):
        assert found(world, "helm") == program
    assert len(world.spawned("helm")) == 1
    world.tool("helm", "v3.18.0 which is older")
    assert found(world, "helm") is None
    assert len(world.spawned("helm")) == 2


def test_a_program_that_fails_is_asked_again_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.tool("helm", body=f"[ -e {world.hold} ] || exit 1")
    assert found(world, "helm") is None
    # The cause lay outside the file, and it is gone.
    world.hold.touch()
    assert found(world, "helm") is None
    assert len(world.spawned("helm")) == 1
    monkeypatch.setattr(probe, "FAILURE_SECONDS", 0.0)
    assert found(world, "helm") is not None


def test_a_program_that_does_not_answer_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ANSWER_SECONDS", 0.2)
    # Its child holds the pipe open.
    world.tool("helm", body="sleep 60 & sleep 60")
    assert found(world, "helm") is None
    world.tool("kwok", body="sleep 60 &")
    assert found(world, "kwok") is None


@pytest.mark.parametrize("content", [b"\x7fELF nonsense", b"#!/no/such/interpreter\n", b""])
def test_a_file_that_is_not_for_this_machine_does_not_fit(world: World, content: bytes) -> None:
    world.tool("helm").write_bytes(content)
    assert found(world, "helm") is None


def test_what_is_no_program_or_can_not_be_looked_at_is_passed_by(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tool("helm").chmod(0o644)
    (world.folders[1] / "helm").mkdir()
    # As a folder without permission, this one can't be looked into, for root neither.
    long = world.base / ("x" * 300)
    world.folders = (long, *world.folders)
    assert search(world, "helm") == Search(None, "")
    assert found(world, "etcd") is None


def test_folders_of_ours_and_relative_ones_on_path_are_not_searched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.base)
    inside = (world.root / ".onestack" / "bin", world.cache / "tools" / "helm", world.base / "here")
    for folder in inside:
        world.script(folder / "helm", "echo v4.0.0")
    path = os.pathsep.join([*map(str, inside[:2]), "here", "", str(world.folders[0])])
    assert world.places(PATH=path).path == (world.folders[0],)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"PROGRAM": 1}', '{"PROGRAM": {"stamp": STAMP, "at": "x"}}']
)
def test_a_damaged_cache_of_versions_is_as_none(world: World, content: str) -> None:
    program = world.tool("helm")
    stat = program.stat()
    stamp = f'[{stat.st_size}, {stat.st_mtime_ns}, "version", "--template", "{{{{.Version}}}}"]'
    world.cache.mkdir()
    (world.cache / "versions.json").write_text(
        content.replace("PROGRAM", str(program)).replace("STAMP", stamp)
    )
    assert found(world, "helm") == program
