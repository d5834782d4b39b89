"""Rules of this repository's own: every file here is read, and every rule in it is looked at in every stack.

What a rule gets and gives is described in docs/gates.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from onestack.gates.policy import Review, Violation, rule

LABEL = "app.kubernetes.io/name"


@rule("named", "When something is wrong at night, its label says what it is.", severity="warning")
def named(review: Review) -> Iterator[Violation]:
    """The pods of every workload say what they are."""
    for pod in review.pods():
        if LABEL not in pod.labels:
            yield Violation(f"its pods have no label {LABEL}", pod.manifest, pod.path)
