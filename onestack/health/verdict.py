"""What readiness decides about one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ready", "waiting", "failed", "unobservable"]


@dataclass(frozen=True)
class Verdict:
    """The state of one object, and why, without naming the object.

    ``waiting`` is on its way. ``failed`` is going wrong; with ``final`` it can't improve unless
    somebody changes something, without it (a crash loop, an exceeded quota) it still may.
    ``unobservable`` exists, but nobody reports on it: neither a success nor a failure.
    """

    state: State
    message: str
    final: bool = False


def ready(message: str = "exists") -> Verdict:
    """It does what was declared."""
    return Verdict("ready", message)


def waiting(message: str) -> Verdict:
    """It isn't there yet."""
    return Verdict("waiting", message)


def failing(message: str) -> Verdict:
    """It goes wrong now and may still recover by itself."""
    return Verdict("failed", message)


def failed(message: str) -> Verdict:
    """It went wrong for good."""
    return Verdict("failed", message, final=True)


def unobservable(message: str) -> Verdict:
    """Nothing can be said."""
    return Verdict("unobservable", message)
