"""One thing to tell about a stack: a finding of a check, or what kept the stack from being checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from onestack.errors import (
    DependencyCycle,
    Incomplete,
    InvalidManifests,
    InvalidSettings,
    OnestackError,
    Problem,
    Unavailable,
    UsageError,
)
from onestack.validation.finding import Finding, Severity

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Remark:
    """``rule`` is one of a finding's, or ``manifest``, ``order``, ``settings``, ``unavailable``.

    ``subject`` is the object that is meant, if it is one; ``stacks`` are those that it was found in.
    """

    severity: Severity
    rule: str
    problem: Problem
    subject: str
    stacks: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        """Whether it stops a deployment."""
        return self.severity is Severity.ERROR


def of_finding(found: Finding, stack: str) -> Remark:
    """What a check found in a stack."""
    subject = str(found.identity) if found.identity else ""
    return Remark(found.severity, found.rule.value, found.problem, subject, (stack,))


def of_failure(error: OnestackError, stack: str) -> tuple[Remark, ...]:
    """What kept a stack from being checked: each of its problems, where it lists them."""
    if isinstance(error, Incomplete):
        causes = (remark for cause in error.causes for remark in of_failure(cause, stack))
        return (*causes, *(of_finding(found, stack) for found in error.findings))
    match error:
        case InvalidManifests():
            rule, problems = "manifest", error.problems
        case InvalidSettings():
            rule, problems = "settings", error.problems
        case DependencyCycle():
            rule, problems = "order", (_problem(error),)
        case Unavailable():
            rule, problems = "unavailable", (_problem(error),)
        case UsageError():
            rule, problems = "settings", (_problem(error),)
        case _:
            rule, problems = "manifest", (_problem(error),)
    return tuple(Remark(Severity.ERROR, rule, problem, "", (stack,)) for problem in problems)


def merged(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Each thing once, with all the stacks that it was found in: files with errors first, then by place."""
    first: dict[Remark, Remark] = {}
    for remark in remarks:
        key = replace(remark, stacks=())
        held = first.get(key)
        stacks = dict.fromkeys((*(held.stacks if held else ()), *remark.stacks))
        first[key] = replace(remark, stacks=tuple(stacks))
    with_errors = {one.problem.file for one in first.values() if one.is_error}

    def place(one: Remark) -> tuple[bool, str, bool, Problem]:
        return one.problem.file not in with_errors, one.problem.file, not one.is_error, one.problem

    return tuple(sorted(first.values(), key=place))


def _problem(error: OnestackError) -> Problem:
    """A failure as a problem of the file that it names; what else it names is part of what it says."""
    file = error.where if error.where.endswith(_SUFFIXES) else ""
    what = f"{error.where}: {error.what}" if error.where and not file else error.what
    return Problem(file, 0, 0, f"{what}\nbecause: {error.why}" if error.why else what, error.hint)
