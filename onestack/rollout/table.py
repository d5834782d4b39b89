"""A rollout for people and for programs. Pure."""

from __future__ import annotations

from typing import Any

from onestack.rollout.about import Rollout


def document(rollout: Rollout) -> dict[str, Any]:
    """What is said of a rollout beside its deployment (schema: docs/json.md)."""
    considered = rollout.considered
    return {
        "ledger": rollout.number,
        "plan": considered.about.digest or None,
        "gates": [{"gate": one.gate, "open": one.open, "reason": one.reason} for one in considered.verdicts],
        "acceptance": rollout.tests.document(),
    }
