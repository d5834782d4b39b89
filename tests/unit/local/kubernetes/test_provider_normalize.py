from __future__ import annotations

from typing import Any

import pytest

from onestack.local.kubernetes.normalize import normalized
from onestack.local.serving.codec import UNKNOWNS


def deployment(**pod: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": pod}}}


def pod_of(obj: dict[str, Any]) -> Any:
    return normalized(obj)["spec"]["template"]["spec"]


def test_unknown_fields_are_dropped() -> None:
    obj = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replica": 2, "replicas": 1}}

    assert normalized(obj)["spec"] == {"replicas": 1}


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ({"hostNetwork": False}, {}),
        ({"hostNetwork": True}, {"hostNetwork": True}),
        ({"nodeSelector": {}}, {}),
        ({"tolerations": []}, {}),
        ({"automountServiceAccountToken": False}, {"automountServiceAccountToken": False}),
        ({"restartPolicy": ""}, {}),
        ({"terminationGracePeriodSeconds": 0}, {"terminationGracePeriodSeconds": 0}),
        ({"securityContext": {}}, {"securityContext": {}}),
        ({"securityContext": None}, {}),
        ({"volumes": [{"name": "v", "emptyDir": {}}]}, {"volumes": [{"name": "v", "emptyDir": {}}]}),
        ({"containers": []}, {"containers": []}),
    ],
)
def test_empty_values_stay_only_where_the_server_keeps_them(declared: Any, kept: Any) -> None:
    assert pod_of(deployment(**declared)) == kept


def test_quantities_get_their_one_form() -> None:
    requests = {"cpu": "1000m", "memory": "1024Mi", "pods": 2}
    container = {"name": "c", "resources": {"requests": requests}}

    resources = pod_of(deployment(containers=[container]))["containers"][0]["resources"]

    assert resources == {"requests": {"cpu": "1", "memory": "1Gi", "pods": "2"}}


def test_an_object_that_does_not_fit_its_type_stays_as_it_is() -> None:
    misfit = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": "two", "replica": 2}}

    assert normalized(misfit) == misfit


def test_custom_resources_stay_as_they_are() -> None:
    custom = {"apiVersion": "example.org/v1", "kind": "CronTab", "spec": {"empty": {}, "cpu": "1000m"}}

    assert normalized(custom) == custom


def test_an_object_with_unknown_values_stays_as_it_is() -> None:
    unknown = next(iter(UNKNOWNS.values()))
    obj = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replica": unknown}}

    assert normalized(obj) == obj


def test_a_secrets_texts_become_its_data() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": {"a": "bm8=", "c": "Y2\n9s"},
        "stringData": {"a": "yes", "b": "b"},
    }

    changed = normalized(secret)

    assert changed["data"] == {"a": "eWVz", "b": "Yg==", "c": "Y2\n9s"}
    assert "stringData" not in changed


def test_a_secrets_data_is_encoded_as_the_server_does() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "Y2\n9s", "b": "not base64"}}

    assert normalized(secret)["data"] == {"a": "Y29s", "b": "not base64"}


def test_a_definition_loses_what_the_server_removes() -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {"preserveUnknownFields": False, "scope": "Cluster"},
        "status": {"storedVersions": ["v1"]},
    }

    assert normalized(definition)["spec"] == {"scope": "Cluster"}
    assert "status" not in normalized(definition)


def test_metadata_that_only_the_server_writes_is_removed() -> None:
    metadata = {"name": "x", "uid": "u", "creationTimestamp": None}
    obj = {"apiVersion": "example.org/v1", "kind": "CronTab", "metadata": metadata}

    assert normalized(obj)["metadata"] == {"name": "x"}


def test_times_are_in_utc() -> None:
    spec = {"renewTime": "2026-01-01T01:00:00+01:00"}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec}

    assert normalized(lease)["spec"]["renewTime"] == "2026-01-01T00:00:00.000000Z"
