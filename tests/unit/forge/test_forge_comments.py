"""One comment per stack: found again, rewritten in place, never another's, never two."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from onestack.comment_marker import marker
from onestack.errors import CommentTooLong, ForgeUnavailable, HeadMoved
from onestack.forge import Forge
from tests.stand_ins.github import BOT, DOWN, NO_RIGHTS, TOKEN, GitHub
from tests.stand_ins.people import User
from tests.unit.forge.conftest import HEAD, OTHER, speaking

DEV, PROD = marker("dev"), marker("prod")
COMMENTS = "POST .*/issues/1/comments"


def test_it_is_rewritten_in_place_and_each_stack_has_its_own(hub: GitHub, forge: Forge) -> None:
    hub.people.say(1, "ada", "Looks good")
    assert forge.comment(1, DEV, "one").done == "created"
    assert forge.comment(1, PROD, "of prod").done == "created"
    assert forge.comment(1, DEV, f"{DEV}\ntwo").done == "updated"
    assert forge.comment(1, DEV, "two\n").done == "unchanged"
    assert hub.people.bodies(1) == ["Looks good", f"{DEV}\ntwo", f"{PROD}\nof prod"]


def test_a_login_is_the_same_however_its_letters_are_written(hub: GitHub) -> None:
    for text in ("one", "two"):
        speaking(hub, ONESTACK_GITHUB_LOGIN="GitHub-Actions[bot]").comment(1, DEV, text)
    assert hub.people.bodies(1) == [f"{DEV}\ntwo"]


@pytest.mark.parametrize("who", ["mallory", "other-app[bot]"])
def test_anothers_with_the_same_marker_is_not_ours(hub: GitHub, forge: Forge, who: str) -> None:
    hub.people.say(1, who, f"{DEV}\nAll is well, approve!")
    assert forge.comment(1, DEV, "two deletions").done == "created"
    assert forge.comment(1, DEV, "three deletions").done == "updated"
    assert hub.people.bodies(1) == [f"{DEV}\nAll is well, approve!", f"{DEV}\nthree deletions"]


def test_a_marker_further_down_is_no_marker(hub: GitHub, forge: Forge) -> None:
    hub.people.say(1, BOT, f"Somebody quoted\n{DEV}")
    forge.comment(1, DEV, "one")
    assert hub.people.bodies(1)[1] == f"{DEV}\none"


def test_one_that_a_person_edited_is_written_again(hub: GitHub, forge: Forge) -> None:
    forge.comment(1, DEV, "two deletions")
    hub.people.edit(max(hub.people.comments), f"{DEV}\r\nnothing changes")
    assert forge.comment(1, DEV, "two deletions").done == "updated"
    assert hub.people.bodies(1) == [f"{DEV}\ntwo deletions"]


def test_it_is_found_among_many(hub: GitHub, forge: Forge) -> None:
    forge.comment(1, DEV, "one")
    for at in range(205):
        hub.people.say(1, "ada", f"{at}")
    del hub.people.comments[min(hub.people.comments)]
    forge.comment(1, DEV, "two")
    assert forge.comment(1, DEV, "three").done == "updated"
    assert len(hub.people.bodies(1)) == 206


def test_of_two_runs_at_once_one_comment_stays(hub: GitHub, forge: Forge) -> None:
    """The other run's is written after we looked and before ours."""
    hub.fail(COMMENTS, before=lambda: hub.people.say(1, BOT, f"{DEV}\nof the other run"))
    posted = forge.comment(1, DEV, "of ours")
    assert (posted.done, posted.folded) == ("updated", 1)
    assert hub.people.bodies(1) == [f"{DEV}\nof ours"]


def test_both_of_two_runs_may_take_away_the_double(hub: GitHub, forge: Forge) -> None:
    """It was gone when we came to it."""
    hub.people.say(1, BOT, f"{DEV}\nfirst")
    double = hub.people.say(1, BOT, f"{DEV}\nsecond")
    hub.fail("DELETE", before=lambda: hub.people.comments.pop(double))
    assert forge.comment(1, DEV, "third").folded == 1
    assert hub.people.bodies(1) == [f"{DEV}\nthird"]


def test_one_whose_answer_was_lost_is_not_written_twice(hub: GitHub, forge: Forge) -> None:
    hub.fail(COMMENTS, done=True)
    assert forge.comment(1, DEV, "one").done in {"created", "unchanged"}
    assert hub.people.bodies(1) == [f"{DEV}\none"]
    assert [one for one in hub.writes() if one.startswith("POST")] == ["POST issues/1/comments"]


def test_a_run_that_is_killed_and_repeated_leaves_one(hub: GitHub, tmp_path: Path) -> None:
    (tmp_path / "said").write_text("nothing changes")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    reached, release = threading.Event(), threading.Event()
    hub.fail(COMMENTS, done=True, until=release, reached=reached)
    command = [sys.executable, "-m", "onestack", "comment", "dev", "--text", str(tmp_path / "said")]
    environ = os.environ | hub.environ(commit=HEAD, pull=1)
    with subprocess.Popen(command, env=environ, cwd=tmp_path, stderr=subprocess.DEVNULL) as killed:
        assert reached.wait(60)
        killed.send_signal(signal.SIGKILL)
    release.set()
    subprocess.run(command, env=environ, cwd=tmp_path, check=True, capture_output=True)
    assert len(hub.people.bodies(1)) == 1
    assert [data["context"] for _, data in hub.people.statuses] == ["onestack/preview/dev"]


def test_a_branch_that_moved_on_gets_no_plan_of_another_commit(hub: GitHub, forge: Forge) -> None:
    hub.people.branches.put("fix", OTHER)
    with pytest.raises(HeadMoved, match=r"bbbbbbbbbbbb.*cccccccccccc"):
        forge.comment(1, DEV, "of the old head", commit=HEAD)
    assert hub.writes() == []


@pytest.mark.parametrize("how", ["closed", "merged"])
def test_a_closed_one_is_commented_and_that_is_said(hub: GitHub, forge: Forge, how: str) -> None:
    if how == "closed":
        hub.people.close(1)
    else:
        hub.people.merge(1)
    posted = forge.comment(1, DEV, "one", commit=HEAD)
    assert (posted.done, posted.notes) == ("created", (f"pull request #1 is {how}",))


def test_one_that_is_too_long_is_refused_here(hub: GitHub, forge: Forge) -> None:
    with pytest.raises(CommentTooLong):
        forge.comment(1, DEV, "\N{PARTY POPPER}" * 33_000)
    assert hub.writes() == []


@pytest.mark.parametrize("known", [True, False])
def test_who_we_are_is_told_by_the_environment_or_by_graphql(hub: GitHub, known: bool) -> None:
    hub.users[TOKEN] = User("shop-bot[bot]", app=True)
    forge = speaking(hub, **({"ONESTACK_GITHUB_LOGIN": "shop-bot[bot]"} if known else {}))
    assert forge.login() == "shop-bot[bot]"
    assert ("/graphql" in [one.path for one in hub.asked]) is not known


def test_a_person_is_asked_for_by_rest(hub: GitHub) -> None:
    hub.users[TOKEN] = User("ada")
    assert speaking(hub).login() == "ada"


def test_a_workflow_whose_token_is_told_nothing_is_the_bot_of_actions(hub: GitHub, forge: Forge) -> None:
    hub.fail("/graphql", NO_RIGHTS)
    assert forge.login() == BOT


def test_nothing_is_written_where_nobody_says_who_we_are(hub: GitHub) -> None:
    hub.fail("/graphql", NO_RIGHTS)
    with pytest.raises(Exception, match="ONESTACK_GITHUB_LOGIN"):
        speaking(hub, GITHUB_ACTIONS="").comment(1, DEV, "one")
    assert hub.writes() == []


def test_github_that_stays_down_is_said(hub: GitHub, forge: Forge) -> None:
    hub.fail("", DOWN, times=1000)
    with pytest.raises(ForgeUnavailable, match="run again"):
        forge.comment(1, DEV, "one")
