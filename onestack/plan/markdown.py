"""A plan as a comment on a pull request: what matters first, details folded away, never too long. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from onestack.comment_marker import marker
from onestack.manifests.record import NAMESPACE
from onestack.plan.details import block, described, titled
from onestack.plan.diagram import diagram
from onestack.plan.digest import digest, reaches
from onestack.plan.inert import code, fenced, prose, summary
from onestack.plan.model import Change, Plan, Risk
from onestack.plan.words import SIGNS, by_rule, ops, verdict

LIMIT: Final = 60_000
"""Characters of a comment: GitHub takes 65,536, and whoever posts it may want to add a few lines."""
LEAST: Final = 4_000
"""No fewer can be asked for: what every comment says has to fit."""

_RISKS: Final = 12
"""So many risks of one rule are told before the rest is only counted."""
_NAMED: Final = 200
"""Of more changes than these, what is made is just named: rather more names than a few with their images."""
_END: Final = "\n</details>\n"


def markdown(plan: Plan, limit: int = LIMIT) -> str:
    """The comment, of at most ``limit`` characters as GitHub counts them; at least `LEAST` must be allowed.

    Raises: ValueError for fewer.
    """
    if limit < LEAST:
        message = f"a comment needs {LEAST} characters at least, not {limit}"
        raise ValueError(message)
    head = f"{marker(plan.stack)}\n**Preview of {code(plan.stack[:80])}**: {prose(verdict(plan))}\n"
    foot = _foot(plan)
    page = _Page(limit - length(head) - length(foot))
    if plan.empty:
        return head + foot
    page.add(_counts(plan))
    _risks(plan, page)
    _unchecked(plan, page)
    _picture(plan, page)
    _details(plan, page)
    return head + page.text + foot


def length(text: str) -> int:
    """How many characters GitHub counts: some, such as emoji, as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Page:
    """What is written, and how much more may be."""

    left: int
    text: str = ""

    def fits(self, text: str, beside: int = 0) -> bool:
        """Whether there is room for a text and so many characters beside it."""
        return length(text) + beside <= self.left

    def add(self, text: str) -> None:
        """Adds a text, if there is room for it."""
        if self.fits(text):
            self.text += text
            self.left -= length(text)


def _counts(plan: Plan) -> str:
    named = [op for op in ops() if plan.counts[op]]
    head = " | ".join((*(f"{SIGNS[op]} {op}" for op in named), "unchanged"))
    row = " | ".join((*(str(plan.counts[op]) for op in named), str(plan.same)))
    return f"\n| {head} |\n|{'---:|' * (len(named) + 1)}\n| {row} |\n"


def _risks(plan: Plan, page: _Page) -> None:
    """Risks are most of what a reader has to see, so they may take a half of the comment."""
    told = _Page(page.left // 2)
    for _grave, rule, held in by_rule(plan.risks):
        for number, risk in enumerate(held):
            line = _risk(risk)
            rest = len(held) - number
            more = f"- …and {rest} more of `{rule}`\n"
            if (number >= _RISKS and rest > 1) or not told.fits(line, beside=200):
                told.add(more)
                break
            told.add(line)
    if told.text:
        page.add(f"\n### Risks\n{told.text}")


def _risk(risk: Risk) -> str:
    weight = "**grave**, " if risk.grave else ""
    return f"- {weight}`{risk.rule}`: {code(risk.subject[:200])} {prose(risk.text[:600])}\n"


def _unchecked(plan: Plan, page: _Page) -> None:
    if not plan.unchecked:
        return
    told = _Page(page.left // 4)
    for number, one in enumerate(plan.unchecked):
        line = f"- {prose(one.what[:300])}: {prose(one.why[:300])}\n"
        if not told.fits(line, beside=100):
            told.add(f"- …and {len(plan.unchecked) - number} more\n")
            break
        told.add(line)
    page.add(f"\n### Not checked\n{told.text}")


def _picture(plan: Plan, page: _Page) -> None:
    drawn = diagram(plan)
    if drawn:
        title = f"what the changes reach: {len(plan.reach.reached)} that stand on them"
        page.add(f"\n{summary(title)}{fenced(drawn.rstrip().splitlines(), 'mermaid')}\n{_END}")


def _details(plan: Plan, page: _Page) -> None:
    """The changes by application, each group folded; what doesn't fit is left out from the end."""
    told = 0
    room = 160  # for the line that says how many were left out
    for name, held in _grouped(plan.changes):
        opened = f"\n{summary(titled(name, held))}"
        lines: list[str] = []
        # What the fence takes is counted with the lines: a run of backticks in them makes it longer.
        used = length(opened) + length(_END) + 20 + room
        for change in held:
            more = list(described(change, brief=len(plan.changes) > _NAMED))
            used += sum(length(line) + 1 + 2 * line.count("`") for line in more)
            if used > page.left:
                break
            lines += more
            told += 1
        if lines:
            page.add(f"{opened}{block(lines)}\n{_END}")
    if told < len(plan.changes):
        page.add(f"\n*{len(plan.changes) - told} of {len(plan.changes)} changes were left out here.*\n")


def _grouped(changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    """The cloud first, then each application, our own records, and last what no approval is of."""
    named = sorted(changes, key=lambda one: (_rank(one), one.application or _group(one)))
    for (_place, name), some in groupby(named, key=lambda one: (_rank(one), one.application or _group(one))):
        yield name, list(some)


def _rank(change: Change) -> int:
    if reaches(change):
        return 3
    if change.namespace == NAMESPACE:
        return 2
    return int(change.type.startswith("kubernetes:"))


def _group(change: Change) -> str:
    return change.namespace or ("the cluster" if change.type.startswith("kubernetes:") else "the cloud")


def _foot(plan: Plan) -> str:
    sealed = digest(plan)
    if plan.empty:
        return f"\nPlan `{sealed}`\n"
    how = (
        f"To approve it, comment `/approve {sealed}`: that holds for this very plan, and for no other."
        if plan.grave
        else "Nothing in it needs an approval."
    )
    return f"\nPlan `{sealed}` of tree `{plan.tree[-64:][:12]}`. {how}\n"
