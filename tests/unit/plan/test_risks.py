"""What is lost, and which risks are told: one case per rule, and a harmless neighbour of each."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.plan import risks
from onestack.plan.destroys import destroys
from onestack.plan.held import Held
from onestack.plan.planned import Planned
from tests.unit.plan.made import planned, resource

NOTHING = Held()
RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
SERVICE, INGRESS = "kubernetes:core/v1:Service", "kubernetes:networking.k8s.io/v1:Ingress"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
STATEFUL = "kubernetes:apps/v1:StatefulSet"
ADMIN: dict[str, Any] = {
    "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
    "subjects": [{"kind": "ServiceAccount", "name": "ci", "namespace": "ci"}],
}
VIEWER = {**ADMIN, "roleRef": {"kind": "ClusterRole", "name": "view"}}
TEMPLATE = {"spec": {"replicas": 2, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]}}


def found(*changing: Planned, held: Held = NOTHING) -> list[tuple[str, bool]]:
    return [(risk.rule, risk.grave) for risk in risks(changing, held)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (planned("delete", CLAIM, "a/b"), [("deletes-data", True)]),
        (planned("update", CLAIM, "a/b"), []),
        (planned("delete", STATEFUL, "a/b", TEMPLATE), [("deletes-data", True)]),
        (planned("delete", "gcp:storage/bucket:Bucket", "b"), [("deletes-data", True)]),
        (planned("delete", "gcp:kms/cryptoKey:CryptoKey", "b"), [("deletes-data", True)]),
        (planned("delete", "kubernetes:core/v1:ConfigMap", "a/b"), []),
        (planned("delete", "kubernetes:core/v1:Namespace", "a"), [("deletes-ground", True)]),
        (
            planned("replace", "gcp:container/cluster:Cluster", "c", location="update-replace"),
            [("replaces-ground", True), ("replaces", True)],
        ),
        (
            planned("replace", "kubernetes:core/v1:Namespace", "a", provider="update-replace"),
            [],
        ),
        (
            planned("replace", CLAIM, "a/b", provider="update-replace"),
            [("replaces-data", True)],
        ),
        (planned("update", "gcp:container/cluster:Cluster", "c"), []),
        (
            planned("replace", "kubernetes:apps/v1:Deployment", "a/b", spec__selector="update-replace"),
            [("replaces", True)],
        ),
        (
            planned("delete", SERVICE, "a/b", {"spec": {"type": "LoadBalancer"}}),
            [("loses-address", True)],
        ),
        (planned("delete", SERVICE, "a/b", {"spec": {"type": "ClusterIP"}}), []),
        (
            planned("update", SERVICE, "a/b", {"spec": {}}, {"spec": {"type": "LoadBalancer"}}),
            [("exposes", True)],
        ),
        (
            planned(
                "create",
                SERVICE,
                "a/b",
                after={
                    "spec": {"type": "LoadBalancer"},
                    "metadata": {"annotations": {"networking.gke.io/load-balancer-type": "Internal"}},
                },
            ),
            [],
        ),
        (
            planned(
                "update",
                SERVICE,
                "a/b",
                {"spec": {"type": "LoadBalancer"}},
                {"spec": {"type": "LoadBalancer"}, "metadata": {"labels": {"a": "b"}}},
            ),
            [],
        ),
        (planned("create", INGRESS, "a/b", after={"spec": {"rules": [{"host": "x"}]}}), [("exposes", True)]),
        (
            planned(
                "update",
                INGRESS,
                "a/b",
                {"spec": {"rules": [{"host": "x"}]}},
                {"spec": {"rules": [{"host": "x"}]}},
            ),
            [],
        ),
        (
            planned(
                "update",
                "gcp:compute/firewall:Firewall",
                "f",
                {"sourceRanges": ["10.0.0.0/8"]},
                {"sourceRanges": ["0.0.0.0/0"]},
            ),
            [("exposes", True)],
        ),
        (
            planned(
                "create", "gcp:storage/bucketIAMMember:BucketIAMMember", "m", after={"member": "allUsers"}
            ),
            [("exposes", True), ("changes-access", False)],
        ),
        (planned("create", f"{RBAC}:ClusterRoleBinding", "b", after=ADMIN), [("changes-access", True)]),
        (planned("create", f"{RBAC}:RoleBinding", "a/b", after=VIEWER), [("changes-access", False)]),
        (planned("update", f"{RBAC}:RoleBinding", "a/b", VIEWER, VIEWER), []),
        (planned("update", f"{RBAC}:RoleBinding", "a/b", VIEWER, ADMIN), [("changes-access", True)]),
        (
            planned(
                "update",
                f"{RBAC}:Role",
                "a/b",
                {"rules": [{"verbs": ["get"], "resources": ["pods"]}]},
                {"rules": [{"verbs": ["get", "list"], "resources": ["pods"]}]},
            ),
            [("changes-access", True)],
        ),
        (
            planned(
                "create", f"{RBAC}:Role", "a/b", after={"rules": [{"verbs": ["get"], "resources": ["pods"]}]}
            ),
            [],
        ),
        (
            planned(
                "create", f"{RBAC}:ClusterRole", "b", after={"rules": [{"verbs": ["*"], "resources": ["*"]}]}
            ),
            [("changes-access", True)],
        ),
        (
            planned(
                "create",
                "gcp:projects/iAMMember:IAMMember",
                "m",
                after={"role": "roles/owner", "member": "user:a@b.example"},
            ),
            [("changes-access", True)],
        ),
        (
            planned(
                "update",
                "kubernetes:core/v1:ServiceAccount",
                "a/b",
                {"metadata": {"annotations": {"iam.gke.io/gcp-service-account": "a@p"}}},
                {"metadata": {"annotations": {}}},
            ),
            [("changes-access", True)],
        ),
        (
            planned(
                "update",
                "gcp:container/cluster:Cluster",
                "c",
                {"deletionProtection": True},
                {"deletionProtection": False},
            ),
            [("drops-protection", True)],
        ),
        (
            planned(
                "update",
                "kubernetes:apps/v1:Deployment",
                "a/b",
                {"spec": {"replicas": 2}},
                {"spec": {"replicas": 0}},
            ),
            [("stops", False)],
        ),
        (
            planned(
                "create",
                "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
                "w",
                after={"webhooks": [{"name": "x.example"}]},
            ),
            [("can-block", False)],
        ),
        (
            planned(
                "create",
                "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
                "w",
                after={"webhooks": [{"name": "x.example", "failurePolicy": "Ignore"}]},
            ),
            [],
        ),
        (planned("update", "pulumi:providers:kubernetes", "cluster", kubeconfig="update"), []),
        (
            planned("update", "pulumi:providers:kubernetes", "cluster", enableServerSideApply="update"),
            [("changes-provider", False)],
        ),
    ],
)
def test_each_rule(change: Planned, told: list[tuple[str, bool]]) -> None:
    assert found(change) == told


def test_many_changes_are_a_risk_and_a_first_deployment_is_none() -> None:
    token = "kubernetes:core/v1:ConfigMap"
    held = Held(tuple(resource(token, f"a/{number}") for number in range(100)))
    many = [planned("update", token, f"a/{number}") for number in range(25)]
    assert found(*many, held=held) == [("changes-many", True)]
    assert found(*many[:24], held=held) == []
    going = [planned("delete", token, f"a/{number}") for number in range(25)]
    assert found(*going, held=held) == [("deletes-many", True)]
    new = [planned("create", token, f"a/{number}") for number in range(500)]
    assert found(*new) == []
    few = Held(tuple(resource(token, f"a/{number}") for number in range(8)))
    assert found(*many[:5], held=few) == [("changes-many", True)]
    assert found(*many[:4], held=few) == []


def test_a_namespace_takes_what_is_in_it() -> None:
    held = Held(
        (
            resource("kubernetes:core/v1:Namespace", "old"),
            resource("kubernetes:core/v1:ConfigMap", "old/a"),
            resource("kubernetes:apps/v1:Deployment", "old/b"),
            resource("kubernetes:apps/v1:Deployment", "new/b"),
        )
    )
    (lost,) = destroys(planned("delete", "kubernetes:core/v1:Namespace", "old"), held)
    assert lost.startswith("everything in it: 2 objects of this stack, and what others put there")


def test_a_definition_takes_every_object_of_its_kind() -> None:
    token = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
    body = {"spec": {"group": "example.com", "names": {"kind": "Promotion"}}}
    held = Held((resource("kubernetes:example.com/v1:Promotion", "a/b"),))
    assert destroys(planned("delete", token, "promotions.example.com", body), held) == (
        "every Promotion of the cluster, 1 of them of this stack",
    )


def test_claims_of_a_stateful_set_stay_unless_it_says_otherwise() -> None:
    kept = destroys(planned("delete", STATEFUL, "a/b", TEMPLATE), NOTHING)
    assert kept[0].startswith("the pods that use the claims data of 2 pods; those stay")
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}
    gone = destroys(planned("delete", STATEFUL, "a/b", {"spec": {**TEMPLATE["spec"], **policy}}), NOTHING)
    assert gone == ("the claims data of 2 pods, and the data on their volumes",)


def test_only_what_goes_destroys() -> None:
    for op in ("create", "update"):
        assert destroys(planned(op, CLAIM, "a/b"), NOTHING) == ()
