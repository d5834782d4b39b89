"""Who owns the paths that a plan touches, as CODEOWNERS says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codeowners import CodeOwners

from onestack.gates.approvals import Approvers, folded
from onestack.gates.settings import ApprovalSettings
from onestack.plan import Plan


def approvers(
    settings: ApprovalSettings | None,
    paths: Iterable[str] = (),
    codeowners: str = "",
    teams: Mapping[str, Iterable[str]] | None = None,
) -> Approvers:
    """Who may approve what touches ``paths``.

    ``codeowners`` is the text of that file, of the branch that the change goes to. ``teams`` are the
    members of each team, by ``organisation/team``. The last line that fits a path says who owns it; one
    without owners frees it.
    """
    if settings is None:
        return Approvers()
    members = {folded(team): frozenset(map(folded, people)) for team, people in (teams or {}).items()}
    owned = _owned(codeowners, paths) if settings.codeowners else {}
    return Approvers(frozenset(settings.approvers), owned, members)


def touched(plan: Plan, folder: str = "manifests") -> tuple[str, ...]:
    """The paths that a plan's changes come from, where the files that differ aren't known themselves.

    Of an application its folder below ``folder``; of all else the stack's file.
    """
    stack = f"stacks/Pulumi.{plan.stack}.yaml"
    applications = {change.application for change in plan.changes}
    return tuple(sorted(f"{folder}/{one}/" if one else stack for one in applications))


def _owned(text: str, paths: Iterable[str]) -> dict[str, frozenset[str]]:
    owners = CodeOwners(text)
    found = {path: frozenset(folded(name) for _kind, name in owners.of(path)) for path in paths}
    return {path: names for path, names in found.items() if names}
