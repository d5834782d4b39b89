"""The policy gate: what rules find, and whether that stops a deployment. Pure."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onestack.errors import UnknownRule
from onestack.gates.policy import Review, Rule, Violation
from onestack.gates.settings import PolicySettings
from onestack.gates.verdict import Verdict
from onestack.validation.finding import Severity

_TOLD: Final = 20
"""So many violations are told one by one."""


@dataclass(frozen=True)
class Broken:
    """A rule that is broken, by what. ``failed``: the rule itself can't be judged, for the reason given."""

    rule: Rule
    violation: Violation
    failed: bool = False

    def __str__(self) -> str:
        return f"{self.rule.severity} {self.rule.name}: {self.violation}"


def weighed(rules: Sequence[Rule], settings: PolicySettings | None, stack: str) -> tuple[Rule, ...]:
    """The rules with the severities that the stack gives them, without those that are off.

    Raises: UnknownRule.
    """
    weights = settings.rules if settings else {}
    known = sorted(one.name for one in rules)
    if unknown := sorted(weights.keys() - set(known)):
        raise UnknownRule(stack, unknown, known)
    named = (replace(one, severity=weights.get(one.name, one.severity)) for one in rules)
    return tuple(one for one in named if one.severity is not Severity.OFF)


def judge(rules: Sequence[Rule], review: Review) -> tuple[Broken, ...]:
    """Every violation, errors first."""
    found = [broken for one in rules for broken in _broken(one, review)]
    return tuple(sorted(found, key=lambda broken: broken.rule.severity is not Severity.ERROR))


def decide(rules: Sequence[Rule], review: Review, settings: PolicySettings | None) -> Verdict:
    """Whether rules let the plan pass. Without settings nothing stops; what is found is told all the same."""
    found = judge(rules, review)
    errors = [one for one in found if one.rule.severity is Severity.ERROR]
    more = (f"and {len(found) - _TOLD} more",) if len(found) > _TOLD else ()
    details = (*map(str, found[:_TOLD]), *more)
    if not errors or settings is None:
        counted = f"{_violations(len(found))} of {len(rules)} rules, none of which stops"
        said = counted if found else "no rule is broken"
        if settings is None and not rules:
            said = "the stack has no policy"
        return Verdict("policy", True, said, details=details)
    names = sorted({one.rule.name for one in errors})
    reasons = {one.rule.name: one.rule.reason for one in errors}
    return Verdict(
        "policy",
        False,
        f"{_violations(len(errors))} of {', '.join(names)}",
        opens_by="mend what is named, or weigh the rule in onestack:gates.policy.rules in a pull request; "
        + " ".join(f"{name}: {reason}" for name, reason in sorted(reasons.items())),
        details=details,
    )


def _broken(rule: Rule, review: Review) -> Iterator[Broken]:
    """What breaks one rule. A rule that fails has not been kept: nobody knows."""
    try:
        found = tuple(rule.check(review))
    except Exception as error:  # rules are anybody's code
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{rule.source or frame.filename}:{frame.lineno}"
        said = f"the rule itself fails: {type(error).__name__}: {error} ({where})"
        yield Broken(rule, Violation(said), failed=True)
        return
    for one in found:
        made = one if isinstance(one, Violation) else Violation(str(one))
        yield Broken(rule, made)


def _violations(count: int) -> str:
    return f"{count} violation{'' if count == 1 else 's'}"
