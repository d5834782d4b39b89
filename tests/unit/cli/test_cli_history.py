"""``onestack history``: each deployment in a row, and a ledger that isn't whole told with its place."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from onestack import history as told
from onestack.cli import cli
from onestack.errors import LedgerBroken, NothingToSimulate
from onestack.lease import mine, take
from onestack.ledger import Approval, Begin, End, Ledger, Results
from onestack.records.folder import Folder

HOSTILE = "[bold red]ada[/]\n::error::no\x1b[2J"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with an embedded stack."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    (tmp_path / "stacks").mkdir()
    settings = "config: {onestack:platform: embedded, onestack:manifests: {applications: {}}}\n"
    (tmp_path / "stacks/Pulumi.here.yaml").write_text(settings)
    return tmp_path


@pytest.fixture
def ledger(root: Path) -> Ledger:
    """One that succeeded, one that failed its tests, one that was killed."""
    made = Ledger(Folder(root / ".onestack/state/onestack"), "shop", "here")
    begin = Begin("deploy", HOSTILE, "here", commit="c0ffee" * 7, signature="good", counts={"create": 3})
    done = End("succeeded", {"create": 2, "update": 1, "same": 9}, tests=Results(passed=4), seconds=75)
    made.end(made.begin(begin, lease=1), done)
    failed = End("failed", {"update": 1}, "it broke", Results(1, 2, 1), 5.0, {"pull": "https://e"})
    made.end(made.begin(Begin("destroy", "grace", "ci"), lease=2), failed)
    made.begin(Begin("deploy", "grace", "ci", counts={"delete": 1}), lease=3)
    return made


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), "history", "here", *arguments])


def rows(done: Result) -> list[list[str]]:
    """The table's rows, by columns."""
    lines = [line for line in done.stderr.splitlines() if line.lstrip()[:1].isdecimal()]
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A person in Berlin."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def test_what_no_row_has_room_for_is_below_the_table(root: Path, ledger: Ledger) -> None:
    given = (Approval("bob", "2026-11-27T10:00:00+00:00", "https://e"), Approval("carol", "", ""))
    begun = Begin("deploy", "ada", "ci", approvals=given, overridden=("limits: the shop\nis down",))
    ledger.end(
        ledger.begin(begun, lease=4),
        End("failed", error="not ready\n  because: " + "x" * 300 + "\n  next: wait"),
    )
    done = run(root)
    assert done.exit_code == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("entry ")]
    assert lines == [
        "entry 6: approved by bob, carol",
        "entry 6: passed the gate limits: the shop | is down",
        f"entry 6: failed: not ready because: {'x' * 181}",
        "entry 3: failed: it broke",
    ]


@pytest.mark.usefixtures("berlin")
def test_the_last_deployment_comes_first_and_a_killed_one_is_seen(root: Path, ledger: Ledger) -> None:
    done = run(root)
    assert done.exit_code == 0, done.output
    first, second, third = rows(done)
    assert first[2:] == ["deploy", "grace", "not committed", "planned: 1 deleted", "killed"]
    assert [first[0], second[0], third[0]] == ["5", "3", "1"]
    assert second[5:] == ["1 updated", "failed", "1 passed, 2 failed, 1 skipped", "0:05"]
    assert third[4:] == ["c0ffeec0ffee signed", "2 created, 1 updated", "succeeded", "4 passed", "1:15"]
    assert third[1].endswith((" CET", " CEST"))
    assert ledger.entries()[-1].hash in done.stderr


def test_of_an_end_that_does_not_say_what_was_done_nothing_is_claimed(root: Path, ledger: Ledger) -> None:
    for number, outcome in enumerate(("interrupted", "stopped"), start=4):
        begun = ledger.begin(Begin("deploy", "ada", "here"), lease=number)
        ledger.end(begun, End(outcome))  # type: ignore[arg-type] # one of the outcomes
    assert [row[5:7] for row in rows(run(root))][:2] == [["none", "stopped"], ["not known", "interrupted"]]


def test_what_others_called_themselves_is_obeyed_by_nobody(root: Path, ledger: Ledger) -> None:
    assert ledger
    said = run(root).stderr
    assert "\x1b" not in said
    assert "[bold red]ada[/] | " in said


def test_one_that_goes_on_is_running_while_its_lease_is_held(root: Path, ledger: Ledger) -> None:
    store = Folder(root / ".onestack/state/onestack")
    with take(store, "shop", "here", mine("ada"), above=ledger.lease) as lease:
        ledger.abandon(lease=lease.number)
        ledger.begin(Begin("deploy", "ada", "here"), lease=lease.number)
        assert [row[-1] for row in rows(run(root))][:2] == ["running", "killed"]
    assert rows(run(root))[0][-1] == "killed"


def test_one_whose_process_is_gone_from_this_machine_was_killed(root: Path, ledger: Ledger) -> None:
    store = Folder(root / ".onestack/state/onestack")
    gone = replace(mine("ada"), boot="an earlier start")
    with take(store, "shop", "here", gone, above=ledger.lease) as lease:
        ledger.abandon(lease=lease.number)
        ledger.begin(Begin("deploy", "ada", "here"), lease=lease.number)
        assert rows(run(root))[0][-1] == "killed"


def test_programs_read_all_of_it(root: Path, ledger: Ledger) -> None:
    done = run(root, "--json", "--limit", "2")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    entries = ledger.entries()
    assert {key: document[key] for key in ("stack", "entries", "hash", "whole", "faults")} == {
        "stack": "here", "entries": 5, "hash": entries[-1].hash, "whole": True, "faults": [],
    }  # fmt: skip
    killed, failed = document["deployments"]
    assert (killed["state"], killed["ended"], killed["planned"], killed["done"]) == (
        "killed", None, {"delete": 1}, {},
    )  # fmt: skip
    assert (failed["who"], failed["error"], failed["tests"]["failed"], failed["links"]) == (
        "grace", "it broke", 2, {"pull": "https://e"},
    )  # fmt: skip
    assert failed["hashes"] == [entries[2].hash, entries[3].hash]


def test_a_few_are_read_where_a_few_are_asked_for(root: Path, ledger: Ledger) -> None:
    assert ledger
    done = run(root, "--limit", "1")
    assert len(rows(done)) == 1
    assert "--verify reads all" in done.stderr


def test_a_broken_ledger_says_where(root: Path, ledger: Ledger) -> None:
    file = root / ".onestack/state/onestack/ledger/shop/here/00000001.json"
    file.write_text(file.read_text().replace("c0ffee", "decade"))
    assert run(root, "--limit", "1").exit_code == 0, "the first entry isn't looked at"
    done = run(root, "--limit", "1", "--verify")
    assert isinstance(done.exception, LedgerBroken)
    assert "entry 1: it was changed after it was written" in done.exception.message()
    assert len(rows(done)) == 1
    broken = run(root, "--json", "--verify")
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["faults"] == [
        "entry 1: it was changed after it was written: its hash is another"
    ]


def test_a_stack_that_was_never_deployed_has_none(root: Path) -> None:
    done = run(root)
    assert done.exit_code == 0
    assert "its ledger is empty" in done.stderr
    assert json.loads(run(root, "--json").stdout)["deployments"] == []
    assert not (root / ".onestack").exists(), "looking writes nothing"


def test_what_has_no_cloud_is_not_simulated(root: Path) -> None:
    assert isinstance(run(root, "--offline").exception, NothingToSimulate)


def test_a_narrow_terminal_cuts_nothing_off(root: Path, ledger: Ledger) -> None:
    found = told.history(Folder(root / ".onestack/state/onestack"), "shop", "here", limit=9, whole=True)
    text = io.StringIO()
    Console(file=text, width=60).print(told.table(found))
    assert "…" not in text.getvalue()
