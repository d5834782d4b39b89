"""What a code host knows of a change: what the approval gate is asked with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from onestack.gates.approvals import Approval, Approvers
from onestack.gates.owners import approvers as named
from onestack.gates.settings import ApprovalSettings


@dataclass(frozen=True)
class Ballots:
    """Approvals, who may give them, and the logins of who wrote the change.

    ``approvers``: None where only the settings say so. ``date`` is the Date header of the host's answer.
    """

    approvals: tuple[Approval, ...] = ()
    approvers: Approvers | None = None
    authors: frozenset[str] = frozenset()
    date: str | None = None

    def who(self, settings: ApprovalSettings | None) -> Approvers:
        """Who may approve, where ``settings`` are the stack's."""
        return self.approvers if self.approvers is not None else named(settings)


NOBODY: Final = Ballots()
"""Nobody approved, and nobody is known to have written the change."""
