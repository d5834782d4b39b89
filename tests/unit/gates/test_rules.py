"""Every rule that comes with onestack: broken once, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from onestack.gates.policy import Review
from onestack.gates.rules import OURS
from onestack.graph import Resource
from onestack.manifests.manifest import Manifest
from tests.unit.gates.plans import change, cloud, container, deployment, obj, plan

RBAC = "rbac.authorization.k8s.io/v1"
CLUSTER = "gcp:container/cluster:Cluster"
PRIVATE = {"privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True}}


def pods(**more: Any) -> Review:
    return Review((deployment({"containers": [container(**more)]}),))


def spec(**more: Any) -> Review:
    return Review((deployment({"containers": [container()], **more}),))


def objects(*some: Manifest) -> Review:
    return Review(some)


def binding(role: str, subject: str = "web") -> Manifest:
    body = {"roleRef": {"kind": "ClusterRole", "name": role}, "subjects": [{"kind": "User", "name": subject}]}
    return obj("ClusterRoleBinding", body, version=RBAC)


def role(*words: str) -> Manifest:
    rules = [dict(zip(("apiGroups", "resources", "verbs"), ([word] for word in words), strict=True))]
    return obj("ClusterRole", {"rules": rules}, version=RBAC)


def service(body: Mapping[str, Any], **notes: str) -> Review:
    made = {"metadata": {"name": "web", "namespace": "shop", "annotations": notes}, "spec": body}
    return objects(obj("Service", made))


def resources(*some: Resource) -> Review:
    return Review(resources=some)


def budget(labels: Mapping[str, str]) -> Manifest:
    return obj("PodDisruptionBudget", {"spec": {"selector": {"matchLabels": labels}}}, version="policy/v1")


def scaler(least: int) -> Manifest:
    target = {"kind": "Deployment", "name": "web"}
    return obj("HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": target, "minReplicas": least}})


MANY = deployment({"containers": [container()]}, replicas=2)
FIREWALL = "gcp:compute/firewall:Firewall"
BUCKET = "gcp:storage/bucket:Bucket"
MEMBER = "gcp:projects/iAMMember:IAMMember"
OPEN = {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]}}
NARROW = {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "192.0.2.0/24"}]}}


def wall(source: str, port: str) -> Review:
    return resources(cloud(FIREWALL, {"sourceRanges": [source], "allows": [{"ports": [port]}]}))


BROKEN: list[tuple[str, Review, str]] = [
    ("image-tag", pods(image="shop/web"), "the image 'shop/web' has no tag"),
    ("image-tag", pods(image="localhost:5000/web"), "has no tag"),
    ("image-tag", pods(image="shop/web:latest"), "has the tag latest"),
    ("image-tag", spec(initContainers=[{"name": "a", "image": "a"}]), "the image 'a' has no tag"),
    ("privileged", pods(securityContext={"runAsNonRoot": True, "privileged": True}), "is privileged"),
    (
        "capabilities",
        pods(securityContext={"runAsNonRoot": True, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}),
        "a container has the capability CAP_SYS_ADMIN",
    ),
    ("host-path", spec(volumes=[{"name": "a", "hostPath": {"path": "/"}}]), "a volume is a path of the node"),
    ("host-namespaces", spec(hostNetwork=True), "its pods have hostNetwork"),
    ("host-namespaces", spec(hostPID=True), "its pods have hostPID"),
    ("not-root", pods(securityContext={}), "a container may run as root"),
    ("not-root", spec(securityContext={"runAsUser": 0}), "a container may run as root"),
    ("requests", pods(resources={"requests": {"cpu": "1"}}), "a container requests no memory"),
    ("requests", pods(resources={}), "a container requests no cpu and no memory"),
    ("disruption-budget", objects(MANY), "it has several pods and no PodDisruptionBudget"),
    ("disruption-budget", objects(MANY, budget({"app": "other"})), "no PodDisruptionBudget"),
    ("disruption-budget", Review((deployment({"containers": []}), scaler(2))), "no PodDisruptionBudget"),
    ("cluster-admin", objects(binding("cluster-admin")), "it gives the role cluster-admin"),
    ("cluster-admin", objects(role("*", "*", "*")), "it allows everything on everything"),
    ("everybody-bound", objects(binding("view", "system:anonymous")), "gives rights to system:anonymous"),
    (
        "secret-in-git",
        objects(obj("Secret", {"stringData": {"password": "hunter2"}})),
        "plain text: password",
    ),
    ("namespace-kept", Review(plan=plan(change("delete", "shop", "Namespace"))), "Namespace shop: the plan"),
    (
        "namespace-kept",
        Review(plan=plan(change("replace", "a", "CustomResourceDefinition"))),
        "the plan deletes it, and everything in it",
    ),
    ("load-balancer", service({"type": "LoadBalancer"}), "everybody can reach it"),
    ("control-plane-open", resources(cloud(CLUSTER, PRIVATE | OPEN)), "is open to 0.0.0.0/0"),
    (
        "control-plane-open",
        resources(cloud(CLUSTER, {"privateClusterConfig": {"enablePrivateNodes": True}})),
        "has a public address without authorised networks",
    ),
    ("public-nodes", resources(cloud(CLUSTER, NARROW)), "its nodes have public addresses"),
    ("shell-open", wall("0.0.0.0/0", "20-25"), "it lets 0.0.0.0/0 in to port 22 or 3389"),
    ("shell-open", wall("::/0", "3389"), "it lets ::/0 in"),
    (
        "shell-open",
        resources(cloud(FIREWALL, {"sourceRanges": ["0.0.0.0/0"], "allows": [{"protocol": "all"}]})),
        "it lets 0.0.0.0/0 in",
    ),
    (
        "basic-role",
        resources(cloud(MEMBER, {"role": "roles/editor", "member": "user:a@b.c"})),
        "roles/editor",
    ),
    (
        "public-member",
        resources(cloud(MEMBER, {"role": "roles/x", "member": "allUsers"})),
        "gives roles/x to all",
    ),
    (
        "public-member",
        resources(cloud(MEMBER, {"members": ["allAuthenticatedUsers"]})),
        "gives access to allAuth",
    ),
    ("public-bucket", resources(cloud(BUCKET, {})), "publicAccessPrevention is not enforced"),
    (
        "unprotected-data",
        resources(cloud(CLUSTER, PRIVATE | {"deletionProtection": False})),
        "deletionProtection is off",
    ),
]

KEPT: list[Review] = [
    pods(),
    pods(image="localhost:5000/web:1"),
    pods(image="web@sha256:" + "a" * 64),
    pods(securityContext={"runAsUser": 1000, "capabilities": {"add": ["NET_BIND_SERVICE"]}}),
    spec(volumes=[{"name": "a", "emptyDir": {}}], securityContext={"runAsNonRoot": True}, hostNetwork=False),
    pods(resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
    objects(MANY, budget({"app": "web"})),
    Review((deployment({"containers": []}, replicas=3), scaler(1))),
    objects(binding("view")),
    objects(role("apps", "*", "*")),
    objects(obj("Secret", {"stringData": {"password": "${secrets:password}"}})),
    Review(plan=plan(change("update", "shop", "Namespace"), change("delete"))),
    service({"type": "LoadBalancer", "loadBalancerSourceRanges": ["192.0.2.0/24"]}),
    service({"type": "LoadBalancer"}, **{"networking.gke.io/load-balancer-type": "Internal"}),
    service({"type": "ClusterIP"}),
    resources(cloud(CLUSTER, PRIVATE)),
    resources(cloud(CLUSTER, PRIVATE | NARROW | {"deletionProtection": True})),
    wall("0.0.0.0/0", "443"),
    wall("10.0.0.0/8", "22"),
    wall("0.0.0.0/0", "80-443"),
    resources(cloud(MEMBER, {"role": "roles/viewer", "member": "serviceAccount:a@b.c"})),
    resources(cloud(BUCKET, {"publicAccessPrevention": "enforced"})),
]

# Values of a shape that no schema allows; a rule looks at what was declared, which may be wrong.
ODD: list[Any] = [None, "text", 3, [], [None], {}, {"a": None}]


@pytest.mark.parametrize(("name", "review", "said"), BROKEN)
def test_what_breaks_a_rule_is_found_by_that_rule_alone(name: str, review: Review, said: str) -> None:
    found = {one.name: [str(each) for each in one.check(review)] for one in OURS}
    assert [text for text in found[name] if said in text]
    others = {rule for rule, texts in found.items() if texts and rule != name}
    assert others == set()


@pytest.mark.parametrize("review", KEPT)
def test_what_is_right_breaks_none(review: Review) -> None:
    assert [str(found) for one in OURS for found in one.check(review)] == []


def test_every_rule_is_broken_once_and_has_a_reason() -> None:
    assert {name for name, _review, _said in BROKEN} == {one.name for one in OURS}
    assert len({one.name for one in OURS}) == len(OURS)
    assert all(one.reason.endswith(".") for one in OURS)


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_rules_take_whatever_is_declared(odd: Any) -> None:
    broken = [
        deployment(odd),
        deployment({"containers": odd, "volumes": odd}),
        deployment({"containers": [container(image=odd, securityContext=odd, resources=odd)]}),
        obj("PodDisruptionBudget", {"spec": odd}, version="policy/v1"),
        obj("Service", {"spec": odd, "metadata": odd}),
        obj("ClusterRoleBinding", {"roleRef": odd, "subjects": odd}, version=RBAC),
        obj("ClusterRole", {"rules": odd}, version=RBAC),
        obj("HorizontalPodAutoscaler", {"spec": odd}),
        obj("Secret", {"data": odd, "stringData": odd}),
    ]
    names = (
        "privateClusterConfig",
        "masterAuthorizedNetworksConfig",
        "sourceRanges",
        "allows",
        "members",
        "role",
    )
    types = [CLUSTER, FIREWALL, BUCKET, MEMBER]
    made = [cloud(kind, dict.fromkeys(names, odd)) for kind in types]
    for one in OURS:
        assert isinstance(list(one.check(Review(tuple(broken), tuple(made)))), list)
