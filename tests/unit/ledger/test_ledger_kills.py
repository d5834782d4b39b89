"""A run that is killed at any write leaves a ledger and a lease that the next goes on with."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from onestack.lease import Owner, mine, take
from onestack.ledger import Begin, End, Ledger, deployments
from onestack.records.folder import Folder

BEGIN = Begin("deploy", "ada", "here")


class Killed(BaseException):
    """The end of a process: nothing that it would do afterwards is done."""


class Mortal(Folder):
    """A store whose process dies at the write of that number: before it is done, or after."""

    def __init__(self, folder: Path, dies: int, *, after: bool) -> None:
        super().__init__(folder)
        self._left = dies
        self._after = after
        self.dead = False

    def create(self, name: str, content: str) -> str:
        self._die(before=True)
        version = super().create(name, content)
        self._die(before=False)
        return version

    def replace(self, name: str, content: str, version: str) -> str:
        self._die(before=True)
        version = super().replace(name, content, version)
        self._die(before=False)
        return version

    def _die(self, *, before: bool) -> None:
        self._left -= before
        if self.dead or (self._left == 0 and before != self._after):
            self.dead = True
            raise Killed


def deploy(store: Folder, owner: Owner) -> None:
    """What a deployment writes."""
    ledger = Ledger(store, "shop", "dev")
    with take(store, "shop", "dev", owner, above=ledger.lease, every=3600) as lease:
        ledger.abandon(lease=lease.number)
        begun = ledger.begin(BEGIN, lease=lease.number)
        lease.check()
        ledger.end(begun, End("succeeded"))


@pytest.mark.parametrize("after", [False, True])
def test_whatever_write_a_run_dies_at_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    # Whoever asks is told that this process, which lives, is dead.
    monkeypatch.setattr("onestack.lease.lease.proven_dead", lambda _owner: True)
    for dies in range(1, 50):
        folder = tmp_path / str(dies)
        for _ in range(2):  # the second dies while it cleans up after the first
            mortal = Mortal(folder, dies, after=after)
            with suppress(Killed):
                deploy(mortal, mine("ada"))
        whole = not mortal.dead
        deploy(Folder(folder), mine("grace"))
        ledger = Ledger(Folder(folder), "shop", "dev")
        entries = ledger.entries()
        assert ledger.verify() == (), f"died at write {dies}"
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        told = [one.state() for one in deployments(entries)]
        assert told[-1] == "succeeded"
        assert all(one.end or one.abandoned for one in deployments(entries)), f"died at write {dies}"
        if whole:
            assert told == ["succeeded"] * 3
            return
    pytest.fail("a deployment has fewer writes than that")
