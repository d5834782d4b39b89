"""Trials: a base deployed to a throwaway control plane, a revision over it, and the base over that again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from onestack import revision
from onestack import settings as stack_settings
from onestack.errors import UnknownRevision
from onestack.progress import Discreet
from onestack.repository import Repository
from onestack.revision import Revision, checked_out
from onestack.trial.ground import ground
from onestack.trial.model import Trial, Tried, WayBack
from onestack.trial.steps import Steps

Held = Callable[[Trial, Path], None]
"""Is given a trial, and the kubeconfig of its control plane, before that goes."""


def trial(
    repository: Repository,
    stack: str,
    progress: Discreet,
    *,
    base: str | None = None,
    held: Held | None = None,
) -> Trial:
    """Tries the working tree, what isn't committed included, over ``base``, and the way back.

    ``base`` is a revision; by default where this one has left the main branch, or the one before where it
    hasn't. A revision that doesn't come up is no exception: the trial says so.

    Raises: UsageError; Unavailable where something is missing here that a trial needs.
    """
    root = repository.root
    stack_settings.from_file(root, stack)
    head, lies = revision.revision(root), revision.tree(root)
    changed = lies != head.tree
    first = _base(root, head, changed=changed) if base is None else revision.revision(root, base)
    last = replace(head, commit=lies) if changed else head
    with _steps(root, stack, progress, first, last) as steps:
        steps.all(tests=True)
        made = steps.trial(_tried(first), replace(_tried(head), changed=changed))
        if held:
            held(made, steps.ground.plane.kubeconfig)
    return made


def way_back(root: Path, stack: str, progress: Discreet, *, base: str, over: str = "HEAD") -> WayBack:
    """What becomes of deploying the revision ``base`` over the revision ``over``, where that is deployed.

    Both as they are committed; no acceptance tests are run. Raises: as `trial`.
    """
    first, last = revision.revision(root, base), revision.revision(root, over)
    with _steps(root, stack, progress, first, last) as steps:
        steps.all(tests=False)
    return steps.way_back


@contextmanager
def _steps(root: Path, stack: str, progress: Discreet, first: Revision, last: Revision) -> Iterator[Steps]:
    with (
        checked_out(root, first) as before,
        checked_out(root, last) as after,
        ground(root, stack, progress) as there,
    ):
        yield Steps(there, progress, before, after)


def _base(root: Path, head: Revision, *, changed: bool) -> Revision:
    """Where the branch began; on the main branch itself, the commit before."""
    first = revision.fork_point(root)
    if first.commit == head.commit and not changed:
        with suppress(UnknownRevision):  # the first of all
            return revision.revision(root, "HEAD~1")
    return first


def _tried(one: Revision) -> Tried:
    return Tried(one.commit, one.subject[:200])
