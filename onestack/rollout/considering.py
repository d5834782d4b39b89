"""What a rollout would do and whether it may: the plan, the seal, the gates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from onestack import delivery, planning, policies
from onestack.child import tokens_aside
from onestack.clock import Watch
from onestack.errors import OnestackError, PlanMoved
from onestack.gates.approvals import Approval, Ballot, count, names_plan
from onestack.gates.ballots import NOBODY, Ballots
from onestack.gates.decision import decide
from onestack.gates.policy import Review
from onestack.gates.settings import ApprovalSettings, GateSettings
from onestack.plan import Plan, digest
from onestack.progress import Discreet
from onestack.rollout.about import About, Considered, Order
from onestack.stack import Stack, readable

Asked = Callable[[Plan, str | None, str | None], Ballots]
"""Asked with a plan, the commit that it is of and the one that is live."""
Note = Callable[[str], None]


def gated(stack: Stack) -> GateSettings:
    """The gates of the stack; those of a simulation are open, for nothing real is behind them."""
    return GateSettings() if stack.workspace.simulation is not None else stack.settings.gates


def needs_plan(stack: Stack, order: Order) -> bool:
    """Whether anything asks for the plan: a seal or a gate. Without, a rollout is spared a preview."""
    return order.sealed is not None or gated(stack) != GateSettings()


def consider(stack: Stack, about: About, order: Order, progress: Discreet, asked: Asked) -> Considered:
    """Plans, holds the plan to its seal, and asks the gates.

    Raises: PlanMoved; as `planning.plan`.
    """
    if not needs_plan(stack, order):
        return Considered(about)
    watch, gates = Watch(), gated(stack)
    plan = planning.plan(stack, progress, full=order.full)
    named = digest(plan)
    about = replace(about, digest=named, counts={op: count for op, count in plan.counts.items() if count})
    if order.sealed is not None and not names_plan(order.sealed, named):
        raise PlanMoved(about.stack, order.sealed, named, ())
    # What takes long comes first: the time and the approvals are those right before the decision.
    review = _review(stack, gates, plan, progress)
    ballots = _ballots(gates.approvals, about, order, plan, progress.note, asked)
    now = watch.read(ballots.date)
    root, rules = stack.repository.root, gates.policy
    with tokens_aside():
        verdicts = decide(
            plan,
            named,
            gates,
            review=review,
            rules=policies.load(root, about.stack, rules, progress.note) if rules else (),
            clock=now,
            ballots=ballots,
        )
    return Considered(about, plan, verdicts, _counted(named, gates, ballots, now.now))


def _ballots(
    settings: ApprovalSettings | None, about: About, order: Order, plan: Plan, note: Note, asked: Asked
) -> Ballots:
    """Who approved. Where it can't be asked: nobody, if that changes nothing or gates are passed anyway."""
    if settings is None or plan.empty:
        return NOBODY
    commit = about.revision.commit if about.revision else None
    try:
        return asked(plan, commit, about.previous)
    except OnestackError as error:
        if order.override is None and (plan.grave or settings.when == "always"):
            raise
        note(f"who approved isn't known: {error.what}")
        return NOBODY


def _review(stack: Stack, gates: GateSettings, plan: Plan, progress: Discreet) -> Review:
    """What rules look at. The cloud's resources are planned once more, with all that they would be."""
    if gates.policy is None:
        return Review(plan=plan)
    made = readable(stack, progress)
    resources = delivery.graph(stack, progress).resources if stack.workspace.cloud else ()
    return Review(made.applied, tuple(one for one in resources if one.package != "kubernetes"), plan)


def _counted(named: str, gates: GateSettings, ballots: Ballots, now: datetime) -> tuple[Approval, ...]:
    """The approvals that count, for the ledger."""
    if gates.approvals is None:
        return ()
    ballot = Ballot(named, gates.approvals, ballots.who(gates.approvals), ballots.authors, now)
    return count(ballot, ballots.approvals).counted
