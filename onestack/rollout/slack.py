"""Slack hears of rollouts."""

from __future__ import annotations

from collections.abc import Sequence

from onestack import notify
from onestack.gates.verdict import Verdict
from onestack.ledger import Entry
from onestack.notify import Link, Message
from onestack.progress import Progress
from onestack.revert import Revert
from onestack.rollout.about import About, Considered, Failure, Rollout


class Slack:
    """Tells a channel; what can't be sent is kept for the next run."""

    def __init__(self, slack: notify.Slack, progress: Progress) -> None:
        self._slack = slack
        self._progress = progress

    def killed(self, about: About, begun: Entry) -> None:
        """See `Listener`."""
        if begun.begin is not None:
            did = _about(about, begun)
            self._tell(
                notify.failed(did, "it was killed", next_step="the run that is beginning goes on from there")
            )

    def waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """See `Listener`."""
        did = _about(considered.about, begun)
        if not closed:
            self._tell(notify.waiting(did, "seal", "the plan is not the one that was sealed"))
        for one in closed[:1]:
            until = f"until {one.until:%Y-%m-%d %H:%M} UTC" if one.until else ""
            self._tell(
                notify.waiting(did, one.gate, one.reason, "; ".join(filter(None, (until, one.opens_by))))
            )

    def still_waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """Its outbox is how Slack is told again; the channel hears of a wait once."""

    def started(self, about: About, begun: Entry) -> None:
        """See `Listener`."""
        self._tell(notify.started(_about(about, begun)))

    def succeeded(self, about: About, begun: Entry, rollout: Rollout) -> None:
        """See `Listener`."""
        seconds, tests = rollout.deployment.seconds, rollout.tests.line()
        self._tell(notify.succeeded(_about(about, begun), seconds, (tests, _written(begun))))

    def failed(self, about: About, begun: Entry, failure: Failure) -> None:
        """See `Listener`."""
        back = f"the way back: {failure.back}" if failure.back else ""
        self._tell(notify.failed(_about(about, begun), failure.cause, failure.live, back))

    def propose(self, about: About, back: Revert, failure: Failure) -> str:
        """Slack proposes nothing."""
        return ""

    def _tell(self, message: Message) -> None:
        told = self._slack.tell(message)
        if told.done != "sent":
            self._progress.note(f"Slack was not told that it {message.stage}: {told.why}")


def _written(begun: Entry) -> str:
    """The ledger's entry with its hash: kept here, too, it shows when the ledger is written anew."""
    return f"ledger {begun.number}: {begun.hash}"


def _about(about: About, begun: Entry) -> notify.About:
    links = tuple(Link(title, url) for title, url in sorted(about.links.items()))
    revision = about.revision
    return notify.About(
        begun.run,
        about.stack,
        revision.commit if revision else "uncommitted",
        revision.subject if revision else about.what,
        about.who,
        about.counts,
        links,
    )
