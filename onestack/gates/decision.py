"""All gates of a stack, asked at once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from onestack.gates.approvals import Approval, Approvers
from onestack.gates.clock import Clock
from onestack.gates.policy import Review, Rule
from onestack.gates.settings import GateSettings
from onestack.gates.verdict import Verdict
from onestack.plan import Plan


def decide(
    plan: Plan,
    digest: str,
    settings: GateSettings,
    *,
    review: Review,
    rules: Sequence[Rule],
    clock: Clock,
    approvals: Sequence[Approval] = (),
    approvers: Approvers | None = None,
    authors: Collection[str] = (),
) -> tuple[Verdict, ...]:
    """What each gate says to carrying out ``plan`` now: policy, limits, approvals, window.

    ``rules``: of `onestack.policies.load`. ``approvers``: without them those that the settings name.
    ``authors`` are the logins of who wrote the change.
    """
    raise NotImplementedError
