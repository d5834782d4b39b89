"""After a rollout that failed: what is live now, and the way back."""

from __future__ import annotations

from onestack import revert
from onestack.errors import (
    AcceptanceBroken,
    AcceptanceFailed,
    AcceptanceTimedOut,
    EngineFailed,
    HookFailed,
    NotReady,
    OnestackError,
    Unavailable,
)
from onestack.ledger import Verb
from onestack.progress import Progress
from onestack.revision import Revision, revision
from onestack.rollout.about import About, CameTo
from onestack.stack import Stack


def live(about: About, error: BaseException, came_to: CameTo, verb: Verb = "deploy") -> str:
    """What is there now, in a sentence."""
    before = f"revision {about.previous[:12]}" if about.previous else "nothing that the ledger knows"
    if not came_to.touched:
        return f"nothing was done; it is {before}"
    if verb == "destroy":
        return f"some of it may be gone; before it was {before}"
    if came_to.ready:
        return f"{about.whole} is live and ready; {_tested(error, came_to)}"
    match error:
        case NotReady():
            return f"{about.whole} is applied, and not all of it is ready; before it was {before}"
        case EngineFailed() | HookFailed() if error.done is not None:
            made = sum(error.done.values())
            changes = "1 change was" if made == 1 else f"{made} changes were"
            return f"{changes} made of {about.what} before it failed; before it was {before}"
        case _:
            return f"some of {about.what} may be live; before it was {before}"


def _tested(error: BaseException, came_to: CameTo) -> str:
    if isinstance(error, AcceptanceFailed):
        return "its acceptance tests say that it is wrong"
    return (
        "its acceptance tests came to no verdict" if came_to.tests is None else "its acceptance tests passed"
    )


def takes_back(error: BaseException) -> bool:
    """Whether a failure is one of what was deployed, and not of a network or of a person's patience."""
    of_it = AcceptanceBroken | AcceptanceFailed | AcceptanceTimedOut | EngineFailed | HookFailed | NotReady
    return isinstance(error, of_it) and not isinstance(error, Unavailable)


def way_back(stack: Stack, about: About, progress: Progress) -> revert.Revert | None:
    """The branch with the revision that was live before, pushed; None where there is none to go back to."""
    root, head = stack.repository.root, about.revision
    if head is None or about.previous in {None, head.commit}:
        return None
    before = _known(stack, about)
    if before is None:
        progress.note(
            f"the way back is not prepared: this clone lacks {(about.previous or '')[:12]}, which was live "
            "before; a whole one has it ('git fetch --unshallow')"
        )
        return None
    if before.tree == head.tree:
        return None
    progress.step(f"preparing the way back to {before.short}")
    made = revert.prepare(root, about.stack, before, head)
    return revert.push(root, made)


def _known(stack: Stack, about: About) -> Revision | None:
    try:
        return revision(stack.repository.root, about.previous or "")
    except OnestackError:
        return None  # A shallow clone: the ledger knows more than it does.
