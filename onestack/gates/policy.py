"""Rules over a plan, its objects and its cloud resources. Pure.

A rule is a function with a name and a reason::

    @rule("owner-label", "An alert has to find somebody.", severity="error")
    def owner(review: Review) -> Iterator[Violation]:
        for deployment in review.of_kind("Deployment"):
            ...
                yield Violation("it has no label 'owner'", deployment)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onestack.graph import Resource
from onestack.manifests.manifest import Manifest
from onestack.plan import Change, Plan
from onestack.validation.finding import Severity


@dataclass(frozen=True)
class Violation:
    """What breaks a rule: ``text`` is one sentence, ``subject`` what it is about."""

    text: str
    subject: Manifest | Resource | Change | None = None


@dataclass(frozen=True)
class Review:
    """What rules look at: the objects as declared, the cloud's resources, and the plan where known."""

    objects: tuple[Manifest, ...] = ()
    resources: tuple[Resource, ...] = ()
    plan: Plan | None = None


Check = Callable[[Review], Iterable[Violation]]


@dataclass(frozen=True)
class Rule:
    """A named check. ``source`` is the file that it comes from, empty for our own."""

    name: str
    reason: str
    severity: Severity
    check: Check
    source: str = ""


@dataclass(frozen=True)
class Broken:
    """One violation of one rule, with the severity that the stack gives it."""

    rule: Rule
    violation: Violation


def rule(name: str, reason: str, severity: str = "error") -> Callable[[Check], Rule]:
    """Makes a rule of a function."""

    def made(check: Check) -> Rule:
        return Rule(name, reason, Severity(severity), check)

    return made
