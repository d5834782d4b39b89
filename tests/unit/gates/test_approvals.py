"""An approval counts for the plan that it names, from somebody who may, as long as it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onestack.gates.approvals import Approval, Approvers, Ballot, count, decide, names_plan
from onestack.gates.owners import approvers, touched
from onestack.gates.settings import ApprovalSettings
from onestack.gates.verdict import Verdict
from onestack.plan import Risk
from tests.unit.gates.plans import DIGEST, GRAVE, change, plan

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ALICE = Approval("alice", "comment", DIGEST, NOW - timedelta(hours=1))
BOB = replace(ALICE, who="bob", kind="review")


def asked(**more: Any) -> ApprovalSettings:
    return ApprovalSettings.model_validate({"approvers": ["alice", "bob", "acme/platform"], **more})


def verdict(
    *approvals: Approval,
    settings: ApprovalSettings | None = None,
    who: Approvers | None = None,
    authors: tuple[str, ...] = ("carol",),
    risks: tuple[Risk, ...] = (GRAVE,),
) -> Verdict:
    settings = settings or asked()
    return decide(DIGEST, risks, settings, who or approvers(settings), authors, approvals, NOW)


def test_a_grave_risk_waits_for_an_approval() -> None:
    found = verdict()
    assert not found.open
    assert found.reason == "1 grave risk must be approved: 1 more approval is needed"
    assert found.details == ("risk: Deleting it deletes its volume.",)
    assert found.opens_by == (
        f"acme/platform or alice or bob: comment '/approve {DIGEST}' on the pull request"
    )


def test_an_approval_opens_it() -> None:
    assert verdict(ALICE) == Verdict("approvals", True, "approved by alice")
    assert verdict(replace(ALICE, who="ALICE")).open


@pytest.mark.parametrize(
    ("approval", "why"),
    [
        (replace(ALICE, digest=""), "it names no plan"),
        (replace(ALICE, digest="sha256:" + "f" * 64), "it names another plan, sha256:fffff"),
        (replace(ALICE, digest="0123456789a"), "it names another plan, 0123456789a"),
        (replace(ALICE, digest=DIGEST + "0"), "it names another plan"),
        (replace(ALICE, digest=DIGEST.replace("sha256", "sha512")), "it names another plan"),
        (replace(ALICE, edited=True), "it was edited afterwards"),
        (replace(ALICE, edited=None), "whether it was edited afterwards can't be told"),
        (replace(ALICE, dismissed=True), "it was taken back"),
        (replace(ALICE, who="dave"), "they are no approver"),
        (replace(ALICE, who="alice2"), "they are no approver"),
        (replace(ALICE, who="platform"), "they are no approver"),
        (replace(ALICE, who="acme/platform"), "they are no approver"),
        (replace(ALICE, at=NOW - timedelta(hours=48)), "it is older than 48 hours"),
        (replace(ALICE, at=NOW + timedelta(minutes=6)), "it is from the future"),
    ],
)
def test_what_does_not_count_is_said(approval: Approval, why: str) -> None:
    found = verdict(approval, settings=asked(validHours=48))
    assert not found.open
    assert f"the comment of {approval.who} doesn't count: {why}" in found.details[-1]


def test_whoever_wrote_the_change_does_not_approve_it() -> None:
    assert "they wrote the change" in verdict(ALICE, authors=("dave", "@Alice")).details[-1]
    assert "isn't known" in verdict(ALICE, authors=()).details[-1]
    by_author = asked(byAuthor=True)
    assert verdict(ALICE, settings=by_author, authors=("alice",)).open
    assert verdict(ALICE, settings=by_author, authors=()).open


def test_two_approvals_are_of_two_people() -> None:
    two = asked(required=2)
    again = replace(ALICE, who="Alice", at=NOW)
    assert verdict(ALICE, again, settings=two).reason.endswith("1 more approval is needed")
    assert verdict(ALICE, BOB, settings=two).reason == "approved by alice, bob"


def test_an_earlier_approval_of_this_plan_outlives_one_of_another() -> None:
    other = replace(ALICE, digest="f" * 64, at=NOW)
    tally = count(Ballot(DIGEST, asked(), approvers(asked()), ("carol",), NOW), [other, ALICE])
    assert tally.counted == (ALICE,)
    assert [one for one, _why in tally.others] == [other]


def test_members_of_a_team_count() -> None:
    settings = asked()
    who = approvers(settings, teams={"@Acme/Platform": ["Dave"]})
    assert verdict(replace(ALICE, who="dave"), who=who).open
    assert not verdict(replace(ALICE, who="erin"), who=who).open


def test_only_what_is_asked_for_is_approved() -> None:
    mild = replace(GRAVE, grave=False)
    assert verdict(risks=(mild,)) == Verdict("approvals", True, "nothing in the plan needs an approval")
    always = verdict(settings=asked(when="always"), risks=())
    assert always.reason == "every plan of this stack must be approved: 1 more approval is needed"
    assert decide(DIGEST, (GRAVE,), None, Approvers(), (), (), NOW).open


def test_an_expiry_is_until_when_it_is_open() -> None:
    later = replace(BOB, at=NOW)
    found = verdict(ALICE, later, settings=asked(validHours=2, required=2))
    assert (found.open, found.until) == (True, NOW + timedelta(hours=1))
    at_the_end = replace(ALICE, at=NOW - timedelta(hours=2))
    assert not verdict(at_the_end, settings=asked(validHours=2)).open


@pytest.mark.parametrize("length", [12, 13, 40, 64])
def test_the_beginning_of_a_digest_names_the_plan(length: int) -> None:
    digits = DIGEST.removeprefix("sha256:")[:length]
    assert names_plan(digits, DIGEST)
    assert names_plan(f"SHA256:{digits.upper()}", DIGEST)
    assert not names_plan(digits[:-1] + ("0" if digits[-1] != "0" else "1"), DIGEST)


OWNERS = """\
*                    @acme/everybody
/manifests/shop/     @alice @shop@example.com
/manifests/free/
/stacks/             @bob
"""


def owned(*paths: str, **more: Any) -> tuple[ApprovalSettings, Approvers]:
    settings = asked(codeowners=True, approvers=["erin"], **more)
    return settings, approvers(settings, paths, OWNERS, {"acme/everybody": ["dave"]})


def test_each_path_needs_one_of_its_owners() -> None:
    settings, who = owned("manifests/shop/web.yaml", "stacks/Pulumi.live.yaml")
    assert verdict(ALICE, BOB, settings=settings, who=who).open
    found = verdict(ALICE, settings=settings, who=who)
    assert found.reason == "1 grave risk must be approved: bob for stacks/Pulumi.live.yaml"
    nobody = verdict(replace(ALICE, who="erin"), settings=settings, who=who)
    assert "alice or shop@example.com for manifests/shop/web.yaml" in nobody.reason


def test_many_paths_of_one_owner_are_told_as_one() -> None:
    settings, who = owned("manifests/shop/a.yaml", "manifests/shop/b.yaml")
    assert verdict(settings=settings, who=who).reason.endswith("for manifests/shop/a.yaml and 1 more")


def test_what_nobody_owns_is_approved_by_who_is_named() -> None:
    settings, who = owned("manifests/free/a.yaml")
    assert who.owners == {}
    assert verdict(replace(ALICE, who="erin"), settings=settings, who=who).open
    assert not verdict(ALICE, settings=settings, who=who).open


def test_where_nobody_may_the_gate_says_so() -> None:
    settings = ApprovalSettings(codeowners=True)
    found = verdict(ALICE, settings=settings, who=approvers(settings, ["manifests/free/a.yaml"], OWNERS))
    assert not found.open
    assert found.opens_by.startswith("nobody may: name approvers")


def test_owners_count_only_where_they_are_asked_for() -> None:
    settings = asked(approvers=["erin"])
    assert approvers(settings, ["manifests/shop/a.yaml"], OWNERS).owners == {}
    assert approvers(None, ["manifests/shop/a.yaml"], OWNERS) == Approvers()


def test_what_a_plan_touches() -> None:
    found = touched(plan(change("update"), change("delete", application=None), change("create")))
    assert found == ("manifests/shop/", "stacks/Pulumi.live.yaml")
    assert approvers(asked(codeowners=True), found, OWNERS).owners.keys() == set(found)
