"""Collective readiness over watches."""

from onestack.wait.reference import ObjectRef, reference
from onestack.wait.report import Outcome, WaitProgress, WaitReport
from onestack.wait.until import Tempo, assess_now, until_ready

__all__ = [
    "ObjectRef",
    "Outcome",
    "Tempo",
    "WaitProgress",
    "WaitReport",
    "assess_now",
    "reference",
    "until_ready",
]
