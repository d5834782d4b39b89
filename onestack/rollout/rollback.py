"""The way back on request: which revision, whether it can work, the branch, the pull request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from onestack import records, revert, trial
from onestack.errors import NothingLiveBefore, OnestackError
from onestack.harmless import one_line
from onestack.ledger import Ledger
from onestack.plan.inert import code, excerpt
from onestack.progress import Discreet, Heard
from onestack.repository import Repository
from onestack.revision import Revision, revision
from onestack.rollout.desk import commits
from onestack.stack import Stack
from onestack.trial import Said, WayBack


@dataclass(frozen=True)
class Prepared:
    """``verdict`` is None where no trial was made; ``url`` is the pull request's, empty without one."""

    revert: revert.Revert
    verdict: WayBack | None
    url: str = ""

    def document(self) -> dict[str, Any]:
        """As docs/json.md describes it."""
        verdict = self.verdict
        return {
            "to": self.revert.to.commit,
            "from": self.revert.head.commit,
            "branch": self.revert.branch,
            "commit": self.revert.commit,
            "pullRequest": self.url or None,
            "wayBack": None
            if verdict is None
            else {"verdict": verdict.verdict, "reasons": [str(one) for one in verdict.reasons]},
        }


def target(stack: Stack, to: str | None) -> Revision:
    """The revision to go back to: the one named, else the one that was live before the one that is.

    Raises: UnknownRevision, NothingLiveBefore.
    """
    root = stack.repository.root
    if to is not None:
        return revision(root, to)
    ledger = Ledger(records.beside(stack.workspace), stack.repository.project, stack.settings.stack)
    now = revert.files(root, revision(root))
    for commit in commits(ledger.deployments()):
        try:
            found = revision(root, commit)
        except OnestackError:
            continue  # a shallow clone has fewer than the ledger knows
        if revert.files(root, found) not in {"", now}:
            return found
    raise NothingLiveBefore(stack.settings.stack)


def prepare(repository: Repository, stack: str, to: Revision, progress: Discreet, *, tried: bool) -> Prepared:
    """Tries the way back on a throwaway control plane, and makes its branch.

    Raises: NothingToRevert, GitFailed; as `onestack.trial.way_back`.
    """
    head = revision(repository.root)
    made = revert.prepare(repository.root, stack, to, head)
    progress.step(f"the way back to {to.short}")
    if not tried:
        return Prepared(made, None)
    heard = Heard(progress)
    found = trial.way_back(repository.root, stack, heard, base=to.commit)
    reasons = tuple(Said(heard.mask(one.object), heard.mask(one.text)) for one in found.reasons)
    return Prepared(made, replace(found, reasons=reasons))


def title(prepared: Prepared, stack: str) -> str:
    """The pull request's."""
    return f"Roll {stack} back to {prepared.revert.to.short}"


def body(prepared: Prepared) -> str:
    """The pull request's text."""
    return "\n\n".join(_body(prepared))


def _body(prepared: Prepared) -> Iterator[str]:
    made, verdict = prepared.revert, prepared.verdict
    yield (
        f"The files of {code(made.to.commit)} ({code(made.to.subject)}) on top of {code(made.head.short)}: "
        "it takes back all that came after, for other stacks too."
    )
    if verdict is None:
        yield "Whether it can work was not tried."
        return
    yield f"Tried on a throwaway control plane, the way back is **{verdict.verdict}**."
    if verdict.reasons:
        yield excerpt(one_line(str(one)) for one in verdict.reasons)
