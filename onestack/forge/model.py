"""What is said to a forge and what it says, as plain values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CommitState = Literal["pending", "success", "failure", "error"]
DeploymentState = Literal["queued", "pending", "in_progress", "success", "failure", "error", "inactive"]
RemarkKind = Literal["review", "comment"]


@dataclass(frozen=True)
class Pull:
    """A pull request. ``head`` and ``base`` are branches, ``commit`` is the head's.

    ``merge`` is the commit that it was merged as, ``fork`` tells that the branch is in another repository.
    """

    number: int
    title: str
    author: str
    url: str
    head: str
    base: str
    commit: str
    open: bool = True
    merge: str | None = None
    fork: bool = False


@dataclass(frozen=True)
class Remark:
    """What a person said on a pull request: a review or a comment, as it stands now.

    ``kind`` of a review is ``review``, ``state`` its verdict in GitHub's words (``APPROVED``,
    ``CHANGES_REQUESTED``, ``COMMENTED``, ``DISMISSED``); of a comment it is empty. ``commit`` is what a
    review was of. ``machine`` tells that no person wrote it. ``edited``: the text isn't what was first
    written; a review doesn't tell, so for one it is asked of its history where the token may, else None.
    """

    who: str
    kind: RemarkKind
    text: str
    at: datetime
    edited: bool | None = False
    dismissed: bool = False
    commit: str | None = None
    state: str = ""
    machine: bool = False
    url: str = ""


@dataclass(frozen=True)
class Posted:
    """A comment as it stands on a pull request now.

    ``done`` says what it took; ``folded`` counts doubles that were taken away; ``notes`` are for people.
    """

    url: str
    done: Literal["created", "updated", "unchanged"]
    folded: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deployment:
    """A deployment as the forge keeps it. ``run`` is the id that our side gave it; ``state`` its last."""

    id: int
    commit: str
    environment: str
    run: str
    state: DeploymentState | None = None
    url: str = ""
