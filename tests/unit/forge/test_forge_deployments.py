"""Deployments, statuses, branches and pull requests: each once, however often a run is repeated."""

from __future__ import annotations

import pytest

from onestack.errors import ForgeDisagrees
from onestack.forge import Forge
from tests.stand_ins.github import GitHub
from tests.stand_ins.server import Answer
from tests.unit.forge.conftest import HEAD, MAIN, OTHER


def test_a_deployment_and_how_it_goes(hub: GitHub, forge: Forge) -> None:
    begun = forge.deployment(MAIN, "prod", "run-1", description="Fix it\nfor good")
    assert (begun.state, begun.environment, begun.commit) == (None, "prod", MAIN)
    going = forge.deployment_status(begun, "in_progress", log_url="https://example.com/log")
    done = forge.deployment_status(going, "success", description="d" * 200)
    assert done.state == "success"
    said = hub.people.said[begun.id]
    assert [one["state"] for one in said] == ["in_progress", "success"]
    assert said[0]["log_url"] == "https://example.com/log"
    assert len(said[1]["description"]) == 140
    assert hub.people.deployments[begun.id]["description"] == "Fix it for good"


def test_a_run_that_is_repeated_goes_on_with_its_own(hub: GitHub, forge: Forge) -> None:
    first = forge.deployment(MAIN, "prod", "run-1")
    forge.deployment_status(first, "in_progress")
    other = forge.deployment(MAIN, "prod", "run-2")
    forge.deployment(MAIN, "dev", "run-1")
    again = forge.deployment(MAIN, "prod", "run-1")
    assert (again.id, again.state) == (first.id, "in_progress")
    assert other.id != first.id
    forge.deployment_status(again, "in_progress")
    assert len(hub.people.deployments) == 3
    assert len(hub.people.said[first.id]) == 1


def test_a_payload_that_comes_back_as_text_is_read(hub: GitHub, forge: Forge) -> None:
    first = forge.deployment(MAIN, "prod", "run-1")
    hub.people.deployments[first.id]["payload"] = '{"onestack_run": "run-1"}'
    assert forge.deployment(MAIN, "prod", "run-1").id == first.id
    hub.people.deployments[first.id]["payload"] = "run-1"
    assert forge.deployment(MAIN, "prod", "run-1").id != first.id


@pytest.mark.parametrize("request_of", ["POST .*/deployments$", "POST .*/statuses$"])
def test_an_answer_that_was_lost_doubles_nothing(hub: GitHub, forge: Forge, request_of: str) -> None:
    hub.fail(request_of, done=True)
    begun = forge.deployment(MAIN, "prod", "run-1")
    forge.deployment_status(begun, "success")
    assert list(hub.people.deployments) == [begun.id]
    assert [one["state"] for one in hub.people.said[begun.id]] == ["success"]


def test_a_commit_that_github_has_not_is_no_deployment(forge: Forge) -> None:
    with pytest.raises(ForgeDisagrees, match="No ref found"):
        forge.deployment("abc", "prod", "run-1")


def test_a_status_is_cut_to_what_github_takes(hub: GitHub, forge: Forge) -> None:
    forge.status(HEAD, "onestack/preview/dev", "success", "one line\n" + "x" * 200, "https://example.com")
    (commit, status), *_ = hub.people.statuses
    assert (commit, status["state"], status["target_url"]) == (HEAD, "success", "https://example.com")
    assert status["description"].startswith("one line xxx")
    assert len(status["description"]) == 140


def test_a_pull_request_is_opened_once(hub: GitHub, forge: Forge) -> None:
    hub.people.branches.put("revert/dev", OTHER)
    hub.fail("POST .*/pulls$", done=True)
    opened = forge.open_pull_request("revert/dev", "main", "Revert", "Because")
    again = forge.open_pull_request("revert/dev", "main", "Revert", "Because")
    hub.fail("GET .*/pulls$", Answer(200, []))  # a list may lag behind
    assert forge.open_pull_request("revert/dev", "main", "Revert", "Because").number == 2
    assert (opened.number, again.number) == (2, 2)
    assert (opened.head, opened.base, opened.commit, opened.fork) == ("revert/dev", "main", OTHER, False)
    hub.people.close(2)
    hub.people.branches.put("revert/dev", HEAD)
    assert forge.open_pull_request("revert/dev", "main", "Revert", "Because").number == 3


def test_pull_requests_are_found_by_commits(hub: GitHub, forge: Forge) -> None:
    strange = hub.people.open("fix", "main", fork="mallory/bookshop")
    hub.people.pulls[strange]["head"]["sha"] = OTHER
    found = forge.pull_of_head(HEAD)
    assert found is not None
    assert (found.number, found.fork) == (1, False)
    eves = hub.people.open("fix", "main", fork="eve/bookshop")
    hub.people.pulls[eves]["head"]["sha"] = OTHER  # she made her branch of what mallory had pushed
    stranger = forge.pull_of_head(OTHER)
    assert stranger is not None
    assert (stranger.number, stranger.fork) == (strange, True)
    assert forge.pull_of_merge(HEAD) is None
    commit = hub.people.merge(1)
    merged = forge.pull_of_merge(commit)
    assert merged is not None
    assert (merged.number, merged.open, merged.merge) == (1, False, commit)
    assert forge.pull_of_head(HEAD) is None
