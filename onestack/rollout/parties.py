"""Who hears of a stack's rollouts and who is asked about them, by its settings and this environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onestack.child import TOKENS
from onestack.engine.workspace import HOME
from onestack.errors import NoForgeToken
from onestack.gates.ballots import Ballots
from onestack.masking import Mask
from onestack.plan import Plan
from onestack.progress import Discreet, Progress
from onestack.revision import branch
from onestack.rollout.owning import Declared, owners
from onestack.rollout.telling import Listener
from onestack.stack import Stack

if TYPE_CHECKING:
    from onestack.rollout.github import Github
    from onestack.rollout.slack import Slack

_PATIENCE_SECONDS = 15.0
"""So long may it take to tell GitHub one thing; to ask it, which a gate needs, may take longer."""


@dataclass(frozen=True)
class Parties:
    """``listeners`` hear; ``github`` is also asked who approved."""

    stack: Stack
    progress: Progress
    listeners: tuple[Listener, ...] = ()
    github: Github | None = None

    def asked(self, plan: Plan, commit: str | None, before: str | None) -> Ballots:
        """Who approved, as far as there is somebody to ask."""
        return ballots(self.stack, self.github, plan, commit, before, self.progress)


def ballots(
    stack: Declared, github: Github | None, plan: Plan, commit: str | None, before: str | None, told: Progress
) -> Ballots:
    """Who approved, where there is somebody to ask; else nobody, and who may is what the files say."""
    if github is None or commit is None:
        if (why := _nowhere(stack, commit)) is not None:
            told.note(why)
        return Ballots(approvers=owners(stack, plan, commit or "", None, lambda _team: frozenset()))
    return github.ballots(plan, commit, before)


def parties(
    stack: Stack,
    progress: Discreet,
    environment: Mapping[str, str] = os.environ,
    *,
    asks: bool = True,
) -> Parties:
    """Who hears of this stack's rollouts: nobody of one that is only simulated.

    ``asks``: it matters who approved, for closed gates aren't passed anyway.
    Raises: NoForgeToken where approvals matter and can't be read; NoForge, SlackMisconfigured.
    """
    _hide_tokens(progress, environment)
    if stack.workspace.simulation is not None:
        return Parties(stack, progress)
    needed = stack.settings.gates.approvals is not None and asks
    github = github_of(stack, progress, environment, needed=needed)
    slack = _slack(stack, progress, environment)
    return Parties(stack, progress, tuple(one for one in (github, slack) if one is not None), github)


def proposer(stack: Stack, progress: Discreet, environment: Mapping[str, str] = os.environ) -> Github | None:
    """Where a way back can be proposed, if anywhere: nothing of a simulation is. Raises: NoForge."""
    _hide_tokens(progress, environment)
    if stack.workspace.simulation is not None:
        return None
    return github_of(stack, progress, environment, needed=False)


def _hide_tokens(progress: Discreet, environment: Mapping[str, str]) -> None:
    """Whatever it is that repeats one: git, a library, a rule of the repository's."""
    progress.hide(Mask(frozenset(environment[name].encode() for name in TOKENS if environment.get(name))))


def github_of(
    stack: Declared, progress: Progress, environment: Mapping[str, str], *, needed: bool
) -> Github | None:
    """The stack's repository at GitHub; None where the settings name none, or nothing can be asked.

    ``needed``: that there is no token is an error. Raises: NoForgeToken, NoForge.
    """
    named, root = _repository(stack), stack.repository.root
    if named is None:
        return None
    # Their clients take a while to be read, and few stacks have them.
    from onestack import forge  # noqa: PLC0415
    from onestack.rollout.github import Github  # noqa: PLC0415

    try:
        place = forge.place(environment, root, repository=named)
    except NoForgeToken as error:
        if needed:
            raise
        progress.note(f"GitHub is neither asked nor told: {error.what}")
        return None
    base = environment.get("GITHUB_REF_NAME") or branch(root) or "main"
    return Github(forge.Forge(place, patience=_PATIENCE_SECONDS), forge.Forge(place), stack, base, progress)


def _nowhere(stack: Declared, commit: str | None) -> str | None:
    """Why nobody can have approved; None where that was said already, for want of a token."""
    if commit is None:
        return "nobody can approve what is in no commit: commit it, and open a pull request"
    if _repository(stack) is None:
        return "nobody can approve, for no repository is named: set onestack:delivery.github to OWNER/NAME"
    return None


def _repository(stack: Declared) -> str | None:
    """The repository at GitHub: that of the settings, else that which deploys to the stack's cloud."""
    cloud = stack.settings.gcp.github if stack.settings.gcp else None
    return stack.settings.delivery.github or (cloud.repository if cloud else None)


def _slack(stack: Stack, progress: Progress, environment: Mapping[str, str]) -> Slack | None:
    settings = stack.settings.notify.slack
    if settings is None and not environment.get("SLACK_WEBHOOK_URL"):
        return None
    from onestack import notify  # noqa: PLC0415 - as above
    from onestack.rollout.slack import Slack  # noqa: PLC0415

    # Each stack has a channel of its own: what one couldn't tell is not for another's.
    outbox = notify.Outbox(stack.repository.root / HOME / "outbox" / stack.settings.stack)
    found = notify.Slack.from_environment(environment, settings, outbox)
    if found is None:
        progress.note("Slack hears nothing of this: neither SLACK_BOT_TOKEN nor SLACK_WEBHOOK_URL is set")
        return None
    return Slack(found)
