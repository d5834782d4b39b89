"""All gates of a stack, asked at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from onestack.gates import approvals as approving
from onestack.gates import judging, limits, opening
from onestack.gates.ballots import NOBODY, Ballots
from onestack.gates.clock import Clock
from onestack.gates.policy import Review, Rule
from onestack.gates.settings import GateSettings
from onestack.gates.verdict import Gate, Verdict
from onestack.plan import Plan

GATES: Final[tuple[Gate, ...]] = get_args(Gate)


def without_plan(
    settings: GateSettings, *, review: Review, rules: Sequence[Rule], clock: Clock
) -> tuple[Verdict, ...]:
    """What the gates say that need no plan: policy, as far as objects tell, and window."""
    return judging.decide(rules, review, settings.policy), opening.decide(clock, settings)


def decide(
    plan: Plan,
    digest: str,
    settings: GateSettings,
    *,
    review: Review,
    rules: Sequence[Rule],
    clock: Clock,
    ballots: Ballots = NOBODY,
) -> tuple[Verdict, ...]:
    """What each gate says to carrying out ``plan`` now: policy, limits, approvals, window.

    ``rules``: of `onestack.policies.load`. A plan that changes nothing passes every gate.
    """
    if plan.empty:
        return tuple(Verdict(gate, True, "nothing changes") for gate in GATES)
    who = ballots.who(settings.approvals)
    return (
        judging.decide(rules, review, settings.policy),
        limits.decide(plan, settings.limits),
        approving.decide(
            digest, plan.risks, settings.approvals, who, ballots.authors, ballots.approvals, clock.now
        ),
        opening.decide(clock, settings),
    )
