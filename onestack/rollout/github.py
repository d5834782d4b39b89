"""GitHub hears of rollouts, and is asked who approved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from onestack import revert
from onestack.comment_marker import marker
from onestack.errors import ForgeUnavailable, OnestackError, first_cause
from onestack.forge import CommitState, DeploymentState, Forge, Pull
from onestack.gates.ballots import Ballots
from onestack.gates.comment import approvals
from onestack.gates.verdict import Verdict
from onestack.harmless import one_line
from onestack.ledger import End, Entry, Outcome
from onestack.plan import Plan, markdown
from onestack.plan.inert import code, excerpt, prose
from onestack.progress import Progress
from onestack.revision import Revision, between
from onestack.rollout.about import About, Considered, Failure, Rollout
from onestack.rollout.owning import Declared, owners

CONTEXT: Final = "onestack/{}"
"""The name of the status of a commit."""

_ENDED: Final[Mapping[Outcome, tuple[CommitState, DeploymentState]]] = {
    "succeeded": ("success", "success"),
    "failed": ("failure", "failure"),
    "stopped": ("failure", "failure"),
    "interrupted": ("error", "error"),
}
"""What GitHub calls how a run ended: of the commit, and of the deployment."""


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
        self._say(about, begun, "error", "error", "it was killed")

    def ended(self, about: About, begun: Entry, end: End) -> None:
        """See `Listener`. What stands there already was perhaps said with more words, and stays."""
        what = "deployed and ready" if end.outcome == "succeeded" else first_cause(end.error) or end.outcome
        status, deployment = _ENDED[end.outcome]
        if about.revision is None:
            return
        commit = about.revision.commit
        _both(
            lambda: self._deployment(about, begun, commit, deployment, what, reworded=False),
            lambda: self._status(about, status, what, reworded=False),
        )

    def waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """See `Listener`."""
        about = considered.about
        if about.revision is None:
            return
        names = ", ".join(one.gate for one in closed)
        why = closed[0].reason if closed else "the plan is not the sealed one"
        _both(
            lambda: self._show(considered, about.revision),
            lambda: self._status(about, "pending", f"waiting for {names}: {why}" if names else why),
        )

    def _show(self, considered: Considered, revision: Revision | None) -> None:
        """Puts the plan on the pull request, where it can be approved."""
        if revision is None or considered.plan is None:
            return
        if (pull := self._forge.pull_of_merge(revision.commit)) is not None:
            self._forge.comment(pull.number, marker(considered.about.stack), markdown(considered.plan))

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
            self._progress.note(
                f"nobody can approve {commit[:12]}: it is no pull request's, neither merged as it nor open"
            )
            return Ballots(approvers=who, date=self._asked.date)
        given = approvals(self._asked.remarks(pull.number))
        return Ballots(given, who, self._authors(pull, commit, before), self._asked.date)

    def _authors(self, pull: Pull, commit: str, before: str | None) -> frozenset[str]:
        """Who wrote what would be deployed: all that came after what is live, not the last of it alone."""
        pulls = {pull.number: pull}
        for one in between(self._stack.repository.root, before, commit):
            pulls |= {found.number: found for found in self._asked.pulls_of(one)}
        wrote = frozenset().union(*(self._asked.wrote(number) for number in pulls))
        return wrote | {one.author for one in pulls.values()}

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
        commit = about.revision.commit
        _both(
            lambda: self._deployment(about, begun, commit, deployment, what),
            lambda: self._status(about, state, what),
        )

    def _status(self, about: About, state: CommitState, what: str, *, reworded: bool = True) -> None:
        if about.revision is not None:
            context, run = CONTEXT.format(about.stack), about.links.get("run")
            self._forge.status(about.revision.commit, context, state, what, run, reworded=reworded)

    def _deployment(
        self,
        about: About,
        begun: Entry,
        commit: str,
        state: DeploymentState,
        what: str,
        *,
        reworded: bool = True,
    ) -> None:
        made = self._forge.deployment(commit, about.stack, begun.run)
        if reworded or made.state != state:
            self._forge.deployment_status(made, state, description=what, log_url=about.links.get("run"))


def _both(one: Callable[[], None], other: Callable[[], None]) -> None:
    """Both, for a token may have the right to one of two; nothing more of a GitHub that is away."""
    try:
        one()
    except ForgeUnavailable:
        raise
    except OnestackError:
        other()
        raise
    other()


def _proposal(about: About, back: revert.Revert, failure: Failure) -> Iterator[str]:
    yield f"The deployment of {code(about.what)} to {code(about.stack)} failed."
    yield excerpt(one_line(line) for line in failure.message.splitlines())
    yield f"{prose(failure.live)}."
    yield (
        f"This takes back all that came after {code(back.to.short)} ({code(back.to.subject)}), which was "
        "live before. Merging it deploys that again."
    )
