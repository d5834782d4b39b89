"""Readiness of a Job."""

from __future__ import annotations

from onestack.health.live import Live, conditions, count, section
from onestack.health.verdict import Verdict, failed, failing, ready, waiting


def job(obj: Live) -> Verdict:
    """Complete. Failed is final: a Job retries within its own limits and then never again.

    A suspended one (``spec.suspend``) is as its author wants it.
    """
    found = conditions(obj)
    if (complete := found.get("Complete")) and complete.is_true:
        return ready("complete")
    if (failure := found.get("Failed")) and failure.is_true:
        return failed(f"failed: {failure.explanation}")
    if section(obj, "spec").get("suspend") is True:
        return ready("suspended (spec.suspend)")
    if (target := found.get("FailureTarget")) and target.is_true:
        return failing(f"is failing: {target.explanation}")
    wanted = count(obj, "spec", "completions", default=1)
    status = section(obj, "status")
    progress = f"{count(status, 'succeeded')} of {wanted} completions, {count(status, 'active')} active"
    failures = count(status, "failed")
    return waiting(f"{progress}, {failures} failed" if failures else progress)
