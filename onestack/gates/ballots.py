"""What a code host knows of a change: what the approval gate is asked with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from onestack.gates.approvals import Approval, Approvers


@dataclass(frozen=True)
class Ballots:
    """Approvals, who may give them, and the logins of who wrote the change.

    ``approvers``: None where only the settings say so. ``date`` is the Date header of the host's answer.
    """

    approvals: tuple[Approval, ...] = ()
    approvers: Approvers | None = None
    authors: frozenset[str] = frozenset()
    date: str | None = None


NOBODY: Final = Ballots()
"""Nobody approved, and nobody is known to have written the change."""
