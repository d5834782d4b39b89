"""Slack hears of rollouts."""

from __future__ import annotations

from collections.abc import Sequence

from onestack import notify
from onestack.errors import SlackNotTold, first_cause
from onestack.gates.verdict import Verdict
from onestack.ledger import End, Entry
from onestack.notify import Link, Message
from onestack.revert import Revert
from onestack.rollout.about import About, Considered, Failure, Rollout


class Slack:
    """Tells a channel; what can't be sent is kept for the next run."""

    def __init__(self, slack: notify.Slack) -> None:
        self._slack = slack

    def killed(self, about: About, begun: Entry) -> None:
        """See `Listener`."""
        next_step = "the run that is beginning goes on from there"
        self._tell(notify.failed(_about(about, begun), "it was killed", next_step=next_step))

    def ended(self, about: About, begun: Entry, end: End) -> None:
        """See `Listener`. What was told, as far as this clone knows, isn't told again."""
        did = _about(about, begun)
        if end.outcome == "succeeded":
            self._tell(notify.succeeded(did, end.seconds or 0, (_written(begun),)))
        else:
            self._tell(notify.failed(did, first_cause(end.error) or end.outcome))

    def waiting(self, considered: Considered, begun: Entry, closed: Sequence[Verdict]) -> None:
        """See `Listener`."""
        did = _about(considered.about, begun)
        if not closed:
            self._tell(notify.waiting(did, "seal", "the plan is not the one that was sealed"))
            return
        names = ", ".join(one.gate for one in closed)
        why = [one.reason if len(closed) == 1 else f"{one.gate}: {one.reason}" for one in closed]
        opens = [said for one in closed for said in (_until(one), one.opens_by) if said]
        self._tell(notify.waiting(did, names, "; ".join(why), "; ".join(opens)))

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
            raise SlackNotTold(message.stage, told.why)


def _until(gate: Verdict) -> str:
    return f"until {gate.until:%Y-%m-%d %H:%M} UTC" if gate.until else ""


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
