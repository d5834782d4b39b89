"""Findings as GitHub's workflow commands: annotations beside the lines of a pull request. Pure.

Escaping as in actions/toolkit, packages/core/src/command.ts, which actions/runner undoes: ``%``, CR and LF
in what is said, and also ``:`` and ``,`` in properties. The limits are GitHub's: ten annotations of a
kind in a step; what comes after them is dropped without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from onestack.findings.remark import Remark
from onestack.findings.report import Report
from onestack.findings.text import said, summary
from onestack.harmless import harmless

MOST: Final = 10
"""How many annotations of a kind GitHub shows of a step."""


def commands(report: Report, folder: str = "") -> Iterator[str]:
    """One command each, errors first, then a notice with the summary.

    ``folder`` leads from the checkout's top to the repository that the files are relative to.
    """
    several = len(report.stacks) > 1
    for kind in ("error", "warning"):
        chosen = [remark for remark in report.remarks if remark.severity.value == kind]
        yield from _limited(kind, chosen, folder, name_stacks=several)
    yield _command("notice", {"title": "onestack check"}, "\n".join(map(summary, report.stacks)))


def _limited(kind: str, chosen: Sequence[Remark], folder: str, *, name_stacks: bool) -> Iterator[str]:
    shown = chosen if len(chosen) <= MOST else chosen[: MOST - 1]
    for remark in shown:
        yield _annotation(kind, remark, folder, name_stacks=name_stacks)
    if left := len(chosen) - len(shown):
        yield _command(
            kind,
            {"title": "onestack check"},
            f"{left} more {kind}s are in the log: GitHub shows {MOST} of a step",
        )


def _annotation(kind: str, remark: Remark, folder: str, *, name_stacks: bool) -> str:
    problem = remark.problem
    properties = {
        "file": f"{folder}/{problem.file}" if folder and problem.file else problem.file,
        "line": str(problem.line or ""),
        "col": str(problem.column or ""),
        "title": f"onestack check: {remark.rule}",
    }
    return _command(kind, properties, said(remark, name_stacks=name_stacks))


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind} {written}::{_data(harmless(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
