"""``onestack rollback``: which revision, the branch, the pull request; what is told where one fails."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import git
import pytest
from click.testing import CliRunner, Result

from onestack import records, trial
from onestack.cli import cli
from onestack.errors import ForgeForbidden, InsecureForge, NothingLiveBefore, PushRefused
from onestack.ledger import Begin, End, Ledger
from onestack.repository import Repository
from onestack.settings import from_file
from onestack.trial import Said, WayBack
from tests.stand_ins.github import TOKEN, GitHub, github
from tests.stand_ins.people import User

SETTINGS = """\
config:
  onestack:platform: embedded
  onestack:manifests: {applications: {}}
  onestack:delivery: {github: acme/bookshop}
"""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with github() as there:
        for name, value in there.environ().items():
            monkeypatch.setenv(name, value)
        yield there


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three revisions, the last two of them deployed; a remote; a stack for which no tool is needed."""
    folder = tmp_path / "repository"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: shop\n")
    (folder / "stacks/Pulumi.test.yaml").write_text(SETTINGS)
    made = git.Repo.init(folder, initial_branch="main")
    git.Repo.init(tmp_path / "remote.git", bare=True, initial_branch="main")
    made.create_remote("origin", str(tmp_path / "remote.git"))
    ada = git.Actor("Ada", "ada@example.com")
    place = SimpleNamespace(backend=(tmp_path / "state").as_uri(), root=folder, simulation=None)

    def gathered(*_: Any, **__: Any) -> Any:
        settings = from_file(folder, "test")
        return SimpleNamespace(repository=Repository(folder, "shop"), settings=settings, workspace=place)

    monkeypatch.setattr("onestack.cli.rollback.gather", gathered)
    ledger = Ledger(records.beside(place), "shop", "test")  # type: ignore[arg-type] # as much as is looked at
    for number in range(3):
        (folder / "number").write_text(str(number))
        made.index.add(["number", "Pulumi.yaml", "stacks/Pulumi.test.yaml"])
        commit = made.index.commit(f"number {number}", author=ada, committer=ada)
        if number:
            begun = ledger.begin(Begin("deploy", "ada", "here", commit.hexsha), lease=number)
            ledger.end(begun, End("succeeded"))
    return folder


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), "rollback", "test", *arguments])


def heads(root: Path) -> Sequence[str]:
    return [one.name for one in git.Repo(root.with_name("remote.git")).heads]


def test_what_was_live_before_is_proposed_with_the_verdict(
    root: Path, hub: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = WayBack("lossy", (Said("Claim shop/data", "gone"),))
    monkeypatch.setattr(trial, "way_back", lambda *_, **__: verdict)
    hub.people.branches.heads |= _branch(root)
    done = run(root, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    before = git.Repo(root).commit("HEAD~1")
    assert (said["to"], said["wayBack"]["verdict"]) == (before.hexsha, "lossy")
    assert heads(root) == [said["branch"]]
    assert said["pullRequest"] == hub.people.pulls[1]["html_url"]
    assert "lossy" in hub.people.pulls[1]["body"]


def test_where_it_is_proposed_is_known_before_anything_is_tried(
    root: Path, hub: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trial takes minutes."""
    monkeypatch.setenv("GITHUB_API_URL", "http://github.example")
    monkeypatch.setattr(trial, "way_back", lambda *_, **__: pytest.fail("it was tried"))
    done = run(root)
    assert isinstance(done.exception, InsecureForge)
    assert "--api" not in done.exception.message()
    assert heads(root) == []
    assert hub.asked == []


def test_a_branch_that_can_not_be_proposed_is_told(root: Path, hub: GitHub) -> None:
    hub.people.branches.heads |= _branch(root)
    hub.users[TOKEN] = User("github-actions[bot]", frozenset({"pull-requests: read"}))
    done = run(root, "--no-trial")
    assert isinstance(done.exception, ForgeForbidden)
    assert f"pushed the branch {heads(root)[0]}" in done.stderr


def test_no_token_is_in_what_a_remote_says(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_0123456789abcdef")
    git.Repo(root).remote("origin").set_url(str(root / "ghp_0123456789abcdef"))
    done = run(root, "--no-trial")
    assert isinstance(done.exception, PushRefused)
    assert "ghp_0123456789abcdef" not in done.output + done.exception.message()


def test_slack_has_no_say_in_a_way_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "stacks/Pulumi.test.yaml").write_text(SETTINGS + "  onestack:notify: {slack: {}}\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-0123456789")
    done = run(root, "--no-trial")
    assert done.exit_code == 0, done.output
    assert len(heads(root)) == 1


def test_in_this_clone_alone_nobody_is_asked(root: Path, hub: GitHub) -> None:
    done = run(root, "--no-trial", "--local")
    assert done.exit_code == 0, done.output
    assert (heads(root), hub.asked) == ([], [])
    assert "the branch onestack/rollback-test-" in done.stderr


def test_without_an_earlier_one_there_is_no_way_back(root: Path) -> None:
    git.Repo(root).git.checkout("--quiet", "HEAD~1")
    git.Repo(root).git.checkout("--quiet", "--orphan", "other")
    ledger = Ledger(records.at((root.parent / "state").as_uri(), root), "shop", "test")
    ledger.end(ledger.begin(Begin("destroy", "ada", "here"), lease=9), End("succeeded"))
    git.Repo(root).git.commit("--quiet", "-m", "other", env=WHO)
    assert isinstance(run(root, "--no-trial").exception, NothingLiveBefore)


WHO = {f"GIT_{role}_{key}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}


def _branch(root: Path) -> dict[str, str]:
    """The branch of the way back, as the code host has it once it is pushed."""
    to, head = (git.Repo(root).commit(one).hexsha[:12] for one in ("HEAD~1", "HEAD"))
    return {"main": git.Repo(root).head.commit.hexsha, f"onestack/rollback-test-{to}-from-{head}": "c" * 40}
