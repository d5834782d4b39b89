"""Records, ledger and lease where they are really kept: in a folder, and in a bucket of an emulator."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner

from onestack.cli import cli
from onestack.errors import LeaseHeld, LeaseLost, NothingToTakeOver, RecordChanged, RecordsUnreadable
from onestack.lease import look, mine, take
from onestack.ledger import Begin, End, Ledger, verify
from onestack.records import Store, Stored, at
from tests.e2e.clone import clone
from tests.e2e.gcs import BUCKET

pytestmark = pytest.mark.e2e

CONTENDERS = 3
BEGIN = Begin("deploy", "ada", "here")


@pytest.fixture(params=["folder", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a state is kept that nobody has any records beside yet."""
    if request.param == "folder":
        return (tmp_path / "state").as_uri()
    request.getfixturevalue("bucket")
    return f"gs://{BUCKET}/{tmp_path.name}"


@pytest.fixture
def store(address: str, tmp_path: Path) -> Store:
    return at(address, tmp_path)


class Contender:
    """A process of `tests.e2e.contender`."""

    def __init__(self, address: str, who: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.contender", address, who],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, order: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, order: str) -> str:
        self.order(order)
        return self.answer()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


class Contend(Protocol):
    def __call__(self, count: int) -> list[Contender]: ...


@pytest.fixture
def contend(address: str) -> Iterator[Contend]:
    """Starts processes that are ready to be told what to do."""
    with ExitStack() as running:

        def started(count: int) -> list[Contender]:
            made = [Contender(address, f"ada-{number}") for number in range(count)]
            for one in made:
                running.callback(one.end)
            assert [one.answer() for one in made] == ["ready"] * count
            return made

        yield started


def test_a_record_is_written_once_and_replaced_only_as_it_was_read(store: Store) -> None:
    assert store.read("a/b.json") is None
    assert store.names() == ()
    first = store.create("a/b.json", "one\n")
    with pytest.raises(RecordChanged):
        store.create("a/b.json", "two")
    second = store.replace("a/b.json", "zwölf", first)
    with pytest.raises(RecordChanged):
        store.replace("a/b.json", "three", first)
    with pytest.raises(RecordChanged):
        store.replace("a/none.json", "three", first)
    assert store.read("a/b.json") == Stored("zwölf", second)
    store.create("c", "")
    assert store.names() == ("a/b.json", "c")
    assert store.names("a/") == ("a/b.json",)


@pytest.mark.usefixtures("bucket")
def test_in_a_bucket_a_write_that_was_sent_twice_is_known_again(tmp_path: Path) -> None:
    store = at(f"gs://{BUCKET}/twice", tmp_path)
    first = store.create("a", "one")
    assert store.create("a", "one") == first
    second = store.replace("a", "two", first)
    assert store.replace("a", "two", first) == second
    with pytest.raises(RecordChanged):
        store.replace("a", "one", first)


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_told(tmp_path: Path) -> None:
    store = at("gs://nobody-s", tmp_path)
    assert store.read("a") is None
    with pytest.raises(RecordsUnreadable, match="there is no such bucket"):
        store.create("a", "one")


@pytest.mark.parametrize("name", ["", "/a", "../a", "a/../b", "a//b", ".pulumi/a", "a/.b", "a b", "a/"])
def test_a_name_leads_nowhere_else(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="no name of a record"):
        store.create(name, "x")
    with pytest.raises(ValueError, match="no name of a record"):
        store.read(name)


def test_a_deployment_is_written_when_it_begins_and_when_it_ends(store: Store) -> None:
    ledger = Ledger(store, "shop", "dev")
    begun = ledger.begin(BEGIN, lease=3)
    ended = ledger.end(begun, End("succeeded", {"create": 2}))
    assert (begun.number, ended.number, ended.began) == (1, 2, 1)
    chain = ledger.chain()
    assert chain.ordered == (begun, ended)
    assert chain.head is not None
    assert (chain.head.count, chain.head.hash, chain.head.lease) == (2, ended.hash, 3)
    assert verify(chain) == ()
    with pytest.raises(LeaseLost):
        ledger.begin(BEGIN, lease=2)
    assert ledger.lease == 3


def rounds(contenders: list[Contender], count: int) -> list[int]:
    """The numbers of those leases that were won, each by one of all that wanted it at one instant."""
    won = []
    for _ in range(count):
        for one in contenders:
            one.order("take")
        answers = [one.answer() for one in contenders]
        winners = [at for at, answer in enumerate(answers) if answer.startswith("won ")]
        assert len(winners) == 1, answers
        number = int(answers[winners[0]].split()[1])
        losers = [answer for answer in answers if not answer.startswith("won ")]
        assert all(f"ada-{winners[0]}@" in one and one.endswith(f" {number}") for one in losers), answers
        assert contenders[winners[0]].ask("give back") == "done"
        won.append(number)
    return won


def test_at_one_instant_one_takes_the_lease_and_nobody_forks_the_ledger(
    store: Store, contend: Contend
) -> None:
    contenders = contend(CONTENDERS)
    assert rounds(contenders, 5) == [1, 2, 3, 4, 5]
    # Writers that each think that the lease is theirs.
    for _ in range(3):
        for one in contenders:
            one.order("write 9")
        assert [one.answer() for one in contenders] == ["done"] * CONTENDERS
    ledger = Ledger(store, "shop", "dev")
    assert len(ledger.entries()) == 3 * CONTENDERS
    assert ledger.verify() == ()


@pytest.mark.torture
def test_of_many_takes_at_one_instant_one_wins_100_times(contend: Contend) -> None:
    assert rounds(contend(CONTENDERS), 100) == list(range(1, 101))


def test_the_lease_of_a_killed_process_is_taken_over_and_its_run_told(store: Store, contend: Contend) -> None:
    (victim,) = contend(1)
    assert victim.ask("take") == "won 1"
    assert victim.ask("write 1") == "done"
    victim.process.send_signal(signal.SIGKILL)
    victim.process.wait()
    notes: list[str] = []
    ledger = Ledger(store, "shop", "dev")
    with take(store, "shop", "dev", mine("grace"), note=notes.append) as lease:
        assert lease.number == 2
        (killed,) = ledger.abandon(lease=lease.number)
        assert ledger.abandon(lease=lease.number) == (), "it is told once"
    assert killed.begin is not None
    assert killed.begin.who == "ada-0"
    assert "the lease 1 was never given back by ada-0" in notes[0]
    assert [entry.kind for entry in ledger.entries()] == ["begin", "abandoned"]
    assert ledger.verify() == ()


def test_what_a_living_process_holds_is_not_taken_from_it(store: Store, contend: Contend) -> None:
    (holder,) = contend(1)
    assert holder.ask("take") == "won 1"
    there = look(store, "shop", "dev")
    assert there is not None
    with pytest.raises(LeaseHeld) as held, take(store, "shop", "dev", mine("grace")):
        pass
    assert f"process {holder.process.pid}" in held.value.what
    assert "--take-over" not in held.value.hint
    said = f"{there.owner.name}/1"
    with pytest.raises(LeaseHeld), take(store, "shop", "dev", mine("grace"), take_over=said):
        pass
    with pytest.raises(NothingToTakeOver), take(store, "shop", "dev", mine("grace"), take_over="ada/1"):
        pass
    assert holder.ask("write 1") == "done"
    assert holder.ask("give back") == "done"
    with take(store, "shop", "dev", mine("grace")) as lease:
        assert lease.number == 2
        assert holder.ask("write 1") == "done", "it still thinks that lease 1 is its own"
        Ledger(store, "shop", "dev").begin(BEGIN, lease=lease.number)
        assert holder.ask("write 1") == "failed LeaseLost"


def test_history_reads_the_ledger_where_the_state_is(
    address: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(tmp_path / "repository", Path("/nowhere/kubeconfig"))
    ledger = Ledger(store, "onestack", made.stack)
    ledger.end(ledger.begin(BEGIN, lease=1), End("succeeded"))
    monkeypatch.setenv("PULUMI_BACKEND_URL", address)
    told = CliRunner().invoke(cli, ["--root", str(made.root), "history", made.stack, "--json", "--verify"])
    assert told.exit_code == 0, told.stderr
    document = json.loads(told.stdout)
    assert (document["entries"], document["place"]) == (2, ledger.place)
    assert [one["state"] for one in document["deployments"]] == ["succeeded"]
