"""Findings for programs: the document of ``onestack check --json`` (schema: docs/json.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.findings.remark import Remark
from onestack.findings.report import Counts, Report, StackReport


def document(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "ok": report.exit_code == 0,
        "exitCode": report.exit_code,
        "stacks": {_text(one.stack): _stack(one) for one in report.stacks},
        "findings": [_finding(remark) for remark in report.remarks],
    }


def _stack(report: StackReport) -> dict[str, Any]:
    return {
        "checked": not report.failed,
        **_counts(report.counts),
        "errors": report.errors,
        "warnings": report.warnings,
        "seconds": round(report.seconds, 3),
        "applications": {name: _counts(found) for name, found in report.applications.items()},
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "objects": counts.objects,
        "valid": counts.valid,
        "invalid": counts.invalid,
        "notCheckable": counts.unknown,
        "because": _reasons(counts.not_checkable),
        "inPart": _reasons(counts.in_part),
    }


def _reasons(reasons: Mapping[str, int]) -> dict[str, int]:
    return {_text(why): count for why, count in reasons.items()}


def _finding(remark: Remark) -> dict[str, Any]:
    problem = remark.problem
    return {
        "severity": remark.severity.value,
        "rule": remark.rule,
        "file": _text(problem.file) or None,
        "line": problem.line or None,
        "column": problem.column or None,
        "object": _text(remark.subject) or None,
        "what": _text(problem.what),
        "expected": _text(problem.expected),
        "stacks": [_text(stack) for stack in remark.stacks],
    }


def _text(text: str) -> str:
    """JSON holds no half of a surrogate pair, which names of files may."""
    return text.encode("utf-8", "backslashreplace").decode()
