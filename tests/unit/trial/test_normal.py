"""Objects without what servers and controllers fill in, and what differs."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.trial.normal import differences, normal, told


def spec(kind: str, **content: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {}, "spec": content}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (
            spec("Service", clusterIP="a", clusterIPs=["a"], ports=[{"port": 1, "nodePort": 2}]),
            spec("Service", ports=[{"port": 1}]),
        ),
        (spec("PersistentVolumeClaim", volumeName="pv-1"), spec("PersistentVolumeClaim", volumeName="pv-2")),
        (
            {"kind": "Deployment", "metadata": {"annotations": {"deployment.kubernetes.io/revision": "1"}}},
            {
                "kind": "Deployment",
                "metadata": {"annotations": {}, "generation": 3},
                "status": {"replicas": 1},
            },
        ),
        (
            spec(
                "Job", selector={"a": "b"}, template={"metadata": {"labels": {"job-name": "a", "app": "x"}}}
            ),
            spec("Job", template={"metadata": {"labels": {"controller-uid": "z", "app": "x"}}}),
        ),
        (
            {"kind": "ValidatingWebhookConfiguration", "webhooks": [{"clientConfig": {"caBundle": "a"}}]},
            {"kind": "ValidatingWebhookConfiguration", "webhooks": [{"clientConfig": {}}]},
        ),
    ],
    ids=["Service", "claim", "Deployment", "Job", "webhook"],
)
def test_what_was_filled_in_makes_no_difference(first: dict[str, Any], last: dict[str, Any]) -> None:
    assert list(differences(normal(first), normal(last))) == []


def test_what_was_declared_makes_one_and_nothing_is_changed() -> None:
    first = spec("Service", type="ClusterIP", ports=[{"port": 1, "nodePort": 2}])
    last = spec("Service", type="NodePort", ports=[{"port": 3, "nodePort": 2}])
    found = tuple(differences(normal(first), normal(last)))
    assert told(found) == "spec.ports[0].port, spec.type"
    assert first["spec"]["ports"][0]["nodePort"] == 2


def test_lists_of_other_lengths_differ_as_a_whole() -> None:
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == [("a",)]
    assert list(differences({"a": {}}, {})) == []
    assert told([("a", at) for at in range(7)]) == "a[0], a[1], a[2], a[3], a[4] and 2 more"
