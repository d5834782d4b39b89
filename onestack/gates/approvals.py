"""Who approved which plan, and whether that is enough. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from onestack.gates.settings import ApprovalSettings
from onestack.gates.verdict import Verdict
from onestack.plan import Risk

SHORTEST: Final = 12
"""So many hex digits of a digest name a plan."""
_DIGEST: Final = re.compile(rf"(?:sha256:)?([0-9a-f]{{{SHORTEST},64}})")
_SKEW: Final = timedelta(minutes=5)
"""So far the clocks of a code host and of this machine may be apart."""


@dataclass(frozen=True)
class Approval:
    """Somebody's approval of one plan, as a code host tells it.

    ``who`` is a login, ``digest`` the plan's as it was named, whole or its beginning, empty where none was;
    ``at`` when, with a zone; ``commit`` the one it was given at. ``edited``: the text was changed since;
    ``dismissed``: it was taken back, by its author or by others.
    """

    who: str
    kind: Literal["review", "comment"]
    digest: str
    at: datetime
    commit: str = ""
    edited: bool = False
    dismissed: bool = False
    url: str = ""


@dataclass(frozen=True)
class Approvers:
    """Who may approve a plan.

    ``named`` are logins and teams of the settings; ``owners`` those of each path that the plan touches and
    somebody owns, by path; ``teams`` the members of each team. All without ``@``; letter case doesn't count.
    """

    named: frozenset[str] = frozenset()
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def among(self, who: str, names: Collection[str]) -> bool:
        """Whether a person is one of them, or of their teams."""
        login = folded(who)
        teams = {folded(team): {folded(one) for one in members} for team, members in self.teams.items()}
        return any(login == (name := folded(one)) or login in teams.get(name, ()) for one in names)

    def may(self, who: str) -> bool:
        """Whether a person's approval counts at all."""
        return self.among(who, self.named) or any(self.among(who, owners) for owners in self.owners.values())


@dataclass(frozen=True)
class Tally:
    """The approvals that count, one for each person, and why the others don't."""

    counted: tuple[Approval, ...] = ()
    others: tuple[tuple[Approval, str], ...] = ()


def folded(name: str) -> str:
    """A login, team or address as it is compared."""
    return name.removeprefix("@").casefold()


def names_plan(named: str, digest: str) -> bool:
    """Whether ``named``, a digest or its beginning, is that of the plan."""
    found = _DIGEST.fullmatch(named.strip().casefold())
    return found is not None and digest.removeprefix("sha256:").startswith(found[1])


def count(
    digest: str,
    approvals: Sequence[Approval],
    settings: ApprovalSettings,
    approvers: Approvers,
    authors: Collection[str],
    now: datetime,
) -> Tally:
    """Which approvals count for the plan with that digest."""
    counted: dict[str, Approval] = {}
    others = []
    for one in sorted(approvals, key=lambda approval: approval.at):
        why = "".join(_against(one, digest, settings, approvers, authors, now)[:1])
        if why:
            others.append((one, why))
        else:
            counted[folded(one.who)] = one
    return Tally(tuple(counted.values()), tuple(others))


def decide(
    digest: str,
    risks: Sequence[Risk],
    settings: ApprovalSettings | None,
    approvers: Approvers,
    authors: Collection[str],
    approvals: Sequence[Approval],
    now: datetime,
) -> Verdict:
    """Whether the plan with that digest may go ahead. ``authors`` wrote the change, if known."""
    raise NotImplementedError


def _against(
    one: Approval,
    digest: str,
    settings: ApprovalSettings,
    approvers: Approvers,
    authors: Collection[str],
    now: datetime,
) -> list[str]:
    return list(_reasons(one, digest, settings, approvers, authors, now))


def _reasons(
    one: Approval,
    digest: str,
    settings: ApprovalSettings,
    approvers: Approvers,
    authors: Collection[str],
    now: datetime,
) -> Iterator[str]:
    raise NotImplementedError
