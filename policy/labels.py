"""Rules of this repository's own: every file here is read, and every rule in it is looked at in every stack.

What a rule gets and gives is described in docs/gates.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from onestack.gates import Review, Violation, rule

LABEL = "app.kubernetes.io/part-of"


@rule("part-of", "When something is wrong at night, its label says whose it is.", severity="warning")
def part_of(review: Review) -> Iterator[Violation]:
    """Every workload says which product it belongs to."""
    for workload in review.of_kind("Deployment", "StatefulSet", "DaemonSet"):
        if LABEL not in (workload.body["metadata"].get("labels") or {}):
            yield Violation(f"it has no label {LABEL}", workload, ("metadata",))
