"""Who may approve what a stack is about to become: the settings' approvers, and owners of what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from onestack.codeowners_file import codeowners
from onestack.errors import CodeownersMissing, LiveUnknown, UnknownRevision
from onestack.gates.approvals import Approvers
from onestack.gates.owners import approvers, touched
from onestack.plan import Plan
from onestack.repository import Repository
from onestack.revision import checked_out, differing, revision
from onestack.settings import Settings

Members = Callable[[str], frozenset[str]]


class Declared(Protocol):
    """A stack as its repository declares it, which needs no tool to be known."""

    @property
    def repository(self) -> Repository: ...
    @property
    def settings(self) -> Settings: ...


def owners(stack: Declared, plan: Plan, commit: str, before: str | None, members: Members) -> Approvers:
    """Approvers by the settings, and by CODEOWNERS as it was before the change: it can't name its own.

    Without a revision before, the owners are asked as they are named now.
    """
    settings = stack.settings.gates.approvals
    if settings is None:
        return Approvers()
    root = stack.repository.root
    text, paths = _before(root, settings.codeowners, commit, before)
    if paths is None:
        text = codeowners(root, settings.codeowners)
        paths = touched(plan, stack.settings.manifests.path)
    teams = {name for name in _named(text, settings.approvers) if "/" in name}
    return approvers(settings, paths, text, {team: members(team) for team in sorted(teams)})


def _before(
    root: Path, named: bool | str, commit: str, before: str | None
) -> tuple[str, tuple[str, ...] | None]:
    """The file of owners as it was, and the paths that differ since; None where there was none.

    Raises: LiveUnknown: a clone that doesn't know what is live may not choose the change's own owners.
    """
    if before is None or named is False:
        return "", None
    try:
        earlier = revision(root, before)
    except UnknownRevision:
        raise LiveUnknown(before, str(root)) from None
    try:
        with checked_out(root, earlier) as there:
            return codeowners(there, named), differing(root, earlier, revision(root, commit))
    except CodeownersMissing:
        return "", None


def _named(text: str, approvers: Iterable[str]) -> frozenset[str]:
    words = (word for line in text.splitlines() for word in line.partition("#")[0].split()[1:])
    return frozenset(approvers) | {
        word.removeprefix("@").casefold() for word in words if word.startswith("@")
    }
