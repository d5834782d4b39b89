"""Looking for tools that are here runs nothing that a repository pins."""

from __future__ import annotations

import pytest

from onestack.errors import ToolMissing
from onestack.local.toolchain import here
from tests.unit.local.toolchain.world import World


def test_a_tool_on_path_is_taken(world: World) -> None:
    program = world.tool("kustomize")
    assert here(world.root, ("kustomize",)).path("kustomize") == program


def test_what_was_built_before_is_taken_and_only_from_the_very_same_pins(world: World) -> None:
    world.go()
    built = world.ensure("kustomize").path("kustomize")
    world.log.unlink()
    assert here(world.root, ("kustomize",)).path("kustomize") == built
    pins = world.root / "tools" / "kustomize" / "go.mod"
    pins.write_text(pins.read_text() + "\nreplace sigs.k8s.io/yaml => evil.example/yaml v1.0.0\n")
    with pytest.raises(ToolMissing, match="neither on PATH"):
        here(world.root, ("kustomize",)).path("kustomize")
    assert world.spawned() == []


def test_what_is_not_here_is_neither_downloaded_nor_built(world: World) -> None:
    world.go()
    world.tool("kustomize", "v4.0.0")
    with pytest.raises(ToolMissing, match=r"neither on PATH \(5\.x\) nor built before; .* is 4\.0\.0"):
        here(world.root, ("kustomize",)).path("kustomize")
    assert [line for line in world.spawned() if line.startswith("go")] == []
