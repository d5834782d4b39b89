"""What a run could not tell any more is told by the next one, once."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import git
import pytest

from onestack import lease, records
from onestack.errors import GatesClosed, NotReady, RecordsUnreadable, Unavailable
from onestack.records import folder
from onestack.records.folder import Folder
from onestack.revision import revision
from onestack.rollout import Order
from onestack.rollout.owed import Owed
from tests.unit.rollout.test_rollout import APPROVALS, Ear, World, _commit, root, world

__all__ = ["root", "world"]


class Troubled(Ear):
    """Hears, but of some things only up to a failure."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: dict[str, BaseException] = {}

    def __getattr__(self, name: str) -> Callable[..., str]:
        def hear(*told: Any) -> str:
            if name in self.fails:
                raise self.fails[name]
            self.heard.append(name)
            self.details.append(told)
            return ""

        return hear


@pytest.fixture
def ear(world: World) -> Troubled:
    world.ear = made = Troubled()
    return made


@pytest.mark.parametrize("fails", [KeyboardInterrupt(), Unavailable("GitHub is down")])
def test_an_end_that_was_not_told_is_told_by_the_next_run_once(
    world: World, ear: Troubled, fails: BaseException
) -> None:
    ear.fails = {"succeeded": fails}
    with suppress(KeyboardInterrupt):
        world.deploy()
    assert ear.heard == ["started"]
    first = revision(world.root)
    ear.fails = {}
    _commit(git.Repo(world.root), "another")
    world.deploy()
    assert ear.heard == ["started", "ended", "started", "succeeded"]
    about, begun, end = ear.details[1]
    assert (about.revision, begun.begin.commit) == (first, first.commit)
    assert end.outcome == "succeeded"
    world.deploy()
    assert ear.heard[4:] == ["started", "succeeded"]
    assert world.ended() == ["succeeded"] * 3


def test_who_stays_deaf_is_told_an_end_once_more_and_not_for_ever(world: World, ear: Troubled) -> None:
    ear.fails = dict.fromkeys(("started", "succeeded", "ended"), Unavailable("GitHub is down"))
    for _ in range(3):
        world.deploy()
    ear.fails = {}
    world.deploy()
    assert ear.heard == ["ended", "started", "succeeded"]  # of the third, not of all three


def test_a_failure_that_was_not_told_is_told_with_its_message(world: World, ear: Troubled) -> None:
    world.fails, ear.fails = NotReady("test", "no pods"), {"failed": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        world.deploy()
    world.fails, ear.fails = None, {}
    world.deploy()
    assert ear.heard == ["started", "ended", "started", "succeeded"]
    assert "no pods" in ear.details[1][-1].error


def test_a_killed_run_is_told_as_what_it_was_about(world: World, ear: Troubled) -> None:
    # As if it was killed: its end can't be written.
    world.fails, killed = KeyboardInterrupt(), revision(world.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onestack.ledger.Ledger.end", lambda *_: (_ for _ in ()).throw(Unavailable("full")))
        with pytest.raises(KeyboardInterrupt):
            world.deploy()
    world.fails = None
    _commit(git.Repo(world.root), "another")
    world.deploy()
    about, begun = next(told for name, told in zip(ear.heard, ear.details, strict=True) if name == "killed")
    assert about.revision == killed
    assert begun.begin.commit == killed.commit


def test_a_closed_gate_is_told_until_it_was_heard(world: World, ear: Troubled) -> None:
    world.settings(APPROVALS)
    ear.fails = {"waiting": Unavailable("GitHub is down")}
    for _ in range(2):
        with pytest.raises(GatesClosed):
            world.deploy()
    ear.fails = {}
    for _ in range(2):
        with pytest.raises(GatesClosed):
            world.deploy()
    assert ear.heard == ["waiting"]
    assert world.ended() == ["stopped"], "one entry, however often it is told"


def test_a_closed_gate_that_was_not_heard_is_no_end_to_be_told(world: World, ear: Troubled) -> None:
    world.settings(APPROVALS)
    ear.fails = {"waiting": Unavailable("GitHub is down")}
    with pytest.raises(GatesClosed):
        world.deploy()
    ear.fails = {}
    world.plan = replace(world.plan, tree="another")
    with pytest.raises(GatesClosed):
        world.deploy()
    assert ear.heard == ["waiting"]
    assert world.ended() == ["stopped", "stopped"]


@pytest.mark.parametrize("way", ["before", "after", "away"])
@pytest.mark.parametrize("number", range(1, 9))
def test_whatever_write_is_cut_off_the_next_run_puts_it_right(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int, way: str
) -> None:
    """Of lease, ledger and what is owed: a run that dies before or after it, or that may not write there."""
    written, left = folder._written, iter(range(1, 99))

    def cut_off(file: Path, content: str) -> str:
        if next(left) != number:
            return written(file, content)
        if way == "away":
            raise OSError(errno.EIO, "Input/output error")
        if way == "after":
            written(file, content)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(folder, "_written", cut_off)
        with suppress(KeyboardInterrupt, RecordsUnreadable):
            world.deploy()
    first, world.ear.heard = world.ear.heard, []
    monkeypatch.setattr("onestack.lease.lease.proven_dead", lambda _owner: True)
    world.deploy()
    assert world.ear.heard[-2:] == ["started", "succeeded"]
    assert world.ended()[-1] == "succeeded"
    of_the_first = [*first, *world.ear.heard[:-2]]
    assert not {"succeeded", "killed"} <= {*of_the_first}
    assert "started" not in first or {"succeeded", "ended", "killed", "failed"} & {*of_the_first}
    store = records.beside(world.stack.workspace)
    held = lease.look(store, "shop", "test")
    assert held is not None
    assert not held.held
    assert Owed(store, "shop", "test").of("Ear") == ()


def test_a_gate_that_is_closed_is_said_though_nothing_can_be_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings(APPROVALS)
    away = Unavailable("the bucket is away")
    monkeypatch.setattr("onestack.ledger.Ledger.begin", lambda *_, **__: (_ for _ in ()).throw(away))
    with pytest.raises(Unavailable, match="the bucket is away"):
        world.deploy()
    assert any("is behind a closed gate: approvals" in note for note in world.progress.notes)


@pytest.mark.parametrize("sealed", ["", "sha256:" + "0" * 64])
def test_a_run_that_was_killed_as_a_gate_stopped_it_is_told_as_no_deployment(
    world: World, ear: Troubled, sealed: str
) -> None:
    """GitHub would show one that broke."""
    world.settings(APPROVALS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onestack.ledger.Ledger.end", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            world.deploy(Order(sealed=sealed or None))
    with pytest.raises(GatesClosed):
        world.deploy()
    assert world.ended() == ["killed", "stopped"]
    assert ear.heard == ["waiting"]


def test_what_is_owed_is_bounded_and_what_is_no_record_owes_nothing(tmp_path: Path) -> None:
    owed = Owed(Folder(tmp_path), "shop", "test")
    for run in range(30):
        owed.add({"Slack"}, str(run))
    assert owed.of("Slack") == tuple(map(str, range(10, 30)))
    assert owed.of("Github") == ()
    (tmp_path / "owed/shop/test.json").write_text("[1")
    assert owed.of("Slack") == ()
    owed.add({"Slack"}, "31")
    assert owed.of("Slack") == ("31",)


def test_a_record_that_can_not_be_written_stops_nothing(world: World, ear: Troubled) -> None:
    store = records.beside(world.stack.workspace)
    (Path(store.place) / "owed").parent.mkdir(parents=True)
    (Path(store.place) / "owed").write_text("in the way")
    world.deploy()
    assert ear.heard == ["started", "succeeded"]
    assert any(note.startswith("who is still to be told can't be kept") for note in world.progress.notes)
