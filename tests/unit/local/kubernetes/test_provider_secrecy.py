from __future__ import annotations

from typing import Any

from onestack.local.kubernetes.checkpoint import compose, parse
from onestack.local.kubernetes.secrecy import mark, plain
from onestack.local.serving.codec import Secret


def test_a_secrets_data_is_marked_whoever_made_it() -> None:
    live: dict[str, Any] = {"kind": "Secret", "data": {"a": "YQ=="}, "type": "Opaque"}

    mark(live, None)

    assert live == {"kind": "Secret", "data": Secret({"a": "YQ=="}), "type": "Opaque"}


def test_secret_inputs_make_secret_outputs_and_nothing_else() -> None:
    live: dict[str, Any] = {"spec": {"token": "t", "items": [1, 2], "open": "o"}}

    mark(live, {"spec": {"token": Secret("t"), "items": [1, Secret(2)], "open": "o", "gone": Secret(1)}})

    assert live == {"spec": {"token": Secret("t"), "items": Secret([1, 2]), "open": "o"}}


def test_schema_keywords_have_dashes_in_the_cluster_and_underscores_in_the_state() -> None:
    obj = {"kind": "X", "spec": {"x-kubernetes-list-type": "set"}}

    state = compose(obj, obj, {}, initial_api_version="v1", field_manager="m")

    assert state["spec"] == state["__inputs"]["spec"] == {"x_kubernetes_list_type": "set"}
    assert parse(state).inputs["spec"] == {"x-kubernetes-list-type": "set"}


def test_a_plain_copy_has_no_marks_and_shares_nothing() -> None:
    marked = {"a": Secret({"b": [1]})}

    copy = plain(marked)
    copy["a"]["b"].append(2)

    assert marked == {"a": Secret({"b": [1]})}


def test_a_state_of_the_oldest_form_is_understood() -> None:
    old = parse({"inputs": {"kind": "Pod"}, "live": {"kind": "Pod", "status": {}}})

    assert (old.inputs, old.live) == ({"kind": "Pod"}, {"kind": "Pod", "status": {}})
