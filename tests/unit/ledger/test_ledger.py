"""A ledger is appended to by whoever holds the lease, says no secret, and tells what became of each run."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.errors import LeaseLost, RecordChanged
from onestack.ledger import Approval, Begin, End, Ledger, Results, deployments, killed, unfinished
from onestack.masking import Mask
from onestack.records import Stored
from onestack.records.folder import Folder

BEGIN = Begin("deploy", "ada", "here")


class Forgetful(Folder):
    """A store that writes, and then says that somebody else did: the answer to a first try was lost."""

    forgets = False

    def create(self, name: str, content: str) -> str:
        version = super().create(name, content)
        if self.forgets:
            self.forgets = False
            raise RecordChanged(name, self.place)
        return version


def test_nothing_says_a_secret_be_it_in_what_was_given_or_what_failed(tmp_path: Path) -> None:
    mask = Mask(frozenset({b"hunter2-hunter2"}))
    ledger = Ledger(Folder(tmp_path), "shop", "dev", hidden=mask)
    said = "the password is hunter2-hunter2"
    begin = Begin(
        "deploy", said, said, signer=said, approvals=(Approval(said, said, said),), overridden=(said,),
        links={"run": said},
    )  # fmt: skip
    ledger.end(ledger.begin(begin, lease=1), End("failed", error=said + "!" * 9000, links={"log": said}))
    written = "".join(file.read_text() for file in tmp_path.rglob("*.json"))
    assert "hunter2" not in written
    assert written.count("[secret]") == 10
    assert len(written) < 8000
    assert ledger.verify() == ()


def test_all_that_was_given_is_read_back(tmp_path: Path) -> None:
    ledger = Ledger(Folder(tmp_path), "shop", "dev")
    begin = Begin(
        "deploy", "ada", "here", "c" * 40, "t" * 40, "good", "Ada", "sha256:1", {"create": 1},
        (Approval("grace", "2026-01-01", "https://example.com/1"),), ("window",), {"run": "https://e"},
    )  # fmt: skip
    end = End("failed", {"create": 1}, "it broke \udcff", Results(3, 1, 2), 1.5, {"pull": "https://f"})
    ledger.end(ledger.begin(begin, lease=7), end)
    first, second = ledger.entries()
    assert first.begin == begin
    assert second.end is not None
    assert second.end.error == "it broke ?"
    assert (second.end.tests, second.end.seconds, second.end.links) == (end.tests, 1.5, end.links)
    assert (first.lease, second.lease, second.run) == (7, 7, first.run)


def test_a_write_whose_answer_was_lost_is_not_done_twice(tmp_path: Path) -> None:
    store = Forgetful(tmp_path)
    ledger = Ledger(store, "shop", "dev")
    store.forgets = True
    begun = ledger.begin(BEGIN, lease=1)
    store.forgets = True
    ledger.end(begun, End("succeeded"))
    assert [entry.kind for entry in ledger.entries()] == ["begin", "end"]
    assert ledger.verify() == ()


def test_who_lost_the_lease_writes_no_more(tmp_path: Path) -> None:
    ledger = Ledger(Folder(tmp_path), "shop", "dev")
    old = ledger.begin(BEGIN, lease=1)
    ledger.abandon(lease=2)
    with pytest.raises(LeaseLost):
        ledger.end(old, End("succeeded"))
    assert [entry.kind for entry in ledger.entries()] == ["begin", "abandoned"]


def test_each_deployment_says_what_became_of_it(tmp_path: Path) -> None:
    ledger = Ledger(Folder(tmp_path), "shop", "dev")
    ledger.end(ledger.begin(BEGIN, lease=1), End("interrupted"))
    ledger.begin(BEGIN, lease=2)
    (left,) = ledger.abandon(lease=3)
    assert killed(left).startswith("the deploy of ada on here, begun 20")
    assert killed(left).endswith(" UTC, was killed: entry 3 has no end")
    ledger.begin(BEGIN, lease=3)
    assert [one.state(3) for one in deployments(ledger.entries())] == ["interrupted", "killed", "running"]
    assert [one.state(None) for one in deployments(ledger.entries())] == ["interrupted", "killed", "killed"]
    assert [entry.number for entry in unfinished(ledger.entries())] == [5]


def test_a_file_that_is_no_text_is_no_traceback(tmp_path: Path) -> None:
    ledger = Ledger(Folder(tmp_path), "shop", "dev")
    ledger.begin(BEGIN, lease=1)
    (tmp_path / "ledger/shop/dev/00000001.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "ledger/shop/dev/notes.txt").write_text("somebody's own")
    assert [fault.number for fault in ledger.verify()] == [1]
    assert isinstance(Folder(tmp_path).read("ledger/shop/dev/00000001.json"), Stored)
