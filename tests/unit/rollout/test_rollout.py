"""What is written and told of a rollout, whatever becomes of it. What it carries out is stood in for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import git
import pytest

from onestack import acceptance, delivery, lease, planning, records
from onestack.acceptance import Case, Results
from onestack.engine import Outcome, State
from onestack.errors import (
    AcceptanceBroken,
    AcceptanceFailed,
    AcceptanceTimedOut,
    CloudRefusedRun,
    EngineFailed,
    EngineLostCluster,
    GatesClosed,
    HookFailed,
    InvalidAcceptancePath,
    LeaseLost,
    NotReady,
    OnestackError,
    Overtaken,
    PlanMoved,
    Protected,
    Unavailable,
)
from onestack.gates.approvals import Approval, Approvers
from onestack.gates.ballots import Ballots
from onestack.gates.policy import Review
from onestack.gates.verdict import Verdict
from onestack.lease import holding
from onestack.ledger import Begin, End, Ledger, deployments
from onestack.masking import MASKED, Mask
from onestack.plan import Change, Plan, Risk, digest
from onestack.plan.state import state_digest
from onestack.progress import Silent
from onestack.repository import Repository
from onestack.revision import revision
from onestack.rollout import Order, considering, deploy, destroy, tried
from onestack.settings import from_file
from onestack.stack import Stack
from tests.unit.gates.rules import SPY

SETTINGS = "config: {onestack:platform: embedded, onestack:manifests: {applications: {shop: }}%s}\n"
RISK = Risk("deletes-data", "PersistentVolumeClaim shop/data", "its data is lost")
CHANGE = Change(
    "delete", "urn:pulumi:test::shop::kubernetes:core/v1:PersistentVolumeClaim::shop/data", "t", "data"
)
APPROVALS = ", onestack:gates: {approvals: {approvers: [bob], required: 1}}"


class Quiet(Silent):
    """Hides nothing, and keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def hide(self, mask: object) -> None:
        pass


class Ear:
    """Hears what is told."""

    def __init__(self, proposal: str = "") -> None:
        self.heard: list[str] = []
        self.details: list[Any] = []
        self.proposal = proposal

    def __getattr__(self, name: str) -> Callable[..., str]:
        def hear(*told: Any) -> str:
            self.heard.append(name)
            self.details.append(told)
            return self.proposal

        return hear


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a commit."""
    folder = tmp_path / "repository"
    (folder / "stacks").mkdir(parents=True)
    (folder / "stacks/Pulumi.test.yaml").write_text(SETTINGS % "")
    made = git.Repo.init(folder, initial_branch="main")
    _commit(made, "first")
    return folder


def _commit(made: git.Repo, message: str) -> None:
    name = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in name.items()}
    made.git.add("--all")
    made.git.commit("--allow-empty", "-m", message, env=who)


@pytest.fixture
def world(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(root, tmp_path, monkeypatch)


class World:
    """A stack whose deployments come to what a test says."""

    def __init__(self, root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.folder, self.monkeypatch = root, folder, monkeypatch
        self.progress, self.ear = Quiet(), Ear()
        self.state = State({})
        self.plan = Plan("shop", "test", "t", "s", state_digest((), ()), changes=(CHANGE,), risks=(RISK,))
        self.fails: BaseException | None = None
        self.tests = Results()
        self.ballots = Ballots()
        monkeypatch.setattr(delivery, "deploy", self._deploy)
        monkeypatch.setattr(delivery, "destroy", self._destroy)
        monkeypatch.setattr(acceptance, "run", lambda *_, **__: self.tests)
        monkeypatch.setattr(planning, "plan", lambda *_, **__: self.plan)

    @property
    def stack(self) -> Stack:
        place = SimpleNamespace(
            backend=(self.folder / "state").as_uri(), root=self.root, simulation=None, cloud=False
        )
        made: Any = SimpleNamespace(
            repository=Repository(self.root, "shop"), settings=from_file(self.root, "test"), workspace=place
        )
        return made  # type: ignore[no-any-return] # as much of one as is looked at

    def settings(self, more: str) -> None:
        """Adds settings, in a commit of their own."""
        (self.root / "stacks/Pulumi.test.yaml").write_text(SETTINGS % more)
        _commit(git.Repo(self.root), "settings")

    def remote(self) -> git.Repo:
        """A bare repository that can be pushed to."""
        made = git.Repo.init(self.folder / "remote.git", bare=True, initial_branch="main")
        git.Repo(self.root).create_remote("origin", str(made.git_dir))
        return made

    def deploy(self, order: Order = Order()) -> None:  # noqa: B008 - frozen
        listeners: Sequence[Any] = [self.ear]
        deploy(self.stack, self.progress, order, listeners, lambda *_: self.ballots)

    def ended(self) -> list[str]:
        """How the deployments in the ledger ended, and that it is whole."""
        assert self.ledger().verify() == ()
        return [str(one.state()) for one in deployments(self.ledger().entries())]

    def ledger(self) -> Ledger:
        return Ledger(records.beside(self.stack.workspace), "shop", "test")

    def _deploy(
        self,
        _stack: Any,
        progress: Any,
        begins: Callable[[State], None],
        ran: Callable[[Outcome], None],
        **_: Any,
    ) -> Any:
        progress.hide(Mask(frozenset({b"hunter2-hunter2"})))
        begins(self.state)
        outcome = Outcome({"update": 2}, (), ())
        if self.fails is not None:
            if isinstance(self.fails, NotReady):
                ran(outcome)
            raise self.fails
        ran(outcome)
        return SimpleNamespace(outcome=outcome, manifests=(), seconds=1.0)

    def _destroy(self, *_: Any, begins: Callable[[], None], ran: Callable[[Outcome], None]) -> Outcome:
        if isinstance(self.fails, Protected):
            raise self.fails
        begins()
        if self.fails is not None:
            raise self.fails
        ran(outcome := Outcome({"delete": 2}, (), ()))
        return outcome


def test_a_good_one_is_written_and_told_from_begin_to_end(world: World) -> None:
    world.tests = Results((Case("a", "passed"), Case("b", "skipped")))
    world.deploy()
    assert world.ended() == ["succeeded"]
    assert world.ear.heard == ["started", "succeeded"]
    begin, end = world.ledger().entries()
    assert begin.begin is not None
    assert begin.begin.commit == revision(world.root).commit
    assert end.end is not None
    assert (end.end.counts, end.end.tests and end.end.tests.passed) == ({"update": 2}, 1)


@pytest.mark.parametrize(
    ("path", "why"), [("../..", "it leads out of the repository"), ("acceptence", "there is no such folder")]
)
def test_acceptance_tests_that_can_not_be_found_are_told_before_anything(
    world: World, path: str, why: str
) -> None:
    world.settings(f", onestack:acceptance: {{path: {path}}}")
    with pytest.raises(InvalidAcceptancePath, match=why):
        world.deploy()
    assert (world.ended(), world.ear.heard) == ([], [])


def test_what_a_rule_warns_of_is_told_though_it_stops_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings(", onestack:gates: {policy: {}}")
    said = Verdict("policy", True, "1 violation", details=("warning two-pods: one pod",))
    monkeypatch.setattr(considering, "decide", lambda *_, **__: (said,))
    monkeypatch.setattr(considering, "readable", lambda *_: SimpleNamespace(applied=()))
    world.deploy()
    assert "  warning two-pods: one pod" in world.progress.notes


def test_files_in_no_commit_are_said_to_be_that(world: World) -> None:
    (world.root / "new").write_text("x")
    world.deploy()
    begin = world.ledger().entries()[0].begin
    assert begin is not None
    assert begin.commit is None
    assert begin.tree


def test_git_that_can_not_say_which_commit_this_is_stops_no_deployment(world: World) -> None:
    git.Repo.init(world.root / "inner")  # which git can't add
    world.deploy()
    assert world.ended() == ["succeeded"]
    assert any("which commit this is isn't known" in note for note in world.progress.notes)


@pytest.mark.parametrize(
    ("fails", "outcome"),
    [
        (NotReady("test", "Deployment shop/web: no pods"), "failed"),
        (Unavailable("the cluster is away"), "failed"),
        (ValueError("a defect"), "failed"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_what_fails_is_written_told_and_raised(world: World, fails: BaseException, outcome: str) -> None:
    world.fails = fails
    with pytest.raises(type(fails)):
        world.deploy()
    assert world.ended() == [outcome]
    assert world.ear.heard == ["started", "failed"]
    assert world.ear.details[-1][-1].interrupted is (outcome == "interrupted")
    assert any(note.startswith("what is live: ") for note in world.progress.notes)


def test_no_secret_is_in_the_ledger_or_in_what_is_told(world: World) -> None:
    world.fails = Unavailable("the database says: no user hunter2-hunter2")
    with pytest.raises(Unavailable):
        world.deploy()
    failure = world.ear.details[-1][-1]
    end = world.ledger().entries()[-1].end
    assert end is not None
    for said in (failure.cause, failure.message, end.error, *world.progress.notes):
        assert "hunter2" not in said
    assert "the database says" in failure.cause


def test_a_failed_test_fails_the_deployment_and_says_what_is_live(world: World) -> None:
    world.tests = Results((Case("test_shop::test_price", "failed", "it is wrong"),))
    with pytest.raises(AcceptanceFailed, match="test_price"):
        world.deploy()
    failure = world.ear.details[-1][-1]
    assert "acceptance tests" in failure.cause
    assert "is live and ready" in failure.live


def test_the_number_of_changes_that_were_made_is_told(world: World) -> None:
    failed = EngineFailed("up", "test", ("no",), "")
    failed.done = {"create": 2, "update": 1}
    world.fails = failed
    with pytest.raises(EngineFailed):
        world.deploy()
    assert world.ear.details[-1][-1].live.startswith("3 changes were made of ")
    assert _end(world).counts == {"create": 2, "update": 1}


def _end(world: World) -> End:
    end = world.ledger().entries()[-1].end
    assert end is not None
    return end


def test_what_was_applied_and_is_not_ready_is_in_the_ledger(world: World) -> None:
    world.fails = NotReady("test", "Deployment shop/web: no pods")
    with pytest.raises(NotReady):
        world.deploy()
    assert _end(world).counts == {"update": 2}


@pytest.mark.parametrize(
    "breaks", [AcceptanceTimedOut("test", 60, "test_price"), AcceptanceBroken(3, "no"), KeyboardInterrupt()]
)
def test_tests_that_come_to_no_verdict_leave_all_of_it_live_and_ready(
    world: World, breaks: BaseException
) -> None:
    def broken(*_: Any, **__: Any) -> Results:
        raise breaks

    world.monkeypatch.setattr(acceptance, "run", broken)
    with pytest.raises(type(breaks)):
        world.deploy()
    live = world.ear.details[-1][-1].live
    assert live.endswith("is live and ready; its acceptance tests came to no verdict")
    assert (_end(world).counts, _end(world).tests) == ({"update": 2}, None)


@pytest.mark.parametrize("lost", [False, True])
def test_a_lease_that_can_not_be_looked_at_makes_no_failure_of_a_success(world: World, lost: bool) -> None:
    """The bucket doesn't answer for a moment, right after all became ready."""

    def tested(*_: Any, **__: Any) -> Results:
        error = LeaseLost("test", 1, "it is bob's") if lost else Unavailable("the bucket is away")
        world.monkeypatch.setattr(lease.Lease, "check", lambda _self: (_ for _ in ()).throw(error))
        return Results()

    world.monkeypatch.setattr(acceptance, "run", tested)
    if not lost:
        world.deploy()
        assert (world.ended(), world.ear.heard) == (["succeeded"], ["started", "succeeded"])
        return
    with pytest.raises(LeaseLost):
        world.deploy()
    assert (world.ended(), world.ear.heard) == (["killed"], ["started"])


def test_a_success_that_can_not_be_written_is_said_to_be_one(world: World) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "end", lambda *_: (_ for _ in ()).throw(Unavailable("the bucket is away")))
        with pytest.raises(Unavailable, match="the bucket is away"):
            world.deploy()
    assert any("came to a good end" in note for note in world.progress.notes)
    world.deploy()
    assert world.ended() == ["killed", "succeeded"]


def test_a_lost_lease_writes_nothing_more(world: World) -> None:
    world.fails = LeaseLost("test", 1, "taken over")
    with pytest.raises(LeaseLost):
        world.deploy()
    assert len(world.ledger().entries()) == 1
    assert world.ear.heard == ["started"]


def test_a_failure_after_the_lease_was_lost_is_no_longer_this_run_s_to_tell(world: World) -> None:
    world.settings(", onestack:delivery: {revert: true}")
    world.deploy()
    _commit(git.Repo(world.root), "next")
    store = records.beside(world.stack.workspace)

    def taken_over(*_: Any, **__: Any) -> Results:
        held = lease.look(store, "shop", "test")
        assert held is not None
        there = store.read("leases/shop/test.json")
        assert there is not None
        other = replace(held, number=held.number + 1, owner=replace(held.owner, token="another", who="bob"))
        store.replace("leases/shop/test.json", holding.text(other), there.version)
        return Results((Case("test_price", "failed", "it is wrong"),))

    world.monkeypatch.setattr(acceptance, "run", taken_over)
    with pytest.raises(AcceptanceFailed):
        world.deploy()
    assert world.ended() == ["succeeded", "killed"]
    assert world.ear.heard == ["started", "succeeded", "started"]
    assert any("bob" in note for note in world.progress.notes)


def test_a_killed_run_is_told_by_the_next(world: World) -> None:
    world.ledger().begin(Begin("deploy", "ada", "laptop"), lease=1)
    world.deploy()
    assert world.ended() == ["killed", "succeeded"]
    assert world.ear.heard == ["killed", "started", "succeeded"]
    assert any("of ada" in note and "was killed" in note for note in world.progress.notes)


def test_who_cannot_be_told_is_noted_and_stops_nothing(world: World) -> None:
    class Deaf:
        def __getattr__(self, name: str) -> Callable[..., None]:
            def refuse(*_: Any) -> None:
                raise Unavailable("GitHub is down")

            return refuse

    listeners: Sequence[Any] = [Deaf(), world.ear]
    deploy(world.stack, world.progress, Order(), listeners, lambda *_: Ballots())
    assert world.ear.heard == ["started", "succeeded"]
    assert sum("GitHub is down" in note for note in world.progress.notes) == 2


def test_what_is_live_is_known_however_often_it_was_tried_since(world: World) -> None:
    world.deploy()
    commit = revision(world.root).commit
    for _ in range(2):
        begun = world.ledger().begin(Begin("deploy", "ada", "laptop"), lease=1)
        world.ledger().end(begun, End("stopped"))
    world.monkeypatch.setattr("onestack.rollout.desk.RECENT", 3)
    world.deploy()
    assert world.ear.details[-1][0].previous == commit
    destroy(world.stack, world.progress, Order())
    world.deploy()
    assert world.ear.details[-1][0].previous is None


def test_a_closed_gate_is_written_and_told_once_for_a_plan(world: World) -> None:
    world.settings(APPROVALS)
    for _ in range(3):
        with pytest.raises(GatesClosed, match="approval"):
            world.deploy()
    assert world.ended() == ["stopped"]
    assert world.ear.heard == ["waiting"]
    world.plan = replace(world.plan, tree="another")
    with pytest.raises(GatesClosed):
        world.deploy()
    assert world.ended() == ["stopped", "stopped"]


def test_what_can_not_be_planned_is_written_and_told_once_for_a_cause_and_the_clock_tries_again(
    world: World,
) -> None:
    world.settings(APPROVALS)
    away = ["the cluster is away", "the cluster is away", "the project is locked"]
    for what in away:
        world.monkeypatch.setattr(planning, "plan", _raising(Unavailable(f"{what}: hunter2-hunter2")))
        with pytest.raises(Unavailable):
            world.deploy()
        assert tried(world.stack, world.progress) is None
    assert world.ended() == ["failed", "failed"]
    assert world.ear.heard == ["failed", "failed"]
    failure = world.ear.details[0][-1]
    assert (failure.cause, failure.live) == (
        f"the cluster is away: {MASKED}",
        "nothing was done; it is nothing that the ledger knows",
    )
    _commit(git.Repo(world.root), "next")
    with pytest.raises(Unavailable):
        world.deploy()
    assert world.ended() == ["failed"] * 3, "another commit's is another's"


def _raising(error: OnestackError) -> Callable[..., Plan]:
    def plan(_stack: object, progress: Any, **_: object) -> Plan:
        progress.hide(Mask(frozenset({b"hunter2-hunter2"})))
        raise error

    return plan


def _approved(plan: Plan) -> Ballots:
    given = Approval("bob", "comment", digest(plan), datetime.now(UTC) - timedelta(minutes=1))
    return Ballots((given,), Approvers(frozenset({"bob"})), frozenset({"ada"}))


def test_an_approval_of_that_very_plan_opens_and_is_in_the_ledger(world: World) -> None:
    world.settings(APPROVALS)
    world.ballots = _approved(world.plan)
    world.deploy()
    begin = world.ledger().entries()[0].begin
    assert begin is not None
    assert [one.by for one in begin.approvals] == ["bob"]
    assert begin.plan == digest(world.plan)


def test_an_approval_dies_with_its_plan(world: World) -> None:
    world.settings(APPROVALS)
    world.ballots = _approved(world.plan)
    world.plan = replace(world.plan, state="moved")
    with pytest.raises(GatesClosed, match="another plan"):
        world.deploy()
    assert world.ended() == ["stopped"]


def test_an_override_passes_with_its_reason_in_the_ledger(world: World) -> None:
    world.settings(APPROVALS)
    world.deploy(Order(override="the shop is down"))
    begin = world.ledger().entries()[0].begin
    assert begin is not None
    assert begin.overridden == ("approvals: the shop is down",)
    assert any("the shop is down" in note for note in world.progress.notes)


def test_a_plan_that_is_not_the_sealed_one_is_refused(world: World) -> None:
    with pytest.raises(PlanMoved):
        world.deploy(Order(sealed="sha256:" + "0" * 64))
    assert world.ended() == ["stopped"]
    world.deploy(Order(sealed=digest(world.plan)))
    assert world.ended() == ["stopped", "succeeded"]


def test_a_state_that_moved_after_the_plan_is_refused_before_anything_is_done(world: World) -> None:
    world.state = State({"resources": [{"urn": "a", "type": "b"}]})
    with pytest.raises(PlanMoved, match="the state changed"):
        world.deploy(Order(sealed=digest(world.plan)))
    assert world.ended() == ["stopped"]
    assert world.ear.details[-1][-1].live.startswith("nothing was done")
    assert _end(world).counts == {"same": 0}


def test_a_failure_prepares_the_way_back_where_the_settings_say_so(world: World) -> None:
    remote = world.remote()
    world.settings(", onestack:delivery: {revert: true}")
    world.deploy()
    good = revision(world.root)
    (world.root / "bad.yaml").write_text("bad: true\n")
    _commit(git.Repo(world.root), "bad")
    world.fails, world.ear.proposal = NotReady("test", "it is bad"), "https://example.com/pull/7"
    with pytest.raises(NotReady):
        world.deploy()
    assert world.ear.heard[-2:] == ["propose", "failed"]
    assert world.ear.details[-1][-1].back == "https://example.com/pull/7"
    (branch,) = remote.heads
    assert branch.commit.tree.hexsha == good.tree


def test_nothing_is_taken_back_for_a_network_or_a_person(world: World) -> None:
    world.settings(", onestack:delivery: {revert: true}")
    world.deploy()
    _commit(git.Repo(world.root), "next")
    for fails in (Unavailable("the cluster is away"), KeyboardInterrupt()):
        world.fails = fails
        with pytest.raises(type(fails)):
            world.deploy()
    assert "propose" not in world.ear.heard


@pytest.mark.parametrize(
    ("fails", "back"),
    [
        (EngineLostCluster("up", "test", ("away",), ""), False),
        (CloudRefusedRun("up", "test", ("quota",), ("ask for more",)), False),
        (HookFailed("test", ("Job shop/migrate: failed",), "no"), True),
        (AcceptanceTimedOut("test", 60, "test_price"), True),
    ],
)
def test_the_way_back_is_prepared_for_what_was_deployed_alone(
    world: World, fails: OnestackError, back: bool
) -> None:
    remote = world.remote()
    world.settings(", onestack:delivery: {revert: true}")
    world.deploy()
    (world.root / "bad.yaml").write_text("bad: true\n")
    _commit(git.Repo(world.root), "bad")
    world.fails = fails
    with pytest.raises(type(fails)):
        world.deploy()
    assert ("propose" in world.ear.heard) is back
    assert bool(remote.heads) is back


def test_a_destroy_that_fails_takes_no_revision_back(world: World) -> None:
    remote = world.remote()
    world.settings(", onestack:delivery: {revert: true}")
    world.deploy()
    (world.root / "next.yaml").write_text("next: true\n")
    _commit(git.Repo(world.root), "next")
    for fails, said in (
        (EngineFailed("destroy", "test", ("no",), ""), "some of it may be gone"),
        (Protected("test", ["Cluster shop"]), "nothing was done"),
    ):
        world.fails = fails
        with pytest.raises(type(fails)):
            destroy(world.stack, world.progress, Order())
        assert any(note.startswith(f"what is live: {said}") for note in world.progress.notes)
    assert not remote.heads
    assert world.ended() == ["succeeded", "failed", "failed"]


def test_a_destroy_by_who_has_lost_the_lease_deletes_nothing(world: World) -> None:
    def lost(_self: object) -> None:
        raise LeaseLost("test", 1, "it is bob's")

    world.fails = EngineFailed("destroy", "test", ("it was deleted",), "")
    world.monkeypatch.setattr(lease.Lease, "check", lost)
    with pytest.raises(LeaseLost):
        destroy(world.stack, world.progress, Order())


def test_a_defect_in_preparing_the_way_back_hides_nothing(world: World) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("a defect")

    world.monkeypatch.setattr("onestack.rollout.writing.way_back", broken)
    world.settings(", onestack:delivery: {revert: true}")
    world.fails = NotReady("test", "it is bad")
    with pytest.raises(NotReady):
        world.deploy()
    assert any("the way back is not prepared: ValueError: a defect" in note for note in world.progress.notes)
    assert world.ear.heard[-1] == "failed"


def test_a_clone_that_lacks_what_was_live_says_why_it_prepares_no_way_back(world: World) -> None:
    world.settings(", onestack:delivery: {revert: true}")
    world.ledger().end(
        world.ledger().begin(Begin("deploy", "ada", "laptop", commit="c0ffee" * 7), lease=1), End("succeeded")
    )
    world.fails = NotReady("test", "it is bad")
    with pytest.raises(NotReady):
        world.deploy()
    assert any("this clone lacks c0ffeec0ffee" in note for note in world.progress.notes)


def test_a_way_back_that_fails_hides_nothing(world: World) -> None:
    world.settings(", onestack:delivery: {revert: true}")
    world.deploy()
    (world.root / "bad.yaml").write_text("bad: true\n")
    _commit(git.Repo(world.root), "bad")
    world.fails = NotReady("test", "it is bad")
    with pytest.raises(NotReady):
        world.deploy()
    assert any(note.startswith("the way back is not prepared") for note in world.progress.notes)
    assert world.ear.heard[-1] == "failed"


def test_destroying_is_in_the_ledger_and_forgets_what_was_live(world: World) -> None:
    world.deploy()
    destroy(world.stack, world.progress, Order())
    world.fails = OnestackError("no")
    with pytest.raises(OnestackError):
        world.deploy()
    assert world.ended() == ["succeeded", "succeeded", "failed"]
    assert world.ear.details[-1][0].previous is None


def test_a_listener_that_is_broken_stops_nothing(world: World) -> None:
    """A deployment that is under way is worth more than a defect of whoever hears of it."""
    broken: dict[str, str] = {}
    world.ear.started = lambda *_: broken["nothing"]  # type: ignore[attr-defined]
    world.deploy()
    assert world.ended() == ["succeeded"]
    assert any("KeyError" in note for note in world.progress.notes)


def test_who_overrides_is_not_stopped_by_a_code_host_that_is_down(world: World) -> None:
    """That is when it is needed."""
    world.settings(APPROVALS)

    def down(*_: object) -> Ballots:
        raise Unavailable("GitHub is away")

    for order in (Order(), Order(override="the shop is down")):
        try:
            deploy(world.stack, world.progress, order, [], down)
        except Unavailable:
            assert order.override is None
    assert world.ended() == ["failed", "succeeded"]
    assert "who approved isn't known: GitHub is away" in world.progress.notes


def test_the_clock_goes_on_with_what_was_stopped_and_repeats_nothing(world: World) -> None:
    assert tried(world.stack, world.progress) is None, "nothing was deployed yet"
    world.settings(APPROVALS)
    with pytest.raises(GatesClosed):
        world.deploy()
    assert tried(world.stack, world.progress) is None, "it waits"
    world.ballots = _approved(world.plan)
    world.deploy()
    assert "succeeded" in str(tried(world.stack, world.progress))
    world.fails = NotReady("test", "Deployment shop/web: no pods")
    with pytest.raises(NotReady):
        world.deploy()
    assert "failed; who mended" in str(tried(world.stack, world.progress))
    _commit(git.Repo(world.root), "another")
    assert tried(world.stack, world.progress) is None, "this revision is another"


def test_a_run_of_an_older_revision_than_the_one_that_is_live_takes_nothing_back(world: World) -> None:
    world.settings(", onestack:delivery: {github: acme/bookshop}")
    _commit(git.Repo(world.root), "newer")
    world.deploy()
    git.Repo(world.root).git.checkout("--quiet", "HEAD~1")
    with pytest.raises(Overtaken, match="onestack rollback"):
        world.deploy()
    assert world.ended() == ["succeeded"]
    world.deploy(Order(override="the newer one is worse"))
    begin = world.ledger().entries()[-2].begin
    assert begin is not None
    assert begin.overridden == ("late: the newer one is worse",)
    world.deploy()
    assert world.ended() == ["succeeded"] * 3


def test_a_plan_that_needs_no_approval_needs_no_code_host(world: World) -> None:
    world.settings(APPROVALS)
    world.plan = replace(world.plan, risks=())

    def down(*_: object) -> Ballots:
        raise Unavailable("GitHub is away")

    deploy(world.stack, world.progress, Order(), [], down)
    assert world.ended() == ["succeeded"]


def test_rules_of_the_repository_find_no_token_in_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
    monkeypatch.setattr("onestack.rollout.considering._review", lambda *_: Review())
    (world.root / "policy").mkdir()
    (world.root / "policy/spy.py").write_text(SPY)
    world.settings(", onestack:gates: {policy: {}}")
    world.deploy()
    assert os.environ["GITHUB_TOKEN"] == "hunter2"
