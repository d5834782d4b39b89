"""What a user of the bookshop would miss first: its workloads run as they are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest


def containers(workload: Mapping[str, Any]) -> dict[str, str]:
    """A workload's containers and their images."""
    return {one["name"]: one["image"] for one in workload["spec"]["template"]["spec"]["containers"]}


def pods(cluster: Any, workload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pods that a workload selects."""
    labels = workload["spec"]["selector"]["matchLabels"]
    return list(cluster.list("Pod", workload["metadata"]["namespace"], labels=labels))


def unequal(stack: Any, cluster: Any, kind: str) -> Iterator[str]:
    """What differs between the declared workloads of a kind and the live ones."""
    for declared in stack.declared(kind):
        name, namespace = declared["metadata"]["name"], declared["metadata"]["namespace"]
        live = cluster.get(kind, name, namespace, api_version="apps/v1")
        if containers(live) != containers(declared):
            yield f"{kind} {namespace}/{name} runs {containers(live)}, not {containers(declared)}"
        wanted = declared["spec"].get("replicas", live["spec"]["replicas"])
        ready = live.get("status", {}).get("readyReplicas", 0)
        if ready != wanted:
            yield f"{kind} {namespace}/{name} has {ready} of {wanted} replicas ready"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_workloads_run_what_is_declared(stack: Any, cluster: Any, kind: str) -> None:
    assert stack.declared(kind), f"the stack declares no {kind}"
    assert list(unequal(stack, cluster, kind)) == []


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_no_container_was_started_again(stack: Any, cluster: Any, kind: str) -> None:
    restarts = {
        f"{pod['metadata']['name']}/{one['name']}": one["restartCount"]
        for workload in stack.declared(kind)
        for pod in pods(cluster, workload)
        for one in pod["status"].get("containerStatuses", ())
    }
    assert restarts
    assert not {name: count for name, count in restarts.items() if count}


def test_what_pods_mount_is_there(stack: Any, cluster: Any) -> None:
    for workload in [*stack.declared("Deployment"), *stack.declared("StatefulSet")]:
        for volume in workload["spec"]["template"]["spec"].get("volumes", ()):
            if name := volume.get("configMap", {}).get("name"):
                assert cluster.get("ConfigMap", name, workload["metadata"]["namespace"])["data"]
