"""A table per kind: live objects as the API server shows them, and the verdict on each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.health import Verdict, assess, awaited


def obj(api_version: str, kind: str, **parts: Any) -> dict[str, Any]:
    metadata = {"name": "x", "generation": 2, **parts.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def condition(name: str, status: object, reason: str = "", message: str = "", **more: Any) -> dict[str, Any]:
    return {"type": name, "status": str(status), "reason": reason, "message": message, **more}


def check(verdict: Verdict, expected: str, says: str) -> None:
    state = "final" if verdict.final else verdict.state
    assert (state, says in verdict.message) == (expected, True), verdict


DEADLINE = condition("Progressing", False, "ProgressDeadlineExceeded", "timed out")
QUOTA = condition("ReplicaFailure", True, "FailedCreate", "exceeded quota")


@pytest.mark.parametrize(
    ("spec", "status", "expected", "says"),
    [
        ({}, {}, "waiting", "not seen this version"),
        ({}, {"observedGeneration": 1, "replicas": 1}, "waiting", "not seen this version"),
        (
            {},
            {"updatedReplicas": 1, "replicas": 1, "availableReplicas": 1},
            "ready",
            "1 of 1 replicas available",
        ),
        ({"replicas": 3}, {"replicas": 3, "updatedReplicas": 1}, "waiting", "1 of 3 replicas updated"),
        (
            {"replicas": 1},
            {"replicas": 2, "updatedReplicas": 1, "availableReplicas": 1},
            "waiting",
            "1 of an older version still there",
        ),
        ({"replicas": 2}, {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 1}, "waiting", "1 of 2"),
        (
            {"replicas": 2},
            {"updatedReplicas": 2, "conditions": [DEADLINE]},
            "final",
            "ProgressDeadlineExceeded",
        ),
        (
            {"replicas": 1},
            {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "conditions": [DEADLINE]},
            "ready",
            "1 of 1",
        ),
        ({"replicas": 2}, {"updatedReplicas": 1, "conditions": [QUOTA]}, "failed", "exceeded quota"),
        ({"replicas": 0}, {}, "ready", "scaled to 0"),
        ({"paused": True}, {}, "ready", "paused"),
    ],
)
def test_deployment(spec: dict[str, Any], status: dict[str, Any], expected: str, says: str) -> None:
    if says != "not seen this version":
        status = {"observedGeneration": 2, **status}
    check(assess(obj("apps/v1", "Deployment", spec=spec, status=status)), expected, says)


SAME = {"currentRevision": "a", "updateRevision": "a"}
NEW = {"currentRevision": "a", "updateRevision": "b"}
THREE = {"replicas": 3, "readyReplicas": 3, "availableReplicas": 3}


@pytest.mark.parametrize(
    ("strategy", "status", "expected", "says"),
    [
        ({}, {"observedGeneration": 1}, "waiting", "not seen this version"),
        ({}, {**THREE, **SAME}, "ready", "3 of 3"),
        ({}, {**THREE, **SAME, "readyReplicas": 2}, "waiting", "2 of 3 replicas available"),
        ({}, {**THREE, **SAME, "availableReplicas": 1}, "waiting", "1 of 3 replicas available"),
        ({}, {**THREE, **SAME, "replicas": 5}, "waiting", "scaling down from 5"),
        ({}, {**THREE, **NEW, "updatedReplicas": 1}, "waiting", "1 of 3 replicas updated"),
        ({"type": "OnDelete"}, {**THREE, **NEW}, "ready", "OnDelete"),
        (
            {"rollingUpdate": {"partition": 2}},
            {**THREE, **NEW},
            "waiting",
            "0 of 1 replicas updated (partition 2)",
        ),
        ({"rollingUpdate": {"partition": 2}}, {**THREE, **NEW, "updatedReplicas": 1}, "ready", "3 of 3"),
        ({"rollingUpdate": {"partition": 9}}, {**THREE, **NEW}, "ready", "3 of 3"),
    ],
)
def test_stateful_set(strategy: dict[str, Any], status: dict[str, Any], expected: str, says: str) -> None:
    spec = {"replicas": 3, "updateStrategy": strategy}
    live = obj("apps/v1", "StatefulSet", spec=spec, status={"observedGeneration": 2, **status})
    check(assess(live), expected, says)


def test_stateful_set_of_none() -> None:
    live = obj("apps/v1", "StatefulSet", spec={"replicas": 0}, status={"observedGeneration": 2})
    check(assess(live), "ready", "scaled to 0")


@pytest.mark.parametrize(
    ("strategy", "status", "expected", "says"),
    [
        ("", {"observedGeneration": 1}, "waiting", "not seen this version"),
        ("", {"desiredNumberScheduled": 2, "updatedNumberScheduled": 1}, "waiting", "1 of 2 nodes updated"),
        (
            "",
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 1},
            "waiting",
            "1 of 2 nodes available",
        ),
        (
            "",
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2},
            "ready",
            "2 of 2",
        ),
        ("OnDelete", {"desiredNumberScheduled": 2, "numberAvailable": 2}, "ready", "2 of 2"),
        ("", {}, "ready", "no node"),
    ],
)
def test_daemon_set(strategy: str, status: dict[str, Any], expected: str, says: str) -> None:
    spec = {"updateStrategy": {"type": strategy}}
    live = obj("apps/v1", "DaemonSet", spec=spec, status={"observedGeneration": 2, **status})
    check(assess(live), expected, says)


@pytest.mark.parametrize("kind", [("apps/v1", "ReplicaSet"), ("v1", "ReplicationController")])
@pytest.mark.parametrize(
    ("replicas", "status", "expected", "says"),
    [
        (2, {"observedGeneration": 1}, "waiting", "not seen"),
        (2, {"replicas": 2, "availableReplicas": 1}, "waiting", "1 of 2"),
        (2, {"replicas": 1, "availableReplicas": 1, "conditions": [QUOTA]}, "failed", "exceeded quota"),
        (2, {"replicas": 3, "availableReplicas": 3}, "waiting", "scaling down"),
        (2, {"replicas": 2, "availableReplicas": 2}, "ready", "2 of 2"),
        (0, {}, "ready", "scaled to 0"),
    ],
)
def test_replica_set(
    kind: tuple[str, str], replicas: int, status: dict[str, Any], expected: str, says: str
) -> None:
    live = obj(*kind, spec={"replicas": replicas}, status={"observedGeneration": 2, **status})
    check(assess(live), expected, says)


def container(name: str, why: str, message: str = "", **last: Any) -> dict[str, Any]:
    ended = {"lastState": {"terminated": last}} if last else {}
    return {"name": name, "state": {"waiting": {"reason": why, "message": message}}, **ended}


@pytest.mark.parametrize(
    ("status", "expected", "says"),
    [
        ({}, "waiting", "phase unknown"),
        ({"phase": "Succeeded"}, "ready", "ran to its end"),
        ({"phase": "Failed", "reason": "Evicted", "message": "disk"}, "final", "Evicted: disk"),
        (
            {
                "phase": "Failed",
                "containerStatuses": [
                    {"name": "c", "state": {"terminated": {"reason": "Error", "exitCode": 3}}}
                ],
            },
            "final",
            "container c: Error, exit code 3",
        ),
        ({"phase": "Failed"}, "final", "no reason given"),
        ({"conditions": [condition("Ready", True)]}, "ready", "ready"),
        (
            {
                "phase": "Pending",
                "conditions": [condition("PodScheduled", False, "Unschedulable", "0/1 nodes")],
            },
            "waiting",
            "Unschedulable: 0/1 nodes",
        ),
        (
            {"conditions": [condition("Ready", False, "ReadinessGatesNotReady", "gate x")]},
            "waiting",
            "gate x",
        ),
        (
            {"phase": "Pending", "containerStatuses": [container("c", "ContainerCreating")]},
            "waiting",
            "Pending",
        ),
        (
            {"containerStatuses": [container("c", "ImagePullBackOff", "not found\nmore")]},
            "failed",
            "container c: ImagePullBackOff: not found",
        ),
        (
            {"containerStatuses": [container("c", "CrashLoopBackOff", "", reason="OOMKilled", exitCode=137)]},
            "failed",
            "(last run: OOMKilled, exit code 137)",
        ),
        (
            {"initContainerStatuses": [container("i", "CreateContainerConfigError", "no map")]},
            "failed",
            "no map",
        ),
        (
            {
                "containerStatuses": [
                    container("a", "CrashLoopBackOff"),
                    container("b", "InvalidImageName", "x:"),
                ]
            },
            "final",
            "container b: InvalidImageName",
        ),
        ({"containerStatuses": [container("c", "ErrImageNeverPull")]}, "final", "ErrImageNeverPull"),
    ],
)
def test_pod(status: dict[str, Any], expected: str, says: str) -> None:
    check(assess(obj("v1", "Pod", status=status)), expected, says)


@pytest.mark.parametrize(
    ("spec", "status", "expected", "says"),
    [
        ({}, {}, "waiting", "0 of 1 completions"),
        (
            {"completions": 3},
            {"succeeded": 1, "active": 1, "failed": 2},
            "waiting",
            "1 of 3 completions, 1 active, 2",
        ),
        ({}, {"conditions": [condition("Complete", True)]}, "ready", "complete"),
        (
            {},
            {"conditions": [condition("Failed", True, "BackoffLimitExceeded", "too often")]},
            "final",
            "BackoffLimitExceeded: too often",
        ),
        (
            {},
            {"conditions": [condition("FailureTarget", True, "PodFailurePolicy", "m")]},
            "failed",
            "is failing",
        ),
        ({"suspend": True}, {}, "ready", "suspended"),
    ],
)
def test_job(spec: dict[str, Any], status: dict[str, Any], expected: str, says: str) -> None:
    check(assess(obj("batch/v1", "Job", spec=spec, status=status)), expected, says)


@pytest.mark.parametrize(
    ("phase", "mode", "expected", "says"),
    [
        ("Bound", None, "ready", "bound to pv-1"),
        ("Lost", None, "final", "lost"),
        ("Pending", None, "waiting", "storage class fast"),
        ("Pending", "Immediate", "waiting", "storage class fast"),
        ("Pending", "WaitForFirstConsumer", "ready", "until a pod uses it"),
    ],
)
def test_claim(phase: str, mode: str | None, expected: str, says: str) -> None:
    spec = {"storageClassName": "fast", "volumeName": "pv-1"}
    live = obj("v1", "PersistentVolumeClaim", spec=spec, status={"phase": phase})
    check(assess(live, storage_class={"volumeBindingMode": mode} if mode else None), expected, says)


@pytest.mark.parametrize(
    ("phase", "expected", "says"),
    [
        ("Available", "ready", "available"),
        ("Bound", "ready", "bound"),
        ("Failed", "final", "failed"),
        ("Released", "failed", "claimRef"),
        ("Pending", "waiting", "Pending"),
        (None, "waiting", "unknown"),
    ],
)
def test_volume(phase: str | None, expected: str, says: str) -> None:
    check(assess(obj("v1", "PersistentVolume", status={"phase": phase})), expected, says)


ADDRESS = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
HOST = {"loadBalancer": {"ingress": [{"hostname": "lb.example.org"}]}}


def endpoint(ready: bool, **more: bool) -> dict[str, Any]:
    return {"conditions": {"ready": ready, **more}}


@pytest.mark.parametrize(
    ("spec", "status", "endpoints", "expected", "says"),
    [
        ({}, {}, None, "ready", "ClusterIP"),
        ({"type": "NodePort"}, {}, None, "ready", "NodePort"),
        ({"type": "LoadBalancer"}, {"loadBalancer": {}}, None, "waiting", "no address"),
        ({"type": "LoadBalancer"}, ADDRESS, None, "ready", "10.0.0.1"),
        ({"type": "LoadBalancer"}, HOST, [], "ready", "lb.example.org"),
        ({"selector": {"a": "b"}}, {}, [], "waiting", "endpoints"),
        ({"selector": {"a": "b"}}, {}, [{"endpoints": None}], "ready", "targets no pods"),
        (
            {"selector": {"a": "b"}},
            {},
            [{"endpoints": [endpoint(True), endpoint(False)]}],
            "waiting",
            "1 of 2 pods",
        ),
        (
            {"selector": {"a": "b"}},
            {},
            [{"endpoints": [endpoint(True), endpoint(False, terminating=True)]}],
            "ready",
            "ClusterIP",
        ),
        ({"selector": {"a": "b"}, "clusterIP": "None"}, {}, [], "ready", "ClusterIP"),
        ({"selector": {"a": "b"}, "type": "ExternalName"}, {}, [], "ready", "ExternalName"),
    ],
)
def test_service(
    spec: dict[str, Any], status: dict[str, Any], endpoints: list[Any] | None, expected: str, says: str
) -> None:
    check(assess(obj("v1", "Service", spec=spec, status=status), endpoint_slices=endpoints), expected, says)


def test_ingress() -> None:
    waiting = obj("networking.k8s.io/v1", "Ingress", spec={"ingressClassName": "nginx"}, status={})
    check(assess(waiting), "waiting", "class nginx")
    check(assess({**waiting, "status": ADDRESS}), "ready", "10.0.0.1")


@pytest.mark.parametrize(
    ("conditions", "expected", "says"),
    [
        ([], "waiting", "not established"),
        ([condition("Established", True)], "ready", "established"),
        ([condition("NamesAccepted", False, "ListKindConflict", "taken")], "final", "taken"),
        ([condition("KubernetesAPIApprovalPolicyConformant", False, "MissingAnnotation", "m")], "final", "m"),
    ],
)
def test_custom_resource_definition(conditions: list[Any], expected: str, says: str) -> None:
    live = obj("apiextensions.k8s.io/v1", "CustomResourceDefinition", status={"conditions": conditions})
    check(assess(live), expected, says)


@pytest.mark.parametrize(
    ("conditions", "expected", "says"),
    [
        ([], "waiting", "not checked"),
        ([condition("Available", True)], "ready", "available"),
        ([condition("Available", False, "MissingEndpoints", "none")], "failed", "MissingEndpoints: none"),
    ],
)
def test_api_service(conditions: list[Any], expected: str, says: str) -> None:
    live = obj("apiregistration.k8s.io/v1", "APIService", status={"conditions": conditions})
    check(assess(live), expected, says)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [("Active", "ready"), (None, "ready"), ("Terminating", "final"), ("Odd", "waiting")],
)
def test_namespace(phase: str | None, expected: str) -> None:
    check(assess(obj("v1", "Namespace", status={"phase": phase})), expected, "")


def test_quota_budget_and_token() -> None:
    quota = obj("v1", "ResourceQuota", spec={"hard": {"pods": "1"}})
    check(assess(quota), "waiting", "not in force")
    check(assess({**quota, "status": {"hard": {"pods": "1"}}}), "ready", "in force")
    budget = obj("policy/v1", "PodDisruptionBudget", status={"observedGeneration": 1})
    check(assess(budget), "waiting", "not seen")
    check(assess({**budget, "status": {"observedGeneration": 2}}), "ready", "observed")
    token = obj("v1", "Secret", type="kubernetes.io/service-account-token")
    check(assess(token), "waiting", "token")
    check(assess({**token, "data": {"token": "x"}}), "ready", "exists")
    check(assess(obj("v1", "Secret", type="Opaque")), "ready", "exists")


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "ConfigMap"),
        ("batch/v1", "CronJob"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
    ],
)
def test_ready_on_existence(api_version: str, kind: str) -> None:
    inactive = {"conditions": [condition("ScalingActive", False)]}
    check(assess(obj(api_version, kind, status=inactive)), "ready", "exists")
    assert not awaited(api_version, kind)


def test_awaited() -> None:
    assert awaited("apps/v1", "Deployment")
    assert awaited("v1", "Service")
    assert awaited("v1", "PersistentVolumeClaim")
    assert awaited("gateway.networking.k8s.io/v1", "Gateway")
    assert not awaited("v1", "Secret")


@pytest.mark.parametrize(
    ("status", "expected", "says"),
    [
        (None, "unobservable", "reported nothing"),
        ({}, "unobservable", "reported nothing"),
        ("text", "unobservable", "reported nothing"),
        ({"phase": "Happy"}, "unobservable", "neither a Ready nor an Available"),
        ({"conditions": "text"}, "unobservable", "neither"),
        ({"observedGeneration": 2}, "ready", "seen this version"),
        ({"observedGeneration": 1, "conditions": [condition("Ready", True)]}, "waiting", "not seen"),
        ({"conditions": [condition("Ready", True, message="fine")]}, "ready", "fine"),
        ({"conditions": [condition("Ready", False, "Broken", "why")]}, "waiting", "not ready: Broken: why"),
        ({"conditions": [condition("Ready", "Unknown", "Progressing")]}, "waiting", "Progressing"),
        ({"conditions": [condition("Ready", True, observedGeneration=1)]}, "waiting", "older version"),
        ({"conditions": [condition("Available", True)]}, "ready", "available"),
        ({"conditions": [condition("Available", False, "No")]}, "waiting", "not available: No"),
        (
            {"conditions": [condition("Ready", True), condition("Reconciling", True, "R", "again")]},
            "waiting",
            "reconciling: R: again",
        ),
        ({"conditions": [condition("Stalled", True, "BadSpec", "no such thing")]}, "final", "BadSpec"),
        (
            {"conditions": [condition("Stalled", True, observedGeneration=1), condition("Ready", True)]},
            "ready",
            "ready",
        ),
    ],
)
def test_custom_resource(status: object, expected: str, says: str) -> None:
    check(assess(obj("example.org/v1", "Widget", status=status)), expected, says)


@pytest.mark.parametrize("kind", [("v1", "Namespace"), ("apps/v1", "Deployment"), ("v1", "ConfigMap")])
def test_deletion_is_final_and_names_finalizers(kind: tuple[str, str]) -> None:
    going = {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["example.org/held"]}
    check(assess(obj(*kind, metadata=going)), "final", "is being deleted (finalizers: example.org/held)")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KINDS = [
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("v1", "Pod"),
    ("batch/v1", "Job"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("networking.k8s.io/v1", "Ingress"),
    ("example.org/v1", "Widget"),
]


@given(st.sampled_from(KINDS), JSON, JSON, JSON)
def test_no_shape_breaks_it(kind: tuple[str, str], spec: object, status: object, conditions: object) -> None:
    if isinstance(status, dict):
        status = {
            **status,
            "conditions": conditions,
            "containerStatuses": conditions,
            "loadBalancer": conditions,
        }
    assert assess(obj(*kind, spec=spec, status=status)).message
