"""A lease is held by one, given back, lost to whoever took it over, and never ended by a clock."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onestack.errors import (
    LeaseHeld,
    LeaseLost,
    NothingToTakeOver,
    RecordsUnreadable,
    Unavailable,
)
from onestack.lease import Holding, Owner, look, mine, take
from onestack.lease.holding import name, text
from onestack.records.folder import Folder

LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
NAME = name("shop", "dev")


class Watched(Folder):
    """A store that says when it was written to, can be out of reach, and forgets to say that it wrote."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.beaten = threading.Event()
        self.away = False
        self.forgets = False

    def replace(self, name: str, content: str, version: str) -> str:
        if self.away:
            self.beaten.set()
            raise RecordsUnreadable(self.place, "nobody answers")
        written = super().replace(name, content, version)
        self.beaten.set()
        if self.forgets:
            self.forgets = False
            raise RecordsUnreadable(self.place, "the answer was lost")
        return written


@pytest.fixture
def store(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def elsewhere(number: int = 7, owner: Owner | None = None) -> Holding:
    """A lease of another machine, with a heartbeat of long ago."""
    held = owner or replace(mine("ada lovelace"), host="build-1", machine="another", pid=1, token="t")
    return Holding("dev", number, held, taken=LONG_AGO, heartbeat=LONG_AGO)


def test_it_is_given_back_and_its_number_grows(store: Watched) -> None:
    for number in (1, 2, 3):
        with take(store, "shop", "dev", mine("ada")) as lease:
            assert lease.number == number
            assert lease.earlier is None
            lease.check()
        there = look(store, "shop", "dev")
        assert there is not None
        assert not there.held
    with pytest.raises(LeaseLost):
        lease.check()


def test_it_is_given_back_after_a_failure_and_an_interrupt(store: Watched) -> None:
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), take(store, "shop", "dev", mine("ada")):
            raise error
    with take(store, "shop", "dev", mine("ada")) as lease:
        assert lease.number == 3


def test_one_stack_s_lease_is_not_another_s(store: Watched) -> None:
    with take(store, "shop", "dev", mine("ada")), take(store, "shop", "prod", mine("ada")) as other:
        assert other.number == 1


def test_the_same_process_can_not_take_it_twice(store: Watched) -> None:
    with take(store, "shop", "dev", mine("ada")) as lease:
        with pytest.raises(LeaseHeld), take(store, "shop", "dev", mine("ada")):
            pass
        lease.check()


def test_from_another_machine_only_a_person_takes_it_over(store: Watched) -> None:
    store.create(NAME, text(elsewhere()))
    with pytest.raises(LeaseHeld) as held, take(store, "shop", "dev", mine("grace")):
        pass
    said = held.value.message()
    assert "ada lovelace on build-1 (process 1)" in said
    assert "the lease 7 is theirs since 1999-01-01 00:00:00 UTC" in said, "however long ago"
    assert "onestack deploy dev --take-over 'ada lovelace@build-1/7'" in said
    assert held.value.exit_code == Unavailable.exit_code == 4
    notes: list[str] = []
    with take(
        store, "shop", "dev", mine("grace"), take_over="ada lovelace@build-1/7", note=notes.append
    ) as lease:
        assert lease.number == 8
        assert lease.earlier == elsewhere()
        lease.check()
    assert notes == ["the lease 7 was never given back by ada lovelace on build-1 (process 1): taken over"]


@pytest.mark.parametrize("given", ["ada lovelace@build-1/6", "ada@build-1/7", "7", ""])
def test_a_person_names_exactly_what_is_taken_over(store: Watched, given: str) -> None:
    store.create(NAME, text(elsewhere()))
    with (
        pytest.raises(NothingToTakeOver) as refused,
        take(store, "shop", "dev", mine("grace"), take_over=given),
    ):
        pass
    assert "it is ada lovelace@build-1/7" in refused.value.message()
    assert refused.value.exit_code == 2


def test_what_nobody_holds_is_not_taken_over(store: Watched) -> None:
    with pytest.raises(NothingToTakeOver), take(store, "shop", "dev", mine("ada"), take_over="ada@x/1"):
        pass
    assert look(store, "shop", "dev") is None


def test_who_was_taken_over_from_is_told_by_the_next_check_and_gives_nothing_back(store: Watched) -> None:
    with take(store, "shop", "dev", mine("ada")) as lease:
        there = store.read(NAME)
        assert there is not None
        store.replace(NAME, text(elsewhere(2)), there.version)
        with pytest.raises(LeaseLost) as lost:
            lease.check()
        assert "the lease 2 is that of ada lovelace on build-1" in lost.value.message()
        assert lease.lost
    assert look(store, "shop", "dev") == elsewhere(2)


def test_a_heartbeat_notices_too_and_does_not_take_it_back(store: Watched) -> None:
    with take(store, "shop", "dev", mine("ada")) as lease:
        there = store.read(NAME)
        assert there is not None
        store.replace(NAME, text(elsewhere(2)), there.version)
        lease.beat()
        assert lease.lost
        lease.beat()
    assert look(store, "shop", "dev") == elsewhere(2)


def test_a_record_that_is_gone_is_a_lease_lost(store: Watched, tmp_path: Path) -> None:
    with take(store, "shop", "dev", mine("ada")) as lease:
        (tmp_path / NAME).unlink()
        with pytest.raises(LeaseLost, match="its record is gone"):
            lease.check()
    with take(store, "shop", "dev", mine("ada"), above=41) as lease:
        assert lease.number == 42, "a number isn't given twice: the ledger knows the last"


def test_its_heart_beats(store: Watched) -> None:
    with take(store, "shop", "dev", mine("ada"), every=0.01) as lease:
        before = look(store, "shop", "dev")
        store.beaten.clear()
        assert store.beaten.wait(30)
        after = look(store, "shop", "dev")
        assert before is not None
        assert after is not None
        assert after.heartbeat > before.heartbeat
        assert replace(after, heartbeat=before.heartbeat) == before
        lease.check()


def test_a_store_out_of_reach_is_told_once_and_loses_nothing(store: Watched) -> None:
    notes: list[str] = []
    with take(store, "shop", "dev", mine("ada"), every=0.01, note=notes.append) as lease:
        store.away = True
        for _ in range(2):
            store.beaten.clear()
            assert store.beaten.wait(30)
        store.away = False
        store.beaten.clear()
        assert store.beaten.wait(30)
        lease.check()
        store.away = True
    first, last = notes
    assert first == "the lease's heartbeat can't be written now: the stack's records can't be read or written"
    assert "the lease 1 could not be given back" in last


def test_a_heartbeat_whose_answer_was_lost_is_known_again(store: Watched) -> None:
    with take(store, "shop", "dev", mine("ada")) as lease:
        store.forgets = True
        with pytest.raises(RecordsUnreadable):
            lease.beat()
        lease.beat()
        assert not lease.lost
        lease.check()
    there = look(store, "shop", "dev")
    assert there is not None
    assert not there.held


@pytest.mark.parametrize("content", ['{"number": 1', text(replace(elsewhere(), number=2**63))])
def test_what_is_no_lease_is_told(store: Watched, content: str) -> None:
    store.create(NAME, content)
    with (
        pytest.raises(RecordsUnreadable, match="what stands there is no lease"),
        take(store, "shop", "dev", mine("ada")),
    ):
        pass
