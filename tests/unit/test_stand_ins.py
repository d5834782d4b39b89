"""The stand-in of GitHub: it holds requests to the published description, and merges in a real repository."""

from __future__ import annotations

from pathlib import Path

import git
import pytest
import requests

from tests.stand_ins.description import filled, find
from tests.stand_ins.github import TOKEN, github

COMMENTS = "/repos/acme/bookshop/issues/1/comments"


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "fault"),
    [
        ("POST", COMMENTS, {}, {"body": "x"}, None),
        ("POST", COMMENTS, {}, {"text": "x"}, "body"),
        ("POST", COMMENTS, {}, {"body": "x", "draft": True}, "no field 'draft'"),
        ("POST", COMMENTS, {}, {"body": 1}, "not of type"),
        ("POST", COMMENTS, {}, None, "a body where none is described, or none where one is"),
        ("GET", COMMENTS, {"per_page": "100"}, None, None),
        ("GET", COMMENTS, {"per_page": "many"}, None, "not of type"),
        ("GET", COMMENTS, {"author": "ada"}, None, "no parameter 'author'"),
        ("GET", "/repos/acme/bookshop/git/ref/heads/a/b", {}, None, None),
        ("POST", f"/repos/acme/bookshop/statuses/{'a' * 40}", {}, {"state": "good"}, "is not one of"),
    ],
)
def test_requests_are_held_to_the_description(
    method: str, path: str, query: dict[str, str], body: object, fault: str | None
) -> None:
    operation = find(method, path)
    assert operation is not None
    faults = list(operation.faults(query, body))
    assert (faults == []) is (fault is None)
    assert fault is None or fault in faults[0]


def test_what_is_not_in_the_cut_is_nothing() -> None:
    assert find("POST", "/repos/acme/bookshop/issues/comments") is None
    assert find("GET", "/repos/acme/bookshop/pulls/x") is None


def test_answers_are_held_to_it_too() -> None:
    operation = find("GET", "/repos/acme/bookshop/pulls/1")
    assert operation is not None
    assert list(operation.misanswers(200, filled("pull-request", number=1))) == []
    assert list(operation.misanswers(200, filled("pull-request", number="1")))
    assert list(operation.misanswers(201, {}))


def test_a_wrong_request_is_remembered() -> None:
    with pytest.raises(AssertionError, match="no field 'text'"):
        _wrongly_asked()


def _wrongly_asked() -> None:
    with github() as hub:
        sent = {"body": "x", "text": "x"}
        headers = {"Authorization": f"token {TOKEN}"}
        assert (
            requests.post(f"{hub.url}{COMMENTS}", json=sent, headers=headers, timeout=10).status_code == 422
        )


@pytest.mark.parametrize("method", ["squash", "merge"])
def test_branches_are_those_of_a_real_repository(tmp_path: Path, method: str) -> None:
    bare = tmp_path / "bare"
    git.Repo.init(bare, bare=True, initial_branch="main")
    clone = git.Repo.init(tmp_path / "clone", initial_branch="main")
    clone.create_remote("origin", str(bare))
    commit(clone, "one")
    clone.git.push("origin", "main")
    clone.git.checkout("-b", "fix")
    head = commit(clone, "two")
    clone.git.push("origin", "fix")
    with github(bare) as hub:
        number = hub.people.open("fix", "main")
        assert hub.people.pull(number)["head"]["sha"] == head
        merged = hub.people.merge(number, method)
    clone.git.fetch("origin")
    assert clone.rev_parse("origin/main").hexsha == merged
    assert clone.git.rev_parse(f"{merged}^{{tree}}") == clone.git.rev_parse(f"{head}^{{tree}}")
    assert len(clone.commit(merged).parents) == (1 if method == "squash" else 2)


def commit(clone: git.Repo, name: str) -> str:
    (Path(clone.working_dir) / name).write_text(name)
    clone.git.add(all=True)
    clone.git.execute(
        ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-m", name]
    )
    return clone.head.commit.hexsha
