"""What a run that died had begun is forgotten only where it is known how that ended."""

from __future__ import annotations

from typing import Any

from onestack.engine.pending import unanswered
from onestack.engine.state import State

URN = "urn:pulumi:dev::shop::{}::{}"
CLUSTER, OBJECT = "gcp:container/cluster:Cluster", "kubernetes:core/v1:ConfigMap"


def state(*pending: tuple[str, str], held: tuple[str, str] | None = None) -> State:
    """A state in which these were begun, and that holds one resource."""
    operations: list[dict[str, Any]] = [
        {"type": "creating", "resource": {"urn": URN.format(*one), "type": one[0]}} for one in pending
    ]
    resources = [{"urn": URN.format(*held), "type": held[0]}] if held else []
    return State({"resources": resources, "pending_operations": operations})


def test_objects_of_the_cluster_are_answered_for_by_the_cluster() -> None:
    assert unanswered(state((OBJECT, "shop/a"), (OBJECT, "shop/b"))) == ()


def test_what_was_made_after_all_is_answered_for() -> None:
    assert unanswered(state((CLUSTER, "main"), held=(CLUSTER, "main"))) == ()


def test_of_anything_else_nobody_knows_whether_it_exists() -> None:
    found = state((OBJECT, "shop/a"), (CLUSTER, "main"), held=(CLUSTER, "other"))
    assert unanswered(found) == (f"{URN.format(CLUSTER, 'main')} (creating)",)


def test_a_state_without_any_has_nothing_to_answer() -> None:
    assert unanswered(State({})) == ()
    assert unanswered(State({"pending_operations": None})) == ()
