"""Which fields differ, leaf by leaf, in the state, in git and in the cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.plan.essentials import essentials
from onestack.plan.fields import fields
from onestack.plan.model import Field, Missing, Op
from onestack.plan.paths import at, parsed, written
from tests.unit.plan.made import planned

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
ABSENT, HIDDEN, UNSEEN = Missing.ABSENT, Missing.HIDDEN, Missing.UNSEEN


def found(before: Any, after: Any, live: Any = UNSEEN, **differing: str) -> tuple[Field, ...]:
    return fields(planned("update", DEPLOYMENT, "shop/web", before, after, live=live, **differing))


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("spec.ports[0].port", ("spec", "ports", 0, "port")),
        ('metadata.labels["app.kubernetes.io/name"]', ("metadata", "labels", "app.kubernetes.io/name")),
        ('["a b"].c', ("a b", "c")),
        ("", ()),
    ],
)
def test_paths_are_read_and_written_as_the_engine_does(path: str, steps: tuple[str | int, ...]) -> None:
    assert parsed(path) == steps
    assert written(steps) == path


@given(st.lists(st.one_of(st.text(min_size=1, max_size=8), st.integers(0, 99)), min_size=1, max_size=5))
def test_every_path_comes_back(steps: list[str | int]) -> None:
    assert parsed(written(tuple(steps))) == tuple(steps)


def test_what_is_no_path_is_one_step() -> None:
    assert parsed("a[x") == ("a[x",)


def test_an_update_is_three_values() -> None:
    before, after = {"spec": {"image": "a:1"}}, {"spec": {"image": "a:2"}}
    assert found(before, after, {"spec": {"image": "a:0"}}, spec__image="update") == (
        Field("spec.image", "a:1", "a:2", "a:0"),
    )
    assert found(before, after, spec__image="update")[0].live is UNSEEN
    assert found(before, after, ABSENT, spec__image="update")[0].live is ABSENT


def test_a_mapping_that_differs_is_told_by_its_leaves() -> None:
    before = {"spec": {"a": {"x": 1, "y": [1, 2]}}}
    after = {"spec": {"a": {"x": 1, "y": [1, 3], "z": {"new": True}}}}
    assert [(one.path, one.before, one.after) for one in found(before, after, spec__a="update")] == [
        ("spec.a.y[1]", 2, 3),
        ("spec.a.z.new", ABSENT, True),
    ]


def test_what_is_added_or_goes_has_no_value_on_the_other_side() -> None:
    added = found({"spec": {}}, {"spec": {"paused": True}}, spec__paused="add")
    assert (added[0].before, added[0].after) == (ABSENT, True)
    gone = found({"spec": {"paused": True}}, {"spec": {}}, spec__paused="delete")
    assert (gone[0].before, gone[0].after) == (True, ABSENT)


def test_a_field_that_replaces_says_so() -> None:
    before, after = {"spec": {"a": 1}}, {"spec": {"a": 2}}
    assert found(before, after, spec__a="update-replace")[0].replaces
    assert not found(before, after, spec__a="update")[0].replaces


def test_what_the_engine_names_is_told_even_where_inputs_are_equal() -> None:
    same = {"spec": {"a": 1}}
    assert found(same, same, spec__a="update") == (Field("spec.a", 1, 1),)


def test_noise_of_provider_and_server_is_not_told() -> None:
    differing = {
        "__inputs.spec.a": "update",
        "metadata.managedFields[0].time": "update",
        "metadata.resourceVersion": "update",
        "status.replicas": "update",
        'metadata.annotations["pulumi.com/skipAwait"]': "add",
        "spec.a": "update",
    }
    one = planned("update", DEPLOYMENT, "shop/web", {"spec": {"a": 1}}, {"spec": {"a": 2}})
    assert [field.path for field in fields(replace(one, differing=differing))] == ["spec.a"]


def test_a_drifted_field_is_told_though_git_did_not_change_it() -> None:
    before = {"spec": {"replicas": 3, "image": "a:1"}}
    after = {"spec": {"replicas": 3, "image": "a:2"}}
    live = {"spec": {"replicas": 7, "image": "a:1", "defaulted": True}}
    drifted, changed = sorted(
        found(before, after, live, spec__image="update"), key=lambda one: one.path != "spec.replicas"
    )
    assert drifted == Field("spec.replicas", 3, 3, 7)
    assert drifted.drifted
    assert not changed.drifted


def test_the_servers_own_way_of_writing_is_no_drift() -> None:
    declared: dict[str, Any] = {
        "spec": {"cpu": "1000m", "memory": "1024Mi", "none": None, "empty": {}, "off": False, "a": 1}
    }
    live = {"spec": {"cpu": "1", "memory": "1Gi", "a": 1}}
    after = {"spec": {**declared["spec"], "a": 2}}
    assert [one.path for one in found(declared, after, live, spec__a="update")] == ["spec.a"]


def test_items_with_a_name_are_found_by_it() -> None:
    before = {"containers": [{"name": "web", "image": "a:1"}]}
    after = {"containers": [{"name": "web", "image": "a:2"}]}
    live = {"containers": [{"name": "sidecar", "image": "s:1"}, {"name": "web", "image": "a:1"}]}
    one = planned(
        "update", DEPLOYMENT, "shop/web", before, after, live=live, **{"containers[0].image": "update"}
    )
    assert fields(one) == (Field("containers[0].image", "a:1", "a:2", "a:1"),)


def test_what_nobody_declared_is_no_drift() -> None:
    assert not Field("a", ABSENT, 3, 10).drifted
    assert Field("a", 5, 3, 10).drifted
    assert not Field("a", HIDDEN, HIDDEN, HIDDEN).drifted
    assert not Field("a", 5, 3).drifted


def test_what_is_secret_stays_so_on_all_three_sides() -> None:
    before = after = {"data": {"key": HIDDEN}}
    assert found(before, after, {"data": {"key": HIDDEN}}, data__key="update") == (
        Field("data.key", HIDDEN, HIDDEN, HIDDEN),
    )
    assert at({"data": HIDDEN}, ("data", "key")) is HIDDEN


def test_what_is_made_or_goes_has_no_fields() -> None:
    for op in ("create", "delete"):
        one = planned(op, DEPLOYMENT, "shop/web", {"a": 1}, {"a": 2}, a="update")
        assert fields(one) == ()


def test_of_what_is_made_the_essential_is_told() -> None:
    pod = {
        "initContainers": [{"name": "wait", "image": "shop/wait:1"}],
        "containers": [{"name": "web", "image": "shop/web:2"}, {"name": "odd"}],
    }
    body = {"spec": {"replicas": 2, "selector": {}, "template": {"spec": pod}}}
    web = essentials(planned("create", DEPLOYMENT, "shop/web", after=body))
    assert [(one.path, one.before, one.after) for one in web] == [
        ("spec.template.spec.initContainers[0].image", ABSENT, "shop/wait:1"),
        ("spec.template.spec.containers[0].image", ABSENT, "shop/web:2"),
        ("spec.replicas", ABSENT, 2),
    ]
    service = {"spec": {"type": "NodePort", "ports": [{"port": 80}, {"port": HIDDEN}], "selector": "?"}}
    told = essentials(planned("create", "kubernetes:core/v1:Service", "shop/web", after=service))
    assert [(one.path, one.after) for one in told] == [
        ("spec.ports[0].port", 80),
        ("spec.ports[1].port", HIDDEN),
        ("spec.type", "NodePort"),
    ]


@pytest.mark.parametrize(
    ("op", "token"),
    [
        ("update", DEPLOYMENT),
        ("create", "kubernetes:example.org/v1:Deployment"),
        ("create", "gcp:container/cluster:Cluster"),
    ],
)
def test_nothing_else_is_taken_for_essential(op: Op, token: str) -> None:
    assert essentials(planned(op, token, "shop/web", after={"spec": {"replicas": 2}})) == ()


@pytest.mark.parametrize("body", [{}, {"spec": []}, {"spec": {"ports": "80", "template": {"spec": None}}}])
def test_what_is_made_may_have_any_shape(body: dict[str, Any]) -> None:
    assert essentials(planned("create", DEPLOYMENT, "shop/web", after=body)) == ()
