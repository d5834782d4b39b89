"""Where a rollout is written: the stack's lease, held, and its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from onestack import lease, records
from onestack.actor import actor, links, machine
from onestack.errors import GitFailed, NotInGit, UnknownRevision
from onestack.lease import Lease
from onestack.ledger import Approval, Begin, Deployed, Ledger, Verb
from onestack.progress import Discreet, Heard, Progress
from onestack.revision import Revision, revision, tree
from onestack.rollout.about import About, Considered, Order
from onestack.rollout.owed import Owed
from onestack.rollout.settling import settle
from onestack.rollout.telling import Listener, Listeners
from onestack.stack import Stack

RECENT = 200
"""So many entries are read in any case; where they don't say what is live, all are."""


@dataclass(frozen=True)
class Desk:
    """A stack whose lease this run holds. ``before`` are its deployments so far, the last ones."""

    stack: Stack
    ledger: Ledger
    lease: Lease
    progress: Heard
    listeners: Listeners
    about: About
    before: tuple[Deployed, ...]


@contextmanager
def desk(stack: Stack, progress: Discreet, order: Order, listeners: Sequence[Listener]) -> Iterator[Desk]:
    """Takes the stack's lease, and settles what earlier runs left open. Raises: LeaseHeld, Unavailable."""
    heard = Heard(progress)
    store, project, name = records.beside(stack.workspace), stack.repository.project, stack.settings.stack
    if store.note:
        progress.note(store.note)
    ledger = Ledger(store, project, name, hidden=lambda text: heard.mask(text))  # noqa: PLW0108 - the mask grows
    owner = lease.mine(actor(stack.repository.root))
    with lease.take(
        store, project, name, owner, take_over=order.take_over, above=ledger.lease, note=heard.note
    ) as held:
        ledger.abandon(lease=held.number)
        before = ledger.deployments(RECENT)
        told = Listeners(listeners, heard, Owed(store, project, name))
        settle(stack, before, held.number, told, heard)
        about = About(
            project,
            name,
            owner.who,
            committed(stack, heard),
            previous=live(ledger, before),
            links=links(),
        )
        yield Desk(stack, ledger, held, heard, told, about, before)


def committed(stack: Stack, progress: Progress) -> Revision | None:
    """The commit whose files lie here; None where some of them are in no commit, or git can't say."""
    root = stack.repository.root
    try:
        head = revision(root)
        return head if head.tree == tree(root) else None
    except (NotInGit, UnknownRevision):
        return None
    except GitFailed as error:
        progress.note(f"which commit this is isn't known: {error.what}: {error.why}")
        return None


def live(ledger: Ledger, recent: Sequence[Deployed]) -> str | None:
    """The commit of the last rollout that came to a good end, if nothing was destroyed since.

    Raises: Unavailable.
    """
    found = next(commits(recent), None)
    if found is None and recent and recent[0].begin.number > 1:
        return next(commits(ledger.deployments()), None)  # many were stopped or failed since
    return found


def commits(before: Sequence[Deployed]) -> Iterator[str]:
    """The commits of rollouts that came to a good end since the stack was last destroyed, the last first."""
    for one in reversed(before):
        did = one.begin.begin
        if did is None or one.state() != "succeeded":
            continue
        if did.verb == "destroy":
            return
        if did.commit is not None:
            yield did.commit


def begin(desk: Desk, considered: Considered, verb: Verb, order: Order) -> Begin:
    """What the ledger says of a rollout that begins."""
    about = considered.about
    closed = [str(one.gate) for one in considered.verdicts if not one.open]
    closed += ["late"] if considered.late else []
    return Begin(
        verb=verb,
        who=about.who,
        machine=machine(),
        commit=about.revision.commit if about.revision else None,
        tree=_tree(desk, considered),
        signature=about.revision.signature if about.revision else "none",
        signer=about.revision.signer if about.revision else "",
        plan=about.digest,
        counts=about.counts,
        approvals=tuple(Approval(one.who, one.at.isoformat(), one.url) for one in considered.approvals),
        overridden=tuple(f"{gate}: {order.override}" for gate in closed) if order.override else (),
        links=about.links,
    )


def _tree(desk: Desk, considered: Considered) -> str:
    if considered.plan is not None:
        return considered.plan.tree
    if considered.about.revision is not None:
        return considered.about.revision.tree
    try:
        return tree(desk.stack.repository.root)
    except (NotInGit, GitFailed):
        return ""
