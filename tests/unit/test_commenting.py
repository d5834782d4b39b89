"""The comment of documents that another job made: read as data, and on no other pull request or commit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onestack import commenting
from onestack.cli import cli
from onestack.comment_marker import marker
from onestack.commenting import Said
from onestack.errors import HeadMoved, NoPullRequest, NothingToComment, OnestackError, UntrustedDocument
from tests.stand_ins.github import GitHub, github

MAIN, HEAD, OTHER = "a" * 40, "b" * 40, "c" * 40
HOSTILE = "```\n</details><script>x</script> @everyone ![x](https://evil.example)\n`````\n\x1b[2J::set-env"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with github() as there:
        there.people.branches.heads |= {"main": MAIN, "fix": HEAD}
        there.people.open("fix", "main")
        for name in [*os.environ]:
            if name.startswith(("GITHUB_", "GH_")):
                monkeypatch.delenv(name)
        for name, value in there.environ(commit=HEAD, pull=1).items():
            monkeypatch.setenv(name, value)
        yield there


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of the simplest documents there are: the stack, a colon, the text."""

    def reader(written: bytes, where: str, limit: int) -> Said:
        stack, colon, text = written.decode().partition(":")
        if not colon:
            raise UntrustedDocument(where, "it has no colon")
        return Said(stack, text[:limit], "failure" if "bad" in text else "success", text)

    for kind in ("plan", "trial"):
        monkeypatch.setitem(commenting.READERS, kind, reader)


def file(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def run(folder: Path, *arguments: str) -> Result:
    (folder / "Pulumi.yaml").write_text("name: shop\n")
    return CliRunner().invoke(cli, ["--root", str(folder), "comment", "dev", *arguments])


def refused(folder: Path, *arguments: str) -> OnestackError:
    error = run(folder, *arguments).exception
    assert isinstance(error, OnestackError), error
    return error


def test_one_line_of_a_job_writes_the_comment_and_the_status(
    hub: GitHub, readers: None, tmp_path: Path
) -> None:
    done = run(tmp_path, "--plan", file(tmp_path, "plan.json", "dev:1 to create"), "--json")
    assert (done.exit_code, done.exception) == (0, None)
    url = "https://github.com/acme/bookshop/actions/runs/4711"
    assert hub.people.bodies(1) == [f"{marker('dev')}\n1 to create\n\n[The run]({url}) of `{HEAD[:12]}`"]
    said = json.loads(done.stdout)
    assert (said["pull"], said["done"], said["folded"], said["notes"]) == (1, "created", 0, [])
    assert said["statuses"] == [
        {
            "commit": HEAD,
            "context": "onestack/preview/dev",
            "state": "success",
            "description": "1 to create",
        }
    ]
    ((commit, status),) = hub.people.statuses
    assert (commit, status["target_url"]) == (HEAD, url)


def test_a_trial_is_told_with_the_plan_or_by_itself(hub: GitHub, readers: None, tmp_path: Path) -> None:
    plan, trial = file(tmp_path, "p", "dev:a plan"), file(tmp_path, "t", "dev:a bad trial")
    run(tmp_path, "--plan", plan, "--trial", trial)
    run(tmp_path, "--trial", trial)
    both, alone = hub.people.bodies(1)
    assert both.startswith(f"{marker('dev')}\na plan\n\na bad trial")
    assert alone.startswith(f"{marker('dev', 'trial')}\na bad trial")
    assert [(one["context"], one["state"]) for _, one in hub.people.statuses[:2]] == [
        ("onestack/preview/dev", "success"),
        ("onestack/trial/dev", "failure"),
    ]


def test_a_text_is_shown_as_it_stands(hub: GitHub, tmp_path: Path) -> None:
    run(tmp_path, "--text", file(tmp_path, "said", HOSTILE))
    (body,) = hub.people.bodies(1)
    lines = body.splitlines()
    fence = "`" * 8
    inside = lines[lines.index(fence + "text") + 1 : lines.index(fence)]
    assert inside[:2] == HOSTILE.splitlines()[:2]
    assert "\x1b" not in body
    assert inside[-1] == "\\x1b[2J::set-env"


def test_a_long_text_is_cut_within_its_fence(hub: GitHub, tmp_path: Path) -> None:
    run(tmp_path, "--text", file(tmp_path, "said", "\N{PARTY POPPER}" * 200_000))
    (body,) = hub.people.bodies(1)
    assert "characters more)\n```" in body


def test_a_document_that_is_not_there_is_a_step_that_failed(hub: GitHub, tmp_path: Path) -> None:
    assert run(tmp_path, "--plan", str(tmp_path / "none.json")).exit_code == 0
    assert "**The preview of `dev` failed.**" in hub.people.bodies(1)[0]
    assert [one["state"] for _, one in hub.people.statuses] == ["failure"]


def test_an_empty_document_is_that_of_a_verb_which_failed(hub: GitHub, tmp_path: Path) -> None:
    """A shell makes the file before the verb runs: ``onestack trial --json > trial.json``."""
    assert run(tmp_path, "--trial", file(tmp_path, "trial.json", "")).exit_code == 0
    assert "**The trial of `dev` failed.**" in hub.people.bodies(1)[0]
    assert hub.people.statuses[0][1]["state"] == "failure"


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "dangling"])
def test_only_a_file_is_read(hub: GitHub, readers: None, tmp_path: Path, kind: str) -> None:
    """A link in what a stranger's job left could lead to this job's secrets."""
    path = tmp_path / "handed"
    match kind:
        case "link":
            path.symlink_to("/proc/self/environ")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "dangling":
            path.symlink_to(tmp_path / "none")
    for option in ("--text", "--plan"):
        error = refused(tmp_path, option, str(path))
        assert isinstance(error, UntrustedDocument)
    assert hub.asked == []


@pytest.mark.parametrize(
    ("option", "written"),
    [
        ("--plan", b"no colon"),
        ("--plan", b"\xff\xfe:what its reader stumbles over"),
        ("--plan", b"prod:of another stack"),
        ("--text", b"\xff\xfe"),
    ],
)
def test_what_is_no_such_document_is_not_posted(
    hub: GitHub, readers: None, tmp_path: Path, option: str, written: bytes
) -> None:
    (tmp_path / "handed").write_bytes(written)
    assert isinstance(refused(tmp_path, option, str(tmp_path / "handed")), UntrustedDocument)
    assert hub.asked == []


def test_one_that_is_too_big_is_not_read(
    hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commenting, "MOST_BYTES", 10)
    assert "bigger" in str(refused(tmp_path, "--text", file(tmp_path, "said", "x" * 11)))


def test_without_a_document_there_is_nothing_to_do(hub: GitHub, tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path), NothingToComment)


def test_a_branch_that_moved_on_is_told_and_nothing_is_written(hub: GitHub, tmp_path: Path) -> None:
    hub.people.branches.put("fix", OTHER)
    assert isinstance(refused(tmp_path, "--text", file(tmp_path, "said", "x")), HeadMoved)
    assert hub.writes() == []


def test_of_a_fork_the_pull_request_is_found_by_its_commit(
    hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event of a workflow that follows another's names none."""
    strange = hub.people.open("patch", "main", fork="mallory/bookshop")
    hub.people.pulls[strange]["head"]["sha"] = OTHER
    event = {"workflow_run": {"head_sha": OTHER, "pull_requests": []}}
    monkeypatch.setenv("GITHUB_EVENT_PATH", file(tmp_path, "event.json", json.dumps(event)))
    monkeypatch.delenv("GITHUB_REF")
    assert run(tmp_path, "--text", file(tmp_path, "said", "x"), "--json").exit_code == 0
    assert len(hub.people.bodies(strange)) == 1
    assert [commit for commit, _ in hub.people.statuses] == [OTHER]


def test_where_nobody_says_which_pull_request_none_is_written_on(
    hub: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_REF")
    monkeypatch.setenv("GITHUB_SHA", OTHER)
    assert isinstance(refused(tmp_path, "--text", file(tmp_path, "said", "x")), NoPullRequest)
    assert hub.writes() == []


def test_a_closed_one_is_said(hub: GitHub, tmp_path: Path) -> None:
    hub.people.close(1)
    done = run(tmp_path, "--text", file(tmp_path, "said", "x"))
    assert "pull request #1 is closed" in done.stderr
