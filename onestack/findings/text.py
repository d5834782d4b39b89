"""Findings for people: a line each, and a summary of each stack. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.text import Text

from onestack.errors import Problem
from onestack.findings.remark import Remark
from onestack.findings.report import Counts, Report, StackReport
from onestack.harmless import one_line

_STYLES = {"error": "bold red", "warning": "yellow"}
_REASONS = 5


def lines(report: Report) -> Iterator[Text]:
    """``file:line:column: error: what; expected [rule]``, files with errors first."""
    return lines_of(report.remarks, name_stacks=len(report.stacks) > 1)


def lines_of(remarks: Iterable[Remark], *, name_stacks: bool) -> Iterator[Text]:
    """A line each, in their order."""
    return (_line(remark, name_stacks=name_stacks) for remark in remarks)


def summary(stack: StackReport) -> str:
    """``local: 48 objects: 46 valid, 2 not checkable (because ...), 1 error, 3 warnings (0.8 s)``."""
    found = [_number(stack.errors, "error"), _number(stack.warnings, "warning")]
    said = ", ".join([*_verdicts(stack.counts), *found])
    objects = "not checked" if stack.failed else _number(stack.counts.objects, "object")
    return one_line(f"{stack.stack}: {objects}: {said} ({stack.seconds:.1f} s)")


def place(problem: Problem) -> str:
    """``file:line:column``, or the file alone, or nothing."""
    where = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    return one_line(where)


def said(remark: Remark, *, name_stacks: bool) -> str:
    """What is wrong and what to write instead, in one line; with the stacks that it is wrong in."""
    problem = remark.problem
    text = one_line(f"{problem.what}; {problem.expected}" if problem.expected else problem.what)
    return f"{text} (in {one_line(', '.join(remark.stacks))})" if name_stacks else text


def _line(remark: Remark, *, name_stacks: bool) -> Text:
    made = Text()
    if where := place(remark.problem):
        made.append(where, "bold").append(": ")
    made.append(remark.severity.value, _STYLES[remark.severity.value]).append(": ")
    return made.append(said(remark, name_stacks=name_stacks)).append(f" [{remark.rule}]", "dim")


def _verdicts(counts: Counts) -> Iterator[str]:
    if counts.objects:
        yield f"{counts.valid} valid"
    if counts.invalid:
        yield f"{counts.invalid} invalid"
    if counts.not_checkable:
        yield f"{counts.unknown} not checkable ({_reasons(counts.not_checkable)})"
    if counts.in_part:
        yield f"{sum(counts.in_part.values())} checked in part ({_reasons(counts.in_part)})"


def _reasons(reasons: Mapping[str, int]) -> str:
    if len(reasons) == 1:
        return f"because {next(iter(reasons))}"
    shown = [f"{count} because {because}" for because, count in list(reasons.items())[:_REASONS]]
    if len(reasons) > _REASONS:
        shown.append(f"--json tells {_number(len(reasons) - _REASONS, 'more reason')}")
    return ", ".join(shown)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count or 'no'} {noun}s"
