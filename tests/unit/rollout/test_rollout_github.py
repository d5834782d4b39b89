"""What GitHub hears of rollouts and is asked, by a stand-in that holds requests to GitHub's description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import git
import pytest

from onestack.acceptance import Results
from onestack.errors import ForgeForbidden, ForgeUnavailable, LiveUnknown, SlackNotTold
from onestack.forge import Forge, place
from onestack.gates.settings import ApprovalSettings, GateSettings
from onestack.gates.verdict import Verdict
from onestack.ledger import Begin, End, Entry
from onestack.notify import Message, NotifySettings, SlackSettings, Told
from onestack.plan import Change, Plan, digest
from onestack.progress import Heard
from onestack.repository import Repository
from onestack.revert import Revert
from onestack.revision import Revision, revision
from onestack.rollout.about import About, Considered, Failure
from onestack.rollout.github import Github
from onestack.rollout.owning import owners
from onestack.rollout.parties import _repository, _slack, parties
from onestack.rollout.slack import Slack
from onestack.settings import from_file
from tests.stand_ins.github import DOWN, TOKEN, GitHub, github
from tests.stand_ins.people import User
from tests.unit.rollout.test_rollout import Quiet

MAIN, HEAD = "a" * 40, "b" * 40
PLAN = Plan("shop", "prod", MAIN, "s", "s", changes=(Change("update", "urn", "t:t:Thing", "thing"),))
WAITS = Verdict("approvals", False, "1 more approval is needed", opens_by="bob")


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with github() as there:
        there.people.branches.heads |= {"main": MAIN, "fix": HEAD}
        there.people.open("fix", "main", by="ada", title="Fix it")
        yield there


def listener(hub: GitHub, approvals: ApprovalSettings | None = None) -> Github:
    ours = Forge(place(hub.environ(commit=MAIN)), patience=2, pause=0.001)
    stack: Any = SimpleNamespace(
        repository=Repository(Path("/nowhere"), "shop"),
        settings=SimpleNamespace(
            stack="prod",
            gates=GateSettings(approvals=approvals),
            manifests=SimpleNamespace(path="manifests"),
        ),
    )
    return Github(ours, ours, stack, "main", Quiet())


def about(commit: str = MAIN) -> About:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = Revision(commit, commit, "Ada <a@b.c>", now, "Fix it")
    return About("shop", "prod", "ada", made, links={"run": "https://example.com/1"})


def begun(run: str = "r1", commit: str | None = MAIN) -> Entry:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Entry(1, "", "shop", "prod", "begin", run, now, 1, begin=Begin("deploy", "ada", "vm", commit))


def states(hub: GitHub) -> list[list[str]]:
    return [[one["state"] for one in said] for said in hub.people.said.values()]


def test_a_run_that_is_told_twice_is_one_deployment(hub: GitHub) -> None:
    for _ in range(2):
        listener(hub).started(about(), begun())
    rollout: Any = SimpleNamespace(tests=Results())
    for _ in range(2):
        listener(hub).succeeded(about(), begun(), rollout)
    assert states(hub) == [["in_progress", "success"]]
    assert [one["state"] for _, one in hub.people.statuses][-1] == "success"


def test_a_killed_run_is_settled_by_the_next(hub: GitHub) -> None:
    listener(hub).started(about(), begun())
    listener(hub).killed(about(), begun())
    assert states(hub) == [["in_progress", "error"]]
    assert hub.people.statuses[-1][1]["state"] == "error"
    of_nothing = replace(about(), revision=None)
    listener(hub).killed(of_nothing, begun(commit=None))  # nothing was said of one without a commit
    listener(hub).ended(of_nothing, begun(commit=None), End("succeeded"))
    assert states(hub) == [["in_progress", "error"]]


def test_an_end_that_was_perhaps_told_is_told_once(hub: GitHub) -> None:
    rollout: Any = SimpleNamespace(tests=Results())
    listener(hub).started(about(), begun())
    listener(hub).succeeded(about(), begun(), rollout)
    listener(hub).started(about(), begun("r2"))
    for _ in range(2):
        listener(hub).ended(about(), begun(), End("succeeded"))
        listener(hub).ended(about(), begun("r2"), End("failed", error="it is bad"))
    assert states(hub) == [["in_progress", "success"], ["in_progress", "failure"]]
    assert hub.people.statuses[-1][1]["description"] == "it is bad"


def test_an_end_of_which_github_heard_a_half_is_told_to_its_end(hub: GitHub) -> None:
    """It went away between the deployment and the commit's status."""
    rollout: Any = SimpleNamespace(tests=Results())
    listener(hub).started(about(), begun())
    hub.fail("POST /repos/[^/]*/[^/]*/statuses", DOWN, times=100)
    with pytest.raises(ForgeUnavailable):
        listener(hub).succeeded(about(), begun(), rollout)
    assert (states(hub), hub.people.statuses[-1][1]["state"]) == ([["in_progress", "success"]], "pending")
    hub.troubles.clear()
    for _ in range(2):
        listener(hub).ended(about(), begun(), End("succeeded"))
    assert states(hub) == [["in_progress", "success"]]
    assert [one["state"] for _, one in hub.people.statuses] == ["pending", "success"]


def test_a_failure_is_told_with_its_cause(hub: GitHub) -> None:
    listener(hub).started(about(), begun())
    listener(hub).failed(about(), begun(), Failure("it is bad", "it is bad", "all of it is live"))
    assert states(hub) == [["in_progress", "failure"]]
    assert hub.people.statuses[-1][1]["description"] == "it is bad"


def test_what_waits_has_its_plan_on_the_pull_request_once(hub: GitHub) -> None:
    commit = hub.people.merge(1)
    for _ in range(2):
        listener(hub).waiting(Considered(about(commit), PLAN), begun(), [WAITS])
    (body,) = hub.people.bodies(1)
    assert digest(PLAN) in body
    assert hub.people.statuses[-1][1]["state"] == "pending"


def test_a_proposal_is_opened_however_much_there_is_to_say(hub: GitHub) -> None:
    hub.people.branches.heads |= {"back": "c" * 40}
    now = datetime(2026, 1, 1, tzinfo=UTC)
    head = Revision(MAIN, MAIN, "A", now, "")
    back = Revert("back", "c" * 40, Revision(HEAD, HEAD, "Ada", now, "Fix"), head, HEAD)
    lines = [f"Deployment shop/web-{number}: @ada \U0001f4a5" + "x" * 3000 for number in range(500)]
    failure = Failure("it is bad", "\n".join(lines), "some of it is live")
    assert listener(hub).propose(about(), back, failure)
    assert "lines more)" in hub.people.pulls[2]["body"]


def test_a_plan_that_github_was_not_told_is_told_by_the_next_run(hub: GitHub) -> None:
    """Else nobody could ever approve it; what was told isn't told again."""
    commit = hub.people.merge(1)
    hub.fail("POST", DOWN, times=100)
    with pytest.raises(ForgeUnavailable):
        listener(hub).waiting(Considered(about(commit), PLAN), begun(), [WAITS])
    hub.troubles.clear()
    for _ in range(3):
        listener(hub).waiting(Considered(about(commit), PLAN), begun(), [WAITS])
    assert len(hub.people.bodies(1)) == 1
    assert len(hub.people.statuses) == 1


def test_a_right_that_is_missing_keeps_nothing_else_back(hub: GitHub) -> None:
    commit = hub.people.merge(1)
    hub.users[TOKEN] = User("github-actions[bot]", frozenset({"statuses: write", "pull-requests: read"}))
    with pytest.raises(ForgeForbidden, match="pull-requests: write"):
        listener(hub).waiting(Considered(about(commit), PLAN), begun(), [WAITS])
    with pytest.raises(ForgeForbidden, match="deployments"):
        listener(hub).started(about(), begun())
    assert [one["state"] for _, one in hub.people.statuses] == ["pending", "pending"]


def test_an_approval_is_found_on_the_merged_pull_request_and_its_author_is_known(hub: GitHub) -> None:
    commit = hub.people.merge(1)
    hub.people.say(1, "bob", f"/approve {digest(PLAN)}")
    said = listener(hub, ApprovalSettings(approvers=("bob",))).ballots(PLAN, commit, None)
    assert [(one.who, one.digest) for one in said.approvals] == [("bob", digest(PLAN))]
    assert said.authors == {"ada"}
    assert said.date


@pytest.mark.parametrize("commit", ["f" * 40, "f" * 64])
def test_a_commit_of_no_pull_request_has_no_approvals(hub: GitHub, commit: str) -> None:
    """It was pushed to main as it is, or not at all."""
    ours = listener(hub, ApprovalSettings(approvers=("bob",)))
    assert ours.ballots(PLAN, commit, None).approvals == ()
    progress: Any = ours._progress
    assert any("no pull request's" in note for note in progress.notes)


def test_who_wrote_any_of_what_came_after_what_is_live_is_known(hub: GitHub, tmp_path: Path) -> None:
    """Two pull requests wait for one deployment, and in one of them an approver had a hand."""
    made = git.Repo.init(tmp_path, initial_branch="main")
    _commit(made, {"stacks/Pulumi.prod.yaml": SETTINGS % ""})
    before = revision(tmp_path).commit
    number = {}
    for who in ("eve", "ada"):
        _commit(made, {"who": who})
        hub.people.branches.put(who, revision(tmp_path).commit)
        number[who] = hub.people.open(who, "main", by=who)
        hub.people.merge(number[who])
        hub.people.pulls[number[who]]["merge_commit_sha"] = revision(tmp_path).commit
    hub.people.commit(number["eve"], "eve", "bob")
    hub.people.commit(number["eve"], "carol", update=True)
    hub.people.commit(number["ada"], "")
    ours = listener(hub, ApprovalSettings(approvers=("bob",)))
    ours._stack = replace_root(ours._stack, tmp_path)
    said = ours.ballots(PLAN, revision(tmp_path).commit, before)
    assert said.authors == {"ada", "eve", "bob"}


def replace_root(stack: Any, root: Path) -> Any:
    return SimpleNamespace(repository=Repository(root, "shop"), settings=stack.settings)


def test_a_team_that_cannot_be_seen_is_said(hub: GitHub) -> None:
    ours = listener(hub, ApprovalSettings(approvers=("acme/platform",)))
    ours.ballots(PLAN, "f" * 40, None)
    progress: Any = ours._progress
    assert any("acme/platform can't be seen" in note for note in progress.notes)


def test_github_that_is_down_is_an_error_of_ours(hub: GitHub) -> None:
    hub.fail("POST", DOWN, times=100)
    with pytest.raises(ForgeUnavailable):
        listener(hub).started(about(), begun())


def test_owners_are_those_of_before_the_change(tmp_path: Path) -> None:
    made = git.Repo.init(tmp_path, initial_branch="main")
    approvals = ", onestack:gates: {approvals: {approvers: [carol], codeowners: true}}"
    _commit(made, {"CODEOWNERS": "/manifests/ @bob\n", "stacks/Pulumi.prod.yaml": SETTINGS % approvals})
    before = revision(tmp_path)
    _commit(made, {"CODEOWNERS": "* @mallory\n", "manifests/shop/a.yaml": "a: 1\n"})
    stack: Any = SimpleNamespace(
        repository=Repository(tmp_path, "shop"), settings=from_file(tmp_path, "prod")
    )
    found = owners(stack, PLAN, revision(tmp_path).commit, before.commit, lambda _team: frozenset())
    assert found.may("bob")
    assert found.may("carol")
    assert not found.may("mallory")


def test_a_clone_that_does_not_know_what_is_live_chooses_no_owners(tmp_path: Path) -> None:
    """A change could name its own there."""
    made = git.Repo.init(tmp_path, initial_branch="main")
    approvals = ", onestack:gates: {approvals: {codeowners: true}}"
    _commit(made, {"CODEOWNERS": "* @mallory\n", "stacks/Pulumi.prod.yaml": SETTINGS % approvals})
    stack: Any = SimpleNamespace(
        repository=Repository(tmp_path, "shop"), settings=from_file(tmp_path, "prod")
    )
    with pytest.raises(LiveUnknown, match="fetch-depth"):
        owners(stack, PLAN, revision(tmp_path).commit, "1" * 40, lambda _team: frozenset())


SETTINGS = "config: {onestack:platform: embedded, onestack:manifests: {applications: {shop: }}%s}\n"


def _commit(made: git.Repo, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = Path(str(made.working_dir)) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    name = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in name.items()}
    made.git.add("--all")
    made.git.commit("-m", "files", env=who)


@pytest.mark.parametrize(
    ("own", "cloud", "found"),
    [(None, None, None), ("a/b", "c/d", "a/b"), (None, "c/d", "c/d")],
)
def test_the_repository_is_that_which_deploys_to_the_cloud(
    own: str | None, cloud: str | None, found: str | None
) -> None:
    gcp = SimpleNamespace(github=SimpleNamespace(repository=cloud)) if cloud else None
    stack: Any = SimpleNamespace(settings=SimpleNamespace(delivery=SimpleNamespace(github=own), gcp=gcp))
    assert _repository(stack) == found


def test_what_one_stack_could_not_tell_is_not_told_in_the_channel_of_another(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        notify = SimpleNamespace(slack=SlackSettings(channel=f"#{name}"))
        stack: Any = SimpleNamespace(
            repository=Repository(tmp_path, "shop"), settings=SimpleNamespace(stack=name, notify=notify)
        )
        found = _slack(stack, Quiet(), {"SLACK_BOT_TOKEN": "xoxb-1"})
        assert found is not None
        return found._slack.outbox.folder

    assert folder("dev") != folder("prod")


@pytest.mark.parametrize(
    ("environ", "hears"),
    [
        ({"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x"}, True),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, False),
        ({}, False),
    ],
)
def test_a_webhook_has_its_channel_and_needs_no_settings(
    tmp_path: Path, environ: dict[str, str], hears: bool
) -> None:
    stack: Any = SimpleNamespace(
        repository=Repository(tmp_path, "shop"),
        settings=SimpleNamespace(stack="prod", notify=NotifySettings()),
    )
    assert (_slack(stack, Quiet(), environ) is not None) is hears


@pytest.mark.parametrize(
    ("closed", "title", "why"),
    [
        ([WAITS], "waiting for approvals", "*approvals*: 1 more approval is needed"),
        (
            [WAITS, Verdict("window", False, "it is night", opens_by="wait")],
            "waiting for approvals, window",
            "approvals: 1 more approval is needed; window: it is night",
        ),
    ],
)
def test_slack_hears_of_every_gate_that_is_closed(closed: list[Verdict], title: str, why: str) -> None:
    told: list[Message] = []

    def tell(message: Message) -> Told:
        told.append(message)
        return Told("sent")

    there: Any = SimpleNamespace(tell=tell)
    Slack(there).waiting(Considered(about(), PLAN), begun(), closed)
    (message,) = told
    assert title in message.text
    said = str(message.blocks)
    assert why in said
    assert all(one.opens_by in said for one in closed)


def test_what_slack_was_not_told_is_a_sentence() -> None:
    said = SimpleNamespace(tell=lambda _message: Told("kept", "it is down"))
    with pytest.raises(SlackNotTold, match="Slack was not told that it waits: it is down"):
        Slack(said).waiting(Considered(about(), PLAN), begun(), [WAITS])  # type: ignore[arg-type] # as much of one


def test_no_token_is_shown_whoever_repeats_one() -> None:
    tokens = {name: f"{name.casefold()}-0123456789" for name in ("GITHUB_TOKEN", "SLACK_BOT_TOKEN")}
    stack: Any = SimpleNamespace(workspace=SimpleNamespace(simulation=object()))
    heard = Heard(Quiet())
    parties(stack, heard, tokens)
    assert heard.mask(" ".join(tokens.values())) == "[secret] [secret]"
