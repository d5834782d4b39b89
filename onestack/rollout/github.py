"""GitHub hears of rollouts, and is asked who approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from onestack import revert
from onestack.forge import CommitState, DeploymentState, Forge, marker
from onestack.gates.comment import approvals
from onestack.gates.verdict import Verdict
from onestack.harmless import one_line
from onestack.ledger import Entry
from onestack.plan import Plan, markdown
from onestack.plan.inert import code, fenced, prose
from onestack.progress import Progress
from onestack.rollout.about import About, Considered, Failure, Rollout
from onestack.rollout.considering import Ballots
from onestack.rollout.owning import Declared, owners

CONTEXT: Final = "onestack/{}"
"""The name of the status of a commit."""


class Github:
    """Writes the commit's status, its deployment, and the plan that waits on its pull request."""

    def __init__(self, forge: Forge, asked: Forge, stack: Declared, base: str, progress: Progress) -> None:
        self._forge = forge
        self._asked = asked
        self._stack = stack
        self._base = base
        self._progress = progress

    def killed(self, about: About, begun: Entry) -> None:
        """See `Listener`."""
        if begun.begin is not None and begun.begin.commit is not None:
            self._deployment(about, begun, begun.begin.commit, "error", "it was killed")

    def waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """See `Listener`."""
        about = considered.about
        if about.revision is None:
            return
        names = ", ".join(one.gate for one in closed)
        why = closed[0].reason if closed else "the plan is not the sealed one"
        self._status(about, "pending", f"waiting for {names}: {why}" if names else why)
        pull = self._forge.pull_of_merge(about.revision.commit)
        if pull is not None and considered.plan is not None:
            self._forge.comment(pull.number, marker(about.stack), markdown(considered.plan))

    def started(self, about: About, begun: Entry) -> None:
        """See `Listener`."""
        self._say(about, begun, "pending", "in_progress", "deploying")

    def succeeded(self, about: About, begun: Entry, rollout: Rollout) -> None:
        """See `Listener`."""
        self._say(about, begun, "success", "success", f"deployed and ready; {rollout.tests.line()}")

    def failed(self, about: About, begun: Entry, failure: Failure) -> None:
        """See `Listener`."""
        state: CommitState = "error" if failure.interrupted else "failure"
        self._say(about, begun, state, "error" if failure.interrupted else "failure", failure.cause)

    def propose(self, about: About, back: revert.Revert, failure: Failure) -> str:
        """See `Listener`."""
        title = f"Roll {about.stack} back to {back.to.short}"
        body = "\n\n".join(_proposal(about, back, failure))
        return self.open(back.branch, title, body)

    def open(self, branch: str, title: str, body: str) -> str:
        """Opens the pull request of a branch, or finds the one that is open; its address."""
        return self._forge.open_pull_request(branch, self._base, title, body).url

    def ballots(self, plan: Plan, commit: str, before: str | None) -> Ballots:
        """Who approved the pull request that the commit came from, who may, and who wrote it.

        ``before`` is the commit that is live: owners are asked as they were named there.
        """
        settings = self._stack.settings.gates.approvals
        who = owners(self._stack, plan, commit, before, self._members)
        pull = self._asked.pull_of_merge(commit) or self._asked.pull_of_head(commit)
        if settings is None or pull is None:
            return Ballots(approvers=who, date=self._asked.date)
        given = approvals(self._asked.remarks(pull.number))
        return Ballots(given, who, frozenset({pull.author}), self._asked.date)

    def _members(self, team: str) -> frozenset[str]:
        found = self._asked.team_members(team)
        if found is None:
            self._progress.note(
                f"who is in the team {team} can't be seen with this token, so none of them can approve: name "
                "people, or give it the organisation's 'members: read' (a workflow's own token has none)"
            )
        return found or frozenset()

    def _say(
        self, about: About, begun: Entry, state: CommitState, deployment: DeploymentState, what: str
    ) -> None:
        if about.revision is None:
            return
        self._deployment(about, begun, about.revision.commit, deployment, what)
        self._status(about, state, what)

    def _status(self, about: About, state: CommitState, what: str) -> None:
        if about.revision is not None:
            context = CONTEXT.format(about.stack)
            self._forge.status(about.revision.commit, context, state, what, about.links.get("run"))

    def _deployment(self, about: About, begun: Entry, commit: str, state: DeploymentState, what: str) -> None:
        made = self._forge.deployment(commit, about.stack, begun.run)
        self._forge.deployment_status(made, state, description=what, log_url=about.links.get("run"))


def _proposal(about: About, back: revert.Revert, failure: Failure) -> Iterator[str]:
    yield f"The deployment of {code(about.what)} to {code(about.stack)} failed."
    yield fenced(one_line(line) for line in failure.message.splitlines())
    yield f"{prose(failure.live)}."
    yield (
        f"This takes back all that came after {code(back.to.short)} ({code(back.to.subject)}), which was "
        "live before. Merging it deploys that again."
    )
