"""Collective readiness over watches."""

from onestack.manifests.reference import ObjectRef, reference
from onestack.wait.released import begin, found, mark_ready
from onestack.wait.report import Outcome, WaitProgress, WaitReport
from onestack.wait.until import Tempo, assess_now, until_ready

__all__ = [
    "ObjectRef",
    "Outcome",
    "Tempo",
    "WaitProgress",
    "WaitReport",
    "assess_now",
    "begin",
    "found",
    "mark_ready",
    "reference",
    "until_ready",
]
