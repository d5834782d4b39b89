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
NAMED: Final = re.compile(rf"(?:sha256:)?([0-9a-f]{{{SHORTEST},64}})")
"""A digest as people name it."""
_SKEW: Final = timedelta(minutes=5)
"""So far the clocks of a code host and of this machine may be apart."""


@dataclass(frozen=True)
class Approval:
    """Somebody's approval of one plan, as a code host tells it.

    ``who`` is a login, ``digest`` the plan's as it was named, whole or its beginning, empty where none was;
    ``at`` when, with a zone. ``edited``: the text was changed since, None where nobody can tell;
    ``dismissed``: it was taken back, by its author or by others.
    """

    who: str
    kind: Literal["review", "comment"]
    digest: str
    at: datetime
    edited: bool | None = False
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
        """Whether a person is one of them, or of their teams. A team itself is nobody."""
        login = folded(who)
        if "/" in login:
            return False
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
    found = NAMED.fullmatch(named.strip().casefold())
    return found is not None and digest.removeprefix("sha256:").startswith(found[1])


@dataclass(frozen=True)
class Ballot:
    """What approvals are counted for: a plan's digest, who may approve, who wrote it, and the time.

    ``authors`` are the logins of who wrote the change; without any nobody knows that an approver isn't one.
    """

    digest: str
    settings: ApprovalSettings
    approvers: Approvers
    authors: Collection[str]
    now: datetime


def count(ballot: Ballot, approvals: Sequence[Approval]) -> Tally:
    """Which approvals count, the latest of each person; an earlier one that counts stays counted."""
    counted: dict[str, Approval] = {}
    others = []
    for one in sorted(approvals, key=lambda approval: approval.at):
        if why := next(_against(one, ballot), ""):
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
    """Whether the plan with that digest and those risks may go ahead.

    Needed are approvals of so many people as the settings require, among them one owner of each path that
    somebody owns.
    """
    if settings is None:
        return Verdict("approvals", True, "the stack asks for no approvals")
    grave = [risk for risk in risks if risk.grave]
    if settings.when == "grave" and not grave:
        return Verdict("approvals", True, "nothing in the plan needs an approval")
    ballot = Ballot(digest, settings, approvers, authors, now)
    tally = count(ballot, approvals)
    lacking = [*_lacking(ballot, tally)]
    until = _expiry(ballot, tally)
    if not lacking:
        people = ", ".join(one.who for one in tally.counted)
        return Verdict("approvals", True, f"approved by {people}", until)
    return Verdict(
        "approvals",
        False,
        f"{_about(grave)} must be approved: {'; '.join(lacking)}",
        opens_by=_opens_by(ballot),
        details=(
            *(f"risk: {risk.text}" for risk in grave),
            *(f"approved by {one.who}" for one in tally.counted),
            *(f"the {one.kind} of {one.who} doesn't count: {why}" for one, why in tally.others),
        ),
    )


def _against(one: Approval, ballot: Ballot) -> Iterator[str]:
    """Why an approval doesn't count."""
    yield from _against_text(one, ballot)
    yield from _against_person(one, ballot)
    hours = ballot.settings.valid_hours
    if one.at > ballot.now + _SKEW:
        yield "it is from the future: a clock is wrong"
    if hours is not None and one.at + timedelta(hours=hours) <= ballot.now:
        yield f"it is older than {hours} hours"


def _against_text(one: Approval, ballot: Ballot) -> Iterator[str]:
    if not one.digest:
        yield "it names no plan"
    elif not names_plan(one.digest, ballot.digest):
        yield f"it names another plan, {one.digest[:26]}"
    if one.edited is None:
        yield "whether it was edited afterwards can't be told; of a comment it can"
    elif one.edited:
        yield "it was edited afterwards"
    if one.dismissed:
        yield "it was taken back"


def _against_person(one: Approval, ballot: Ballot) -> Iterator[str]:
    if not ballot.approvers.may(one.who):
        yield "they are no approver"
    if ballot.settings.by_author:
        return
    if not ballot.authors:
        yield "who wrote the change isn't known, so it may be theirs"
    elif folded(one.who) in {folded(name) for name in ballot.authors}:
        yield "they wrote the change"


def _lacking(ballot: Ballot, tally: Tally) -> Iterator[str]:
    """What is still needed."""
    more = ballot.settings.required - len(tally.counted)
    if more > 0:
        yield f"{more} more {'approval is' if more == 1 else 'approvals are'} needed"
    unseen: dict[frozenset[str], list[str]] = {}
    for path, owners in sorted(ballot.approvers.owners.items()):
        if not any(ballot.approvers.among(one.who, owners) for one in tally.counted):
            unseen.setdefault(owners, []).append(path)
    for owners, paths in unseen.items():
        rest = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield f"{_either(owners)} for {paths[0]}{rest}"


def _expiry(ballot: Ballot, tally: Tally) -> datetime | None:
    """When the first of the approvals that count expires."""
    if ballot.settings.valid_hours is None:
        return None
    return min((one.at for one in tally.counted), default=ballot.now) + timedelta(
        hours=ballot.settings.valid_hours
    )


def _about(grave: Sequence[Risk]) -> str:
    if not grave:
        return "every plan of this stack"
    return f"{len(grave)} grave {'risk' if len(grave) == 1 else 'risks'}"


def _opens_by(ballot: Ballot) -> str:
    names = ballot.approvers.named.union(*ballot.approvers.owners.values())
    if not names:
        return (
            "nobody may: name approvers in onestack:gates.approvals, or owners of these paths in CODEOWNERS"
        )
    return f"{_either(names)}: comment '/approve {ballot.digest}' on the pull request"


def _either(names: Collection[str]) -> str:
    return " or ".join(sorted(names))
