"""What people said on a pull request, and what is known of it: who, when, of which commit, edited or not."""

from __future__ import annotations

from onestack.forge import Forge
from tests.stand_ins.github import NO_RIGHTS, GitHub
from tests.unit.forge.conftest import HEAD, OTHER

DIGEST = f"sha256:{'d' * 64}"


def test_reviews_and_comments_in_their_order(hub: GitHub, forge: Forge) -> None:
    hub.people.say(1, "bob", f"/approve {DIGEST}")
    hub.people.review(1, "cleo", f"Fine: {DIGEST}")
    hub.people.review(1, "dan", "", "CHANGES_REQUESTED")
    hub.people.say(1, "github-actions[bot]", DIGEST)
    found = forge.remarks(1)
    assert [
        (one.who, one.kind, one.state, one.machine) for one in sorted(found, key=lambda one: one.who)
    ] == [
        ("bob", "comment", "", False),
        ("cleo", "review", "APPROVED", False),
        ("dan", "review", "CHANGES_REQUESTED", False),
        ("github-actions[bot]", "comment", "", True),
    ]
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert all(one.at.tzinfo is not None and one.edited is False and not one.dismissed for one in found)
    assert {one.commit for one in found if one.kind == "review"} == {HEAD}


def test_an_edit_is_seen_of_both(hub: GitHub, forge: Forge) -> None:
    """Also where it comes within the second, which dates don't show."""
    hub.people.edit(hub.people.say(1, "bob", "hello"), f"/approve {DIGEST}")
    hub.people.rewrite(hub.people.review(1, "cleo", "hello"), DIGEST)
    assert [one.edited for one in forge.remarks(1)] == [True, True]


def test_where_nobody_tells_an_edit_of_a_review_is_not_known(hub: GitHub, forge: Forge) -> None:
    hub.fail("/graphql", NO_RIGHTS, times=9)
    hub.people.review(1, "cleo", DIGEST)
    mark = hub.people.say(1, "bob", DIGEST)
    hub.people.comments[mark][1]["updated_at"] = "2099-01-01T00:00:00Z"
    assert {one.kind: one.edited for one in forge.remarks(1)} == {"review": None, "comment": True}


def test_a_review_of_an_earlier_commit_and_one_taken_back(hub: GitHub, forge: Forge) -> None:
    hub.people.dismiss(hub.people.review(1, "cleo", DIGEST))
    hub.people.branches.put("fix", OTHER)
    hub.people.review(1, "dan", DIGEST)
    assert [(one.commit, one.dismissed) for one in forge.remarks(1)] == [(HEAD, True), (OTHER, False)]


def test_an_account_that_is_gone_and_a_review_that_is_not_sent(hub: GitHub, forge: Forge) -> None:
    mark = hub.people.say(1, "bob", DIGEST)
    hub.people.comments[mark][1]["user"] = None
    del hub.people.reviews[hub.people.review(1, "cleo", "", "PENDING")][1]["submitted_at"]
    assert [one.who for one in forge.remarks(1)] == [""]
