"""Where the forge is: options, then the environment, then git's remote; and what a token is never sent to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import git
import pytest

from onestack.errors import InsecureForge, NoForge, NoForgeToken
from onestack.forge import place

TOKEN = "ghp_0123456789abcdefghij"
ENVIRON = {"GITHUB_REPOSITORY": "acme/bookshop", "GITHUB_TOKEN": TOKEN}
HEAD, MERGE = "a" * 40, "b" * 40


def test_a_job_of_actions_says_all() -> None:
    found = place(
        ENVIRON
        | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": "https://github.example.com/api/v3",
            "GITHUB_SERVER_URL": "https://github.example.com",
            "GITHUB_SHA": HEAD,
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_RUN_ID": "4711",
        }
    )
    assert found.api == "https://github.example.com/api/v3"
    assert (found.pull, found.commit, found.job_token) == (7, HEAD, True)
    assert found.run_url == "https://github.example.com/acme/bookshop/actions/runs/4711"


def test_the_token_is_shown_nowhere() -> None:
    found = place(ENVIRON)
    assert TOKEN not in repr(found)
    assert found.mask(f"Authorization: token {TOKEN}") == "Authorization: token [secret]"


@pytest.mark.parametrize(
    ("event", "pull", "commit"),
    [
        ({"pull_request": {"number": 7, "head": {"sha": HEAD}}}, 7, HEAD),
        ({"issue": {"number": 8}}, 8, MERGE),
        ({"workflow_run": {"head_sha": HEAD, "pull_requests": [{"number": 9}]}}, 9, HEAD),
        ({"workflow_run": {"head_sha": HEAD, "pull_requests": []}}, None, HEAD),
        ({"workflow_run": {"head_sha": "main; rm", "pull_requests": "x"}}, None, None),
        ({"pull_request": {"number": "7", "head": None}}, None, MERGE),
        ([], None, MERGE),
    ],
)
def test_the_event_says_which_pull_request(tmp_path: Path, event: Any, pull: int, commit: str) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    found = place(ENVIRON | {"GITHUB_SHA": MERGE, "GITHUB_EVENT_PATH": str(file)})
    assert (found.pull, found.commit) == (pull, commit)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/bookshop.git",
        "https://someone:secret@github.com/acme/bookshop",
        "git@github.com:acme/bookshop.git",
        "ssh://git@github.com/acme/bookshop.git",
    ],
)
def test_the_remote_names_the_repository(tmp_path: Path, url: str) -> None:
    git.Repo.init(tmp_path).create_remote("origin", url)
    assert place({"GH_TOKEN": TOKEN}, tmp_path).repository == "acme/bookshop"


@pytest.mark.parametrize(
    "url", ["https://evil.example/acme/bookshop", "git@evil.example:acme/bookshop", "/srv/git/bookshop.git"]
)
def test_a_remote_elsewhere_gets_no_token(tmp_path: Path, url: str) -> None:
    git.Repo.init(tmp_path).create_remote("origin", url)
    with pytest.raises(NoForge):
        place({"GH_TOKEN": TOKEN}, tmp_path)


@pytest.mark.parametrize("name", ["acme", "acme/..%2f", "a/b/c", "../x", "acme/book shop"])
def test_what_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(NoForge):
        place(ENVIRON, repository=name)


def test_without_a_token_the_message_says_how_to_give_one() -> None:
    with pytest.raises(NoForgeToken, match="GITHUB_TOKEN"):
        place({"GITHUB_REPOSITORY": "acme/bookshop"})


@pytest.mark.parametrize("address", ["http://github.example.com", "ftp://127.0.0.1", "github.com", ""])
def test_no_token_goes_unencrypted(address: str) -> None:
    if not address:
        assert place(ENVIRON | {"GITHUB_API_URL": address}).api == "https://api.github.com"
        return
    with pytest.raises(InsecureForge):
        place(ENVIRON | {"GITHUB_API_URL": address})
