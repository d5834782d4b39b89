"""What earlier runs could not tell any more, killed or unheard, is told once more by the next."""

from __future__ import annotations

from collections.abc import Sequence

from onestack.errors import OnestackError
from onestack.ledger import Begin, Deployed, Entry, killed
from onestack.progress import Progress
from onestack.revision import Revision, revision
from onestack.rollout.about import About
from onestack.rollout.telling import Listeners
from onestack.stack import Stack


def settle(
    stack: Stack, before: Sequence[Deployed], lease: int, listeners: Listeners, progress: Progress
) -> None:
    """Says which runs were found to be killed under this lease, and tells each listener what it is owed.

    That is done once, whatever comes of it; but what waits at a gate is told for as long as it waits.
    """
    dead = {one.begin.run for one in before if one.abandoned is not None and one.abandoned.lease == lease}
    for one in before:
        if one.begin.run in dead:
            progress.note(killed(one.begin))
    for name in listeners.names:
        owed = {*listeners.owed(name), *dead}
        ended = [one for one in before if one.begin.run in owed and not waits(one)]
        for one in ended:
            _tell(stack, one, name, listeners)
        last = before[-1:] if before and waits(before[-1]) else ()
        listeners.settled((name,), owed - {one.begin.run for one in last})


def waits(one: Deployed) -> bool:
    """Whether gates stopped a run before it began, and not on its way."""
    did = one.begin.begin
    return one.end is not None and did is not None and bool(did.gates)


def _tell(stack: Stack, one: Deployed, name: str, listeners: Listeners) -> None:
    did, end = one.begin.begin, one.ended
    if did is None or did.verb != "deploy" or (end is None and did.gates):
        return
    about = _about(stack, one.begin, did)
    if end is None:
        listeners.tell(lambda each: each.killed(about, one.begin), (name,))
    else:
        listeners.tell(lambda each: each.ended(about, one.begin, end), (name,))


def _about(stack: Stack, begun: Entry, did: Begin) -> About:
    """What an earlier run was about, by its begin."""
    return About(
        stack.repository.project,
        stack.settings.stack,
        did.who,
        _revision(stack, begun, did),
        digest=did.plan,
        counts=did.counts,
        links=did.links,
    )


def _revision(stack: Stack, begun: Entry, did: Begin) -> Revision | None:
    if did.commit is None:
        return None
    try:
        return revision(stack.repository.root, did.commit)
    except OnestackError:  # A shallow clone: the ledger knows more than it does.
        return Revision(did.commit, did.tree, "", begun.time, "a commit that this clone lacks")
