"""All gates at once: what stops says which, why, until when, and what would open it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from onestack.errors import GateClosed, GatesClosed
from onestack.gates.approvals import Approval
from onestack.gates.ballots import Ballots
from onestack.gates.clock import Clock
from onestack.gates.decision import decide, without_plan
from onestack.gates.policy import Review
from onestack.gates.rules import OURS
from onestack.gates.settings import GateSettings
from onestack.gates.verdict import Verdict, closed, document
from tests.unit.gates.plans import DIGEST, GRAVE, change, container, deployment, plan

NIGHT = datetime(2026, 11, 30, 22, tzinfo=UTC)
DAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
SETTINGS = GateSettings.model_validate(
    {
        "windows": {"allow": [{"start": "0 22 * * 1-4", "duration": "4h", "zone": "Europe/Berlin"}]},
        "approvals": {"approvers": ["alice"]},
        "limits": {"deletes": 0},
        "policy": {"rules": {"image-tag": "error"}},
    }
)
BAD = Review((deployment({"containers": [container(image="web")]}),))
ALICE = Approval("alice", "comment", DIGEST, DAY)


def asked(
    settings: GateSettings = SETTINGS,
    review: Review = BAD,
    now: datetime = DAY,
    given: tuple[Approval, ...] = (),
) -> tuple[Verdict, ...]:
    made = plan(change("delete"), risks=(GRAVE,))
    ballots = Ballots(given, authors=frozenset({"bob"}))
    return decide(made, DIGEST, settings, review=review, rules=OURS, clock=Clock(now, True), ballots=ballots)


def test_each_gate_closes_on_its_own_account() -> None:
    found = asked()
    assert [(one.gate, one.open) for one in found] == [
        ("policy", False),
        ("limits", False),
        ("approvals", False),
        ("window", False),
    ]
    opened = {
        "policy": asked(review=Review()),
        "limits": asked(SETTINGS.model_copy(update={"limits": None})),
        "approvals": asked(given=(ALICE,)),
        "window": asked(now=NIGHT),
    }
    for gate, verdicts in opened.items():
        assert [one.gate for one in verdicts if one.open] == [gate]


def test_a_stack_without_settings_is_stopped_by_nothing() -> None:
    assert all(one.open for one in asked(GateSettings()))


def test_a_plan_that_changes_nothing_passes() -> None:
    found = decide(plan(), DIGEST, SETTINGS, review=BAD, rules=OURS, clock=Clock(DAY, False))
    assert all(one.open and one.reason == "nothing changes" for one in found)


def test_without_a_plan_two_gates_can_be_asked() -> None:
    found = without_plan(SETTINGS, review=BAD, rules=OURS, clock=Clock(DAY, True))
    assert [(one.gate, one.open) for one in found] == [("policy", False), ("window", False)]


def test_what_stops_is_one_failure_that_says_all() -> None:
    with pytest.raises(GatesClosed) as caught:
        raise GatesClosed("live", closed(asked()))
    assert isinstance(caught.value, GateClosed)
    assert caught.value.exit_code == 3
    said = str(caught.value)
    assert said.startswith("stack 'live' is behind closed gates: policy, limits, approvals, window\n")
    for part in (
        "policy: 1 violation of image-tag",
        "  error image-tag: Deployment shop/web: the image 'web' has no tag (manifests/shop/web.yaml:1:1)",
        "limits: the plan changes more than the stack allows at once: 1 deletion, at most 0",
        "approvals: 1 grave risk must be approved: 1 more approval is needed",
        "window: it is outside of the stack's windows (Europe/Berlin); closed until 2026-11-30 21:00 UTC",
        f"approvals: alice: comment '/approve {DIGEST}' on the pull request",
        "window: wait until Mon 2026-11-30 22:00 Europe/Berlin",
    ):
        assert part in said
    assert not closed(asked(GateSettings()))


def test_the_document_has_everything() -> None:
    found = document("live", asked(review=Review(), given=(ALICE,)), DAY)
    assert (found["stack"], found["at"], found["open"]) == ("live", "2026-11-30T12:00:00Z", False)
    assert found["gates"][3] == {
        "gate": "window",
        "open": False,
        "reason": "it is outside of the stack's windows (Europe/Berlin)",
        "until": "2026-11-30T21:00:00Z",
        "opensBy": "wait until Mon 2026-11-30 22:00 Europe/Berlin, or change onestack:gates.windows in a "
        "pull request",
        "details": [],
    }
    assert document("live", asked(GateSettings(), Review()), DAY)["open"] is True
