"""What a rollout is asked for, what is known of it before it begins, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from onestack.acceptance import Results
from onestack.delivery import Deployment
from onestack.engine import Outcome
from onestack.gates.approvals import Approval
from onestack.gates.verdict import Verdict
from onestack.plan import Plan
from onestack.revision import Revision


@dataclass(frozen=True)
class Order:
    """How a stack is to be deployed.

    ``sealed`` is the plan that it has to be: its digest, or the start of it. ``take_over`` names a lease
    (`LeaseHeld` says which), ``override`` is the reason for which closed gates are passed.
    """

    full: bool = False
    sealed: str | None = None
    take_over: str | None = None
    override: str | None = None


@dataclass(frozen=True)
class About:
    """What a rollout is about, for whoever is told of it.

    ``revision`` is None where files are in no commit. ``digest`` and ``counts`` are the plan's, empty where
    none was needed. ``previous`` is the commit that was live before, where the ledger knows one.
    """

    project: str
    stack: str
    who: str
    revision: Revision | None
    digest: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    previous: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """All of the revision, as the subject of a sentence."""
        return f"all of {self.what}" if self.revision else "what lay there, in no commit,"

    @property
    def what(self) -> str:
        """The revision in words."""
        if self.revision is None:
            return "files that are in no commit"
        return f"{self.revision.short} ({self.revision.subject})"


@dataclass(frozen=True)
class Considered:
    """A rollout before it begins: its plan and what the gates say, where anything asked for them.

    ``late``: it is of an older revision than the one that is live, which was allowed.
    """

    about: About
    plan: Plan | None = None
    verdicts: tuple[Verdict, ...] = ()
    approvals: tuple[Approval, ...] = ()
    """Those that count."""
    late: bool = False


@dataclass
class CameTo:
    """What a rollout has come to so far, for what is written and told of its end.

    ``touched``: it has come to where things are done; ``ready``: all that it deploys is there and ready;
    ``tests``: how the acceptance tests ended, None until they have.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    tests: Results | None = None
    touched: bool = False
    ready: bool = False

    def ran(self, outcome: Outcome) -> None:
        """The engine's run is over, whatever comes of the rest."""
        self.counts = dict(outcome.changes)


@dataclass(frozen=True)
class Rollout:
    """What a rollout came to. ``number`` is that of its begin in the ledger."""

    considered: Considered
    deployment: Deployment
    tests: Results
    number: int


@dataclass(frozen=True)
class Failure:
    """How a rollout failed: for the first ``cause``; ``message`` is all of it.

    ``live`` says what is there now, ``back`` where the way back is, if one was prepared.
    """

    cause: str
    message: str
    live: str
    back: str = ""
    interrupted: bool = False
