"""Readiness of a custom resource, from the conventions its controller may follow.

They are kstatus's: ``sigs.k8s.io/cli-utils/pkg/kstatus``. Where it takes an object that says nothing
for current, it is *unobservable* here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from onestack.health.live import Condition, Live, conditions, count, section
from onestack.health.verdict import Verdict, failed, ready, unobservable, waiting

_SUMMARIES: Final = ("Ready", "Available")
NOT_REPORTED: Final = "its controller has reported nothing"


def custom_resource(obj: Live) -> Verdict:
    """Decides by Stalled, Reconciling, Ready and Available, once they are about this version."""
    status = section(obj, "status")
    if not status:
        return unobservable(NOT_REPORTED)
    generation = count(obj, "metadata", "generation")
    observed = status.get("observedGeneration")
    if isinstance(observed, int) and observed < generation:
        return waiting("its controller has not seen this version yet")
    found = conditions(obj)
    by_condition = _by_conditions(found, generation)
    if by_condition is not None:
        return by_condition
    if isinstance(observed, int):
        return ready("its controller has seen this version")
    return unobservable("its status has neither a Ready nor an Available condition")


def _by_conditions(found: Mapping[str, Condition], generation: int) -> Verdict | None:
    stalled, reconciling = found.get("Stalled"), found.get("Reconciling")
    if stalled and stalled.is_true and not _outdated(stalled, generation):
        return failed(f"stalled: {stalled.explanation}")
    if reconciling and reconciling.is_true:
        return waiting(f"reconciling: {reconciling.explanation}")
    return next((_by(found[name], generation) for name in _SUMMARIES if name in found), None)


def _by(condition: Condition, generation: int) -> Verdict:
    if _outdated(condition, generation):
        return waiting(f"its {condition.type} condition is about an older version")
    if condition.is_true:
        return ready(condition.message or condition.type.lower())
    return waiting(f"not {condition.type.lower()}: {condition.explanation}")


def _outdated(condition: Condition, generation: int) -> bool:
    return condition.observed_generation is not None and condition.observed_generation < generation
