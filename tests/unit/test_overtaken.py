"""What a dead run changed after the state had last heard of it, and plain pulumi would pass over."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.engine import State
from onestack.inventory import Inventory
from onestack.manifests.awaiting import FIELD_MANAGER
from onestack.manifests.manifest import Identity
from onestack.manifests.registration import Registration
from onestack.overtaken import overtaken

IDENTITY = Identity("", "ConfigMap", "shop", "a")
BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}}


def registration(kind: str = "ConfigMap", **body: Any) -> Registration:
    """An object as it is declared."""
    token = f"kubernetes:core/v1:{kind}"
    return Registration(
        f"urn:pulumi:test::onestack::{token}::shop/a", token, "shop/a", {**BODY, "kind": kind, **body}
    )


def written(*entries: tuple[str, str], subresource: str = "") -> dict[str, Any]:
    """An object that these managers changed at these times."""
    fields = [
        {"manager": manager, "operation": "Apply", "time": time, "subresource": subresource}
        for manager, time in entries
    ]
    return {"metadata": {"managedFields": fields}}


def found(
    declared: Registration,
    live: dict[str, Any] | None,
    outputs: dict[str, Any] | None,
    inputs: dict[str, Any] | None = None,
) -> tuple[Identity, ...]:
    """What was overtaken, of one object."""
    identity = Identity("", declared.body["kind"], "shop", "a")
    held = {"urn": declared.urn, "inputs": inputs or declared.body, "outputs": outputs}
    there = {} if live is None else {identity: live}
    return overtaken(State({"resources": [held]}), there, Inventory((), (declared,), (), "", 1))


EARLIER, LATER = (FIELD_MANAGER, "20:15:00"), (FIELD_MANAGER, "20:15:01")


def test_an_object_that_was_changed_since_is_found() -> None:
    assert found(registration(), written(LATER), written(EARLIER)) == (IDENTITY,)


def test_where_the_state_does_not_know_who_and_when_any_change_counts() -> None:
    """The official plugin keeps no managedFields of a ServiceAccount."""
    live = {"metadata": {**written(LATER)["metadata"], "resourceVersion": "7"}}
    assert found(registration(), live, {"metadata": {"resourceVersion": "6"}}) == (IDENTITY,)
    assert found(registration(), live, {"metadata": {"resourceVersion": "7"}}) == ()
    assert found(registration(), live, None) == ()


CASES = {
    "nobody changed it": (registration(), written(EARLIER), written(EARLIER), None),
    "it is declared otherwise": (
        registration(),
        written(LATER),
        written(EARLIER),
        {**BODY, "data": {"a": "c"}},
    ),
    "one is declared, true is held": (
        registration(data={"a": 1}),
        written(LATER),
        written(EARLIER),
        {**BODY, "data": {"a": True}},
    ),
    "it is gone": (registration(), None, written(EARLIER), None),
    "somebody else changed it": (
        registration(),
        written(EARLIER, ("kubectl-edit", "20:16:00")),
        written(EARLIER),
        None,
    ),
    "its status changed": (registration(), written(LATER, subresource="status"), written(), None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_next_run_sees_or_was_not_ours_is_not_found(case: tuple[Any, ...]) -> None:
    assert found(*case) == ()


def test_a_secret_may_be_the_same_whatever_its_ciphertext_says() -> None:
    secret = registration("Secret", data=None)
    assert found(secret, written(LATER), written(EARLIER), {"data": "ciphertext"}) == (
        Identity("", "Secret", "shop", "a"),
    )


def test_what_is_not_declared_is_left_to_the_engine_and_what_is_found_is_sorted() -> None:
    def named(name: str) -> Registration:
        urn = f"urn:pulumi:test::onestack::kubernetes:core/v1:ConfigMap::shop/{name}"
        return Registration(urn, "t", f"shop/{name}", BODY)

    held = [{"urn": named(name).urn, "inputs": BODY, "outputs": written(EARLIER)} for name in "cba"]
    live = {Identity("", "ConfigMap", "shop", name): written(LATER) for name in "abc"}
    whole = Inventory((named("c"),), (named("a"),), (), "", 2)
    assert [one.name for one in overtaken(State({"resources": held}), live, whole)] == ["a", "c"]
