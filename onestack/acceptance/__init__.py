"""Acceptance tests: pytest suites of the repository that run against what is live after a deployment."""

from onestack.acceptance.results import Case, Results
from onestack.acceptance.run import place, run

__all__ = ["Case", "Results", "place", "run"]
