"""The gates of a stack asked with a plan that was made earlier: nothing is planned, nothing is written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from onestack import checking, policies, sources
from onestack import plan as plans
from onestack.child import tokens_aside
from onestack.clock import Watch
from onestack.errors import GitFailed, InvalidPlan, NotInGit, Unavailable
from onestack.gates.ballots import NOBODY, Ballots
from onestack.gates.clock import Clock
from onestack.gates.decision import decide
from onestack.gates.policy import Review
from onestack.gates.verdict import Verdict
from onestack.ledger import Ledger
from onestack.plan import Plan
from onestack.plan.document import MOST_BYTES
from onestack.progress import Discreet
from onestack.records import Store
from onestack.repository import Repository
from onestack.revision import tree
from onestack.rollout.desk import RECENT, live
from onestack.rollout.parties import ballots, github_of
from onestack.settings import Settings


@dataclass(frozen=True)
class Question:
    """A stack as its files declare it, and where its ledger is. ``at`` is another time than now."""

    repository: Repository
    settings: Settings
    store: Store
    at: datetime | None = None
    offline: bool = False


def written_plan(question: Question, file: Path) -> Plan:
    """The plan in a file, if it is one of these files and of this stack. Raises: InvalidPlan."""
    try:
        with file.open("rb") as opened:
            plan = plans.read(opened.read(MOST_BYTES + 1), str(file))
    except OSError as error:
        raise InvalidPlan(str(file), error.strerror or str(error)) from None
    stack, project = question.settings.stack, question.repository.project
    if plan.stack != stack:
        raise InvalidPlan(str(file), f"it is of stack '{plan.stack}', not of '{stack}'")
    if plan.project != project:
        raise InvalidPlan(str(file), f"it is of project '{plan.project}', not of '{project}'")
    lies = _tree(question)
    if plan.tree != lies:
        raise InvalidPlan(
            str(file), f"it is of other files: its tree is {plan.tree}, that of what lies here is {lies}"
        )
    return plan


def ask(
    question: Question, plan: Plan, progress: Discreet, environment: Mapping[str, str] = os.environ
) -> tuple[tuple[Verdict, ...], datetime]:
    """What every gate says to carrying out ``plan``, and the time that was meant.

    Raises: as `onestack.checking.declare`; ForgeUnavailable and the like where approvals can't be read.
    """
    watch, gates = Watch(), question.settings.gates
    objects = checking.objects(question.repository, question.settings, progress, offline=question.offline)
    review = Review(objects, plan=plan)
    if question.settings.platform == "gcp":
        progress.note("rules about the cloud's resources are asked by a deployment: a plan holds no inputs")
    if plan.against == "simulation":
        progress.note("the plan is of a simulation: one of the real stack has another digest to approve")
    asked = _asked(question, plan, progress, environment) if gates.approvals else NOBODY
    named = question.at
    now = Clock(named, True, "the time that was asked for") if named else watch.read(asked.date)
    with tokens_aside():
        found = decide(
            plan,
            plans.digest(plan),
            gates,
            review=review,
            rules=policies.load(question.repository.root, plan.stack, gates.policy, progress.note),
            clock=now,
            ballots=asked,
        )
    return found, now.now


def _asked(question: Question, plan: Plan, progress: Discreet, environment: Mapping[str, str]) -> Ballots:
    """Who approved, as GitHub knows it; without a token nobody is asked, and that is said."""
    github = github_of(question, progress, environment, needed=False)
    if github is not None:
        progress.step("asking GitHub who approved")
    return ballots(
        question, github, plan, plan.commit, _live(question, progress) if github else None, progress
    )


def _live(question: Question, progress: Discreet) -> str | None:
    """The commit that is live, whose CODEOWNERS say who may approve."""
    ledger = Ledger(question.store, question.repository.project, question.settings.stack)
    try:
        return live(ledger, ledger.deployments(RECENT))
    except Unavailable as error:
        progress.note(f"what is live is not known, so owners are those that these files name: {error.what}")
        return None


def _tree(question: Question) -> str:
    root = question.repository.root
    try:
        return tree(root)
    except (NotInGit, GitFailed):
        return f"files:{sources.files(root, question.settings.manifests.path)}"
