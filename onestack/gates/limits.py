"""How much one deployment may change. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from onestack.gates.settings import LimitSettings
from onestack.gates.verdict import Verdict
from onestack.plan import Plan


def decide(plan: Plan, settings: LimitSettings | None) -> Verdict:
    """Whether the plan stays within the limits."""
    if settings is None:
        return Verdict("limits", True, "the stack sets no limits")
    over = tuple(_over(plan, settings))
    if not over:
        return Verdict("limits", True, "the plan stays within the limits")
    return Verdict(
        "limits",
        False,
        f"the plan changes more than the stack allows at once: {'; '.join(over)}",
        opens_by="deploy it in smaller steps, or raise onestack:gates.limits in a pull request",
    )


def _over(plan: Plan, settings: LimitSettings) -> Iterator[str]:
    counts = plan.counts
    changed = counts["update"] + counts["replace"] + counts["delete"]
    there = changed + plan.same
    for what, found, most in (
        ("change", changed, settings.changes),
        ("deletion", counts["delete"], settings.deletes),
        ("replacement", counts["replace"], settings.replaces),
    ):
        if most is not None and found > most:
            yield f"{found} {what}{'' if found == 1 else 's'}, at most {most}"
    if settings.share is not None and changed * 100 > there * settings.share:
        yield f"{changed} of {there} resources, at most {settings.share} %"
