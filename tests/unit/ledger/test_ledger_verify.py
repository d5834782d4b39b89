"""What was changed in a ledger after it was written is found, and named by its place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from onestack.ledger import Begin, Chain, End, Entry, Ledger, verify
from onestack.ledger.entry import parsed, sealed, text
from onestack.records.folder import Folder

BEGIN = Begin("deploy", "ada", "here", commit="c" * 40, counts={"create": 3})
FOLDER = "ledger/shop/dev"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Three deployments, of which the second was killed."""
    made = Ledger(Folder(tmp_path), "shop", "dev")
    made.end(made.begin(BEGIN, lease=1), End("succeeded"))
    made.begin(BEGIN, lease=2)
    made.abandon(lease=3)
    made.end(made.begin(BEGIN, lease=3), End("failed", error="it broke"))
    return made


def file(folder: Path, number: int) -> Path:
    return folder / FOLDER / f"{number:08d}.json"


def said(ledger: Ledger) -> list[str]:
    return [str(fault) for fault in ledger.verify()]


def test_what_was_written_verifies(ledger: Ledger) -> None:
    assert [entry.kind for entry in ledger.entries()] == [
        "begin", "end", "begin", "abandoned", "begin", "end",
    ]  # fmt: skip
    assert said(ledger) == []


@pytest.mark.parametrize("number", range(1, 7))
def test_a_changed_letter_is_found_in_any_entry(ledger: Ledger, tmp_path: Path, number: int) -> None:
    there = file(tmp_path, number)
    document = orjson.loads(there.read_bytes())
    document["time"] = "2001-01-01T00:00:00+00:00"
    there.write_bytes(orjson.dumps(document))
    assert said(ledger) == [f"entry {number}: it was changed after it was written: its hash is another"]


@pytest.mark.parametrize("number", range(1, 7))
def test_who_hashes_it_anew_is_found_by_the_next_entry_or_the_head(
    ledger: Ledger, tmp_path: Path, number: int
) -> None:
    there = file(tmp_path, number)
    lying = sealed(replace(parsed(there.read_text()), time=datetime(2001, 1, 1, tzinfo=UTC)))
    there.write_text(text(lying))
    last = number == 6
    assert said(ledger) == [
        "the head: it knows entry 6 as another than the one that stands there"
        if last
        else f"entry {number + 1}: it doesn't follow entry {number} as that stands there"
    ]


@pytest.mark.parametrize("gone", [1, 3, 6])
def test_a_missing_entry_is_named(ledger: Ledger, tmp_path: Path, gone: int) -> None:
    file(tmp_path, gone).unlink()
    assert said(ledger)[0] == f"entry {gone}: it is missing"


def test_what_was_cut_off_at_the_end_is_missed_also_after_more_was_written(
    ledger: Ledger, tmp_path: Path
) -> None:
    for number in (5, 6):
        file(tmp_path, number).unlink()
    missed = ["entry 5: it is missing, and all up to entry 6"]
    assert said(ledger) == missed
    begun = ledger.begin(BEGIN, lease=4)
    assert begun.number == 7, "no number is given twice"
    assert said(ledger) == missed


def test_a_number_from_nowhere_costs_nothing(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / FOLDER / f"{10**15}.json").write_text("{}")
    assert said(ledger) == [
        f"entry 7: it is missing, and all up to entry {10**15 - 1}",
        f"entry {10**15}: it is no entry: number: Field required",
        f"the head: it knows of 6 entries, and there are {10**15}",
    ]
    assert ledger.begin(BEGIN, lease=3).number == 7


def test_an_entry_of_another_stack_or_number_is_found(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(Folder(tmp_path), "shop", "prod")
    other.begin(BEGIN, lease=1)
    stranger = (tmp_path / "ledger/shop/prod/00000001.json").read_text()
    file(tmp_path, 1).write_text(stranger)
    file(tmp_path, 6).write_text(file(tmp_path, 5).read_text())
    found = said(ledger)
    assert "entry 1: it is of shop/prod" in found
    assert "entry 6: it is entry 5, under the number of another" in found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is cut off, or no JSON"),
        ('{"number": 3, "pre', "it is cut off, or no JSON"),
        ("[]", "it is no entry: : Input should be a dictionary or an instance of Entry"),
        ("{}", "it is no entry: number: Field required"),
    ],
)
def test_what_is_no_entry_is_told_and_written_on_after(
    ledger: Ledger, tmp_path: Path, content: str, why: str
) -> None:
    file(tmp_path, 6).write_text(content)
    assert said(ledger) == [f"entry 6: {why}"]
    assert ledger.begin(BEGIN, lease=3).number == 7
    assert said(ledger) == [f"entry 6: {why}"]


def test_an_entry_that_a_crash_cut_off_before_the_head_knew_of_it_is_mended(
    ledger: Ledger, tmp_path: Path
) -> None:
    file(tmp_path, 7).write_text('{"number": 7, "pre')
    assert said(ledger) == ["entry 7: it is cut off, or no JSON"]
    assert ledger.begin(BEGIN, lease=3).number == 7
    assert said(ledger) == []


def test_a_head_that_a_kill_left_behind_is_no_fault_and_catches_up(ledger: Ledger, tmp_path: Path) -> None:
    head = tmp_path / FOLDER / "head.json"
    before = head.read_text()
    ledger.begin(BEGIN, lease=4)
    head.write_text(before)
    assert said(ledger) == []
    assert ledger.lease == 4
    assert ledger.begin(BEGIN, lease=4).number == 8
    assert orjson.loads(head.read_bytes())["count"] == 8


@pytest.mark.parametrize(
    ("content", "why"), [(None, "it is missing, of 6 entries"), ("{", "it can't be read")]
)
def test_a_head_that_is_gone_is_told(ledger: Ledger, tmp_path: Path, content: str | None, why: str) -> None:
    head = tmp_path / FOLDER / "head.json"
    head.unlink()
    if content is not None:
        head.write_text(content)
    assert said(ledger) == [f"the head: {why}"]
    assert ledger.begin(BEGIN, lease=4).number == 7


@pytest.mark.parametrize(("name", "odd"), [("count", -5), ("count", 10**30), ("lease", 10**30)])
def test_a_head_of_impossible_numbers_is_none_that_can_be_read(
    ledger: Ledger, tmp_path: Path, name: str, odd: int
) -> None:
    head = tmp_path / FOLDER / "head.json"
    head.write_text(json.dumps(json.loads(head.read_text()) | {name: odd}))
    assert said(ledger) == ["the head: it can't be read"]
    assert ledger.begin(BEGIN, lease=4).number == 7


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("time", "0001-01-01T00:00:00+14:00"),
        ("time", "2026-01-01T00:00:00"),
        ("lease", -1),
        ("number", 2**70),
    ],
)
def test_an_entry_of_impossible_numbers_or_times_is_none(
    ledger: Ledger, tmp_path: Path, name: str, odd: object
) -> None:
    place = file(tmp_path, 6)
    place.write_text(json.dumps(json.loads(place.read_text()) | {name: odd}))
    (fault,) = said(ledger)
    assert fault.startswith(f"entry 6: it is no entry: {name}: ")


def test_a_head_that_was_set_back_is_found(ledger: Ledger, tmp_path: Path) -> None:
    head = tmp_path / FOLDER / "head.json"
    document = orjson.loads(head.read_bytes())
    head.write_bytes(orjson.dumps({**document, "count": 3}))
    assert said(ledger) == [
        "the head: it knows of 3 entries, and there are 6",
        "the head: it knows entry 3 as another than the one that stands there",
    ]


def test_ends_of_nothing_second_ends_and_falling_leases_are_found() -> None:
    def made(number: int, before: Entry | None, lease: int, **more: object) -> Entry:
        previous = before.hash if before else "sha256:" + "0" * 64
        now = datetime(2026, 1, 1, tzinfo=UTC)
        return sealed(Entry(number, previous, "shop", "dev", run="r", time=now, lease=lease, **more))  # type: ignore[arg-type]

    first = made(1, None, 5, kind="end", end=End("succeeded"), began=9)
    second = made(2, first, 4, kind="begin", begin=BEGIN)
    third = made(3, second, 5, kind="end", end=End("succeeded"), began=2)
    found = verify(Chain("shop", "dev", {1: first, 2: second, 3: third}, last=3, said="it is gone"))
    assert list(map(str, found)) == [
        "entry 1: it ends a deployment that entry 9 doesn't begin",
        "entry 2: it was written under lease 4, after one of lease 5",
        "entry 3: it ends a deployment that had ended",
        "the head: it is gone",
    ]


def test_the_end_of_a_ledger_verifies_by_itself(ledger: Ledger) -> None:
    chain = ledger.chain(2)
    assert [entry.number for entry in chain.ordered] == [5, 6]
    assert verify(chain) == ()
    assert verify(ledger.chain(1)) == (), "its begin wasn't read"


def test_fields_of_a_later_onestack_are_hashed_and_left_out(tmp_path: Path) -> None:
    ledger = Ledger(Folder(tmp_path), "shop", "dev")
    begun = ledger.begin(BEGIN, lease=1)
    document = orjson.loads(text(begun))
    later = {key: value for key, value in document.items() if key != "hash"} | {"weather": "fair"}
    assert parsed(orjson.dumps({**later, "hash": begun.hash}).decode()).content != begun.hash
    assert parsed(text(begun)).content == begun.hash
