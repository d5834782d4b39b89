from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from onestack.local.kubernetes.checkpoint import Checkpoint
from onestack.local.kubernetes.diff import Verdict, judge
from onestack.local.kubernetes.immutable import IDENTITY, immutable_fields
from onestack.local.serving.codec import UNKNOWNS
from onestack.local.serving.property_path import format_path, parse_path

UNKNOWN = next(iter(UNKNOWNS.values()))


def service(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def judged(
    old: dict[str, Any], new: dict[str, Any], live: dict[str, Any] | None = None, *, ignored: str = ""
) -> Verdict:
    immutable = immutable_fields(new, mutable_config_maps=False, mutable_secrets=False)
    state = Checkpoint(deepcopy(old), deepcopy(live or old))
    paths = [parse_path(ignored)] if ignored else []
    return judge(state, deepcopy(new), namespaced=True, immutable=immutable, ignored=paths)


def kinds(verdict: Verdict) -> dict[str, int]:
    return {format_path(path): change.kind for path, change in verdict.changes.items()}


def test_nothing_changed_is_no_change() -> None:
    old = service(ports=[{"port": 80}])
    live = service(ports=[{"port": 80, "protocol": "TCP"}], clusterIP="10.0.0.1")

    assert judged(old, old, live).changes == {}


def test_a_changed_item_of_a_list_is_named_alone() -> None:
    old, new = service(ports=[{"port": 80}, {"port": 81}]), service(ports=[{"port": 80}, {"port": 82}])

    assert kinds(judged(old, new)) == {"spec.ports[1].port": 4}


def test_items_added_to_and_removed_from_a_list() -> None:
    one, two = service(ports=[{"port": 80}]), service(ports=[{"port": 80}, {"port": 81}])

    assert kinds(judged(one, two)) == {"spec.ports[1]": 0}
    assert kinds(judged(two, one)) == {"spec.ports[1]": 2}


def test_a_removed_field_is_an_input_diff() -> None:
    verdict = judged(service(type="ClusterIP", externalName="x"), service(type="ClusterIP"))

    assert kinds(verdict) == {"spec.externalName": 2}
    assert next(iter(verdict.changes.values())).input_diff


def test_drift_of_a_declared_field_is_a_change_and_of_others_is_none() -> None:
    old = service(type="ClusterIP")
    live = service(type="NodePort", sessionAffinity="None")

    assert kinds(judged(old, old, live)) == {"spec.type": 4}


def test_an_immutable_field_replaces_and_the_old_object_goes_first() -> None:
    verdict = judged(service(), service(clusterIP="None"))

    assert kinds(verdict) == {"spec.clusterIP": 1}
    assert verdict.replaces == ("spec.clusterIP",)
    assert verdict.delete_first


def test_another_name_replaces_without_deleting_first() -> None:
    renamed = service()
    renamed["metadata"] = {"name": "api", "namespace": "shop"}

    verdict = judged(service(), renamed)

    assert verdict.replaces == ("metadata.name",)
    assert not verdict.delete_first


def test_a_made_up_name_is_replaced_beside_the_old_object() -> None:
    new = service(clusterIP="None")
    new["metadata"]["annotations"] = {"pulumi.com/autonamed": "true"}

    assert judged(service(), new).replaces
    assert not judged(service(), new).delete_first


def test_ignored_changes_are_no_changes() -> None:
    old, new = service(ports=[{"port": 80}]), service(ports=[{"port": 81}])

    assert judged(old, new, ignored="spec.ports[*].port").changes == {}
    assert judged(old, new, ignored="spec").changes == {}
    assert judged(old, new, ignored="spec.type").changes != {}


def test_a_value_that_is_not_known_yet_is_a_change() -> None:
    old = service(type="ClusterIP")
    new = service(type=UNKNOWN, externalName=UNKNOWN)

    assert kinds(judged(old, new)) == {"spec.type": 4, "spec.externalName": 0}


def test_a_namespace_left_out_is_the_default_one() -> None:
    old, new = service(), service()
    old["metadata"], new["metadata"] = {"name": "web"}, {"name": "web", "namespace": "default"}

    assert judged(old, new).changes == {}


@pytest.mark.parametrize("frozen", [True, False])
def test_config_maps_are_replaced_unless_they_may_change(frozen: bool) -> None:
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "immutable": frozen}

    assert ".data" in immutable_fields(obj, mutable_config_maps=False, mutable_secrets=True)
    assert (".data" in immutable_fields(obj, mutable_config_maps=True, mutable_secrets=True)) is frozen


def test_a_mutable_secrets_type_still_replaces_it() -> None:
    obj = {"apiVersion": "v1", "kind": "Secret"}

    assert immutable_fields(obj, mutable_config_maps=True, mutable_secrets=True) == (*IDENTITY, ".type")
    assert ".data" in immutable_fields(obj, mutable_config_maps=True, mutable_secrets=False)


@pytest.mark.parametrize(
    ("kind", "old", "new", "replaced"),
    [
        ("apps/v1/Deployment", {"selector": {"a": 1}}, {"selector": {"a": 2}}, True),
        ("apps/v1/Deployment", {"replicas": 1}, {"replicas": 2}, False),
        ("apps/v1/StatefulSet", {"serviceName": "a"}, {"serviceName": "b"}, True),
        ("batch/v1/Job", {"template": {"x": 1}}, {"template": {"x": 2}}, True),
        ("v1/Pod", {"containers": [{"image": "a"}]}, {"containers": [{"image": "b"}]}, True),
        ("v1/Pod", {"containers": [{"name": "a"}]}, {"containers": [{"name": "b"}]}, False),
        ("v1/PersistentVolumeClaim", {"accessModes": ["a"]}, {"accessModes": ["b"]}, True),
        ("example.org/v1/CronTab", {"every": 1}, {"every": 2}, False),
    ],
)
def test_the_official_table_of_immutable_fields(kind: str, old: Any, new: Any, replaced: bool) -> None:
    api_version, _, name = kind.rpartition("/")
    before, after = (
        {"apiVersion": api_version, "kind": name, "metadata": {"name": "x", "namespace": "y"}, "spec": spec}
        for spec in (old, new)
    )
    immutable = immutable_fields(after, mutable_config_maps=False, mutable_secrets=False)
    # As the types of these objects are cut short, the old inputs must not be normalized.
    state = Checkpoint({**before, "apiVersion": f"x{api_version}"}, before)

    verdict = judge(state, after, namespaced=True, immutable=immutable, ignored=[])

    assert verdict.changes
    assert bool(verdict.replaces) is replaced
