"""Readiness: a live object in, a verdict with a human message out. Pure."""

from onestack.health.assess import assess, awaited
from onestack.health.custom import NOT_REPORTED
from onestack.health.verdict import State, Verdict

__all__ = ["NOT_REPORTED", "State", "Verdict", "assess", "awaited"]
