"""Two runs at once, and runs that end in the middle."""

from __future__ import annotations

import signal

import psutil
import pytest

from onestack.local.toolchain import prune
from tests.unit.local.toolchain.world import WAIT_SECONDS, World


def test_of_two_runs_at_once_one_builds_and_the_other_waits_and_says_so(world: World) -> None:
    world.go_that_waits()
    first = world.run("etcd")
    world.wait_for(world.held)
    second = world.run("etcd")
    assert second.stdout is not None
    said = ""
    while "another run is building etcd; waiting for it" not in said:
        line = second.stdout.readline()
        assert line, f"it ended without waiting: {said}"
        said += line
    world.hold.unlink()
    for run in (first, second):
        run.communicate(timeout=WAIT_SECONDS)
        assert run.returncode == 0
    assert len(world.spawned("go build")) == 1
    assert world.built("etcd").is_dir()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing_behind(world: World, number: signal.Signals) -> None:
    world.go_that_waits()
    run = world.run("etcd")
    world.wait_for(world.held)
    run.send_signal(number)
    said, _ = run.communicate(timeout=WAIT_SECONDS)
    assert "KeyboardInterrupt" in said
    assert world.processes() == []
    assert world.unfinished() == []
    world.hold.unlink()
    assert world.ensure("etcd").path("etcd").is_file()
    assert world.told.notes[0].startswith("building etcd")


def killed_in_the_middle(world: World) -> list[psutil.Process]:
    """A run that was killed outright; its Go, which is left behind."""
    world.go_that_waits()
    run = world.run("etcd")
    world.wait_for(world.held)
    run.kill()
    run.communicate(timeout=WAIT_SECONDS)
    left = world.processes()
    assert left
    assert len(world.unfinished()) == 1
    assert not world.built("etcd").exists()
    return left


def test_after_a_killed_run_the_next_one_ends_its_go_and_builds(world: World) -> None:
    left = killed_in_the_middle(world)
    world.go()
    assert world.ensure("etcd").path("etcd").is_file()
    _, alive = psutil.wait_procs(left, timeout=WAIT_SECONDS)
    assert not alive
    assert world.unfinished() == []


def test_pruning_after_a_killed_run_ends_its_go_too(world: World) -> None:
    left = killed_in_the_middle(world)
    assert [gone.path.name[:10] for gone in prune(world.root)] == [".building-"]
    _, alive = psutil.wait_procs(left, timeout=WAIT_SECONDS)
    assert not alive


@pytest.mark.parametrize("of", ['"created": 1.5', '"identity": "an earlier one"', '"identity": null'])
def test_a_process_that_only_has_the_same_id_is_not_ended(of: str, world: World) -> None:
    world.go()
    home = world.cache / "tools" / "etcd" / ".building-old"
    home.mkdir(parents=True)
    other = world.run("no-such-tool")
    (home / "owner.json").write_text(f'{{"pid": {other.pid}, {of}}}')
    world.ensure("etcd")
    said, _ = other.communicate(timeout=WAIT_SECONDS)
    assert other.returncode == 1, said
    assert "UnknownTool" in said
    assert not home.exists()


def test_pruning_leaves_alone_what_another_run_is_building(world: World) -> None:
    world.go_that_waits()
    run = world.run("etcd")
    world.wait_for(world.held)
    assert prune(world.root) == ()
    world.hold.unlink()
    run.communicate(timeout=WAIT_SECONDS)
    assert run.returncode == 0
