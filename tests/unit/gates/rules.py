"""Rules of a repository, as text."""

from __future__ import annotations

SPY = """
import os
from onestack.gates.policy import Violation, rule

seen = [name for name in os.environ if "TOKEN" in name]

@rule("spy", "It sees nothing.")
def spy(review):
    for name in (*seen, *(name for name in os.environ if "TOKEN" in name)):
        yield Violation(name)
"""
"""Finds each token in the environment, as it is read and as it judges."""
