"""A rollout from its lease to its proof, whose steps can be read like a table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onestack import acceptance, delivery
from onestack.engine import Outcome, State
from onestack.errors import AcceptanceFailed, GatesClosed, OnestackError, PlanMoved
from onestack.gates.settings import GateSettings
from onestack.gates.verdict import closed as closed_gates
from onestack.plan.state import state_digest
from onestack.progress import Discreet
from onestack.rollout.about import CameTo, Considered, Order, Rollout
from onestack.rollout.considering import Asked, consider
from onestack.rollout.desk import Desk, desk
from onestack.rollout.late import refuse_late
from onestack.rollout.telling import Listener
from onestack.rollout.writing import stopped, unplanned, written
from onestack.stack import Stack


def deploy(
    stack: Stack, progress: Discreet, order: Order, listeners: Sequence[Listener], asked: Asked
) -> Rollout:
    """Lease -> plan -> seal -> gates -> up -> readiness -> acceptance tests, all of it in the ledger.

    Raises: InvalidAcceptancePath, Overtaken, GatesClosed, PlanMoved, AcceptanceFailed, LeaseHeld; as
    `onestack.delivery.deploy`.
    """
    acceptance.place(stack)
    with desk(stack, progress, order, listeners) as at:
        late = refuse_late(stack, at.about, order)
        considered = replace(_allowed(at, order, asked), late=late)
        if late:
            at.progress.note(f"this revision is older than what is live, and goes on by: {order.override}")
        with written(at, considered, "deploy", order) as (begun, came_to):
            deployment = delivery.deploy(
                stack,
                at.progress,
                full=order.full,
                begins=lambda state: _begins(at, considered, state, came_to),
                ran=came_to.ran,
            )
            came_to.ready = True
            came_to.tests = tests = acceptance.run(stack, at.progress, manifests=deployment.manifests)
            if not tests.ok:
                raise AcceptanceFailed(at.about.stack, tuple(map(str, tests.wrong)))
        rollout = Rollout(considered, deployment, tests, begun.number)
        at.listeners.end(lambda one: one.succeeded(considered.about, begun, rollout), begun)
        return rollout


def destroy(stack: Stack, progress: Discreet, order: Order) -> Outcome:
    """Deletes all that the stack holds, under its lease. Raises: as `onestack.delivery.destroy`."""
    with (
        desk(stack, progress, order, ()) as at,
        written(at, Considered(at.about), "destroy", order) as (_begun, came_to),
    ):
        return delivery.destroy(stack, at.progress, begins=lambda: _goes_on(at, came_to), ran=came_to.ran)


def _allowed(at: Desk, order: Order, asked: Asked) -> Considered:
    """What may be done now. Raises: PlanMoved, GatesClosed, as `consider`, once that is written and told."""
    try:
        if at.stack.workspace.simulation is not None and at.stack.settings.gates != GateSettings():
            at.progress.note(f"simulated: gates stop nothing; 'onestack gates {at.about.stack}' asks them")
        considered = consider(at.stack, at.about, order, at.progress, asked)
    except PlanMoved as error:
        stopped(at, Considered(at.about), (), order, error)
        raise
    except OnestackError as error:
        unplanned(at, order, error)
        raise
    # What a rule warns of stops nothing, and would be told nowhere else.
    for one in considered.verdicts:
        if one.open and one.details:
            for line in (f"{one.gate}: {one.reason}", *(f"  {detail}" for detail in one.details)):
                at.progress.note(line)
    closed = closed_gates(considered.verdicts)
    if closed and not order.override:
        shut = GatesClosed(at.about.stack, closed)
        stopped(at, considered, closed, order, shut)
        raise shut
    for one in closed:
        at.progress.note(f"the gate '{one.gate}' is closed and passed by: {order.override}")
    return considered


def _begins(at: Desk, considered: Considered, state: State, came_to: CameTo) -> None:
    """What was planned from is what is there, right before anything is done. Raises: LeaseLost, PlanMoved."""
    plan = considered.plan
    if plan is not None and (now := state_digest(state.resources, state.begun)) != plan.state:
        raise PlanMoved(at.about.stack, plan.state, now, ["the state changed since it was planned"])
    _goes_on(at, came_to)


def _goes_on(at: Desk, came_to: CameTo) -> None:
    """Right before anything is done the lease still is this run's. Raises: LeaseLost, Unavailable."""
    at.lease.check()
    came_to.touched = True
