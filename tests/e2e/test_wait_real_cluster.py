"""Client, discovery and collective readiness against a real API server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onestack.errors import ApiError, KindUnknown
from onestack.kube.client import APPLY, Client
from onestack.kube.connection import connect
from onestack.kube.discovery import Discovery
from onestack.local.plane import Plane, throwaway
from onestack.progress import Silent
from onestack.wait import ObjectRef, Tempo, WaitProgress, WaitReport, assess_now, until_ready

pytestmark = pytest.mark.e2e

QUICK = Tempo(settle=0.5, unobserved=0.5, explain=0.5, report=0.1)


class Cluster:
    """A client of one control plane that applies objects and waits for them."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.discovery = Discovery(client)
        self.seen: list[WaitProgress] = []
        self.began = asyncio.Event()
        self.in_trouble = asyncio.Event()

    async def apply(self, *objects: dict[str, Any]) -> list[ObjectRef]:
        refs = []
        for obj in objects:
            metadata = obj["metadata"]
            resource = await self.discovery.find(obj["apiVersion"], obj["kind"], within_seconds=30)
            await self.client.request(
                "PATCH",
                resource.path(metadata.get("namespace"), metadata["name"]),
                params={"fieldManager": "onestack-test", "force": "true"},
                body=obj,
                content_type=APPLY,
            )
            refs.append(
                ObjectRef(obj["apiVersion"], obj["kind"], metadata.get("namespace"), metadata["name"])
            )
        return refs

    async def wait(self, refs: list[ObjectRef], seconds: float = 60.0) -> WaitReport:
        return await until_ready(
            self.client, refs, timeout_seconds=seconds, on_progress=self._see, tempo=QUICK
        )

    def _see(self, progress: WaitProgress) -> None:
        self.seen.append(progress)
        self.began.set()
        if progress.trouble:
            self.in_trouble.set()


@pytest.fixture
async def cluster(plane: Plane) -> AsyncIterator[Cluster]:
    async with Client(connect(plane.kubeconfig), user_agent="onestack-test") as client:
        yield Cluster(client)


@pytest.fixture
async def namespace(cluster: Cluster, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    name = "wait-" + request.node.name.removeprefix("test_").replace("_", "-")[:40]
    await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    await cluster.client.request("DELETE", f"/api/v1/namespaces/{name}")


def deployment(namespace: str, name: str, replicas: int = 1, **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "c", "image": "example.org/c:1"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container], **pod}},
        },
    }


def config_map(namespace: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}


async def test_everything_becomes_ready(cluster: Cluster, namespace: str) -> None:
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": namespace},
        "spec": {
            "template": {
                "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "example.org/c:1"}]}
            }
        },
    }
    refs = await cluster.apply(deployment(namespace, "web", 3), config_map(namespace, "settings"), job)
    report = await cluster.wait(refs)
    assert report.ok, report.message()
    assert (cluster.seen[-1].ready, cluster.seen[-1].total) == (3, 3)
    assert (await assess_now(cluster.client, refs)).ok


async def test_unschedulable_pod_is_the_reason(cluster: Cluster, namespace: str) -> None:
    refs = await cluster.apply(deployment(namespace, "web", nodeSelector={"no": "such-node"}))
    report = await cluster.wait(refs, seconds=3.0)
    assert report.timed_out
    message = report.message()
    assert f"Deployment {namespace}/web: 0 of 1 replicas available; pod web-" in message
    assert "didn't match Pod's node affinity/selector" in message


async def test_exceeded_quota_is_the_reason(cluster: Cluster, namespace: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none", "namespace": namespace},
        "spec": {"hard": {"pods": "0"}},
    }
    assert (await cluster.wait(await cluster.apply(quota))).ok
    report = await cluster.wait(await cluster.apply(deployment(namespace, "web")), seconds=3.0)
    assert "exceeded quota: none" in report.message()
    assert report.not_ready[0].verdict.state == "failed"


async def test_exceeded_deadline_ends_the_wait_early(cluster: Cluster, namespace: str) -> None:
    stuck = deployment(namespace, "web", nodeSelector={"no": "such-node"})
    stuck["spec"]["progressDeadlineSeconds"] = 1
    report = await cluster.wait(await cluster.apply(stuck), seconds=300.0)
    assert not report.timed_out
    assert "ProgressDeadlineExceeded" in report.message()


async def test_object_deleted_meanwhile(cluster: Cluster, namespace: str) -> None:
    refs = await cluster.apply(deployment(namespace, "web", nodeSelector={"no": "such-node"}))
    waiting = asyncio.create_task(cluster.wait(refs, seconds=300.0))
    await cluster.began.wait()
    await cluster.client.request("DELETE", f"/apis/apps/v1/namespaces/{namespace}/deployments/web")
    report = await waiting
    assert f"Deployment {namespace}/web: does not exist" in report.message()


async def test_new_kind_and_its_unobservable_object(cluster: Cluster) -> None:
    group, plural = "wait.example.org", "widgets"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Cluster",
            "names": {"plural": plural, "kind": "Widget"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
    with pytest.raises(KindUnknown):
        await cluster.discovery.find(f"{group}/v1", "Widget")
    try:
        assert (await cluster.wait(await cluster.apply(definition))).ok
        widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w"}}
        report = await cluster.wait(await cluster.apply(widget))
        assert report.ok
        assert report.count("unobservable") == 1
    finally:
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{group}"
        await cluster.client.request("DELETE", path)


async def test_refusals_are_the_api_servers_own_words(cluster: Cluster, namespace: str) -> None:
    bad = deployment(namespace, "web", -1)
    with pytest.raises(ApiError) as invalid:
        await cluster.apply(bad)
    assert any(cause.startswith("spec.replicas: ") for cause in invalid.value.causes())
    with pytest.raises(ApiError, match='declare the namespace "wait-nowhere"'):
        await cluster.apply(config_map("wait-nowhere", "x"))


async def test_api_server_restart_is_sat_out(toolchain: Any, tmp_path: Path) -> None:
    with throwaway(toolchain, tmp_path) as plane:
        async with Client(connect(plane.kubeconfig), user_agent="onestack-test") as client:
            cluster = Cluster(client)
            refs = await cluster.apply(deployment("default", "web", nodeSelector={"no": "such-node"}))
            waiting = asyncio.create_task(cluster.wait(refs, seconds=120.0))
            await cluster.began.wait()
            server = next(c for c in plane.status().components if c.name == "kube-apiserver")
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            await cluster.in_trouble.wait()
            await asyncio.to_thread(plane.up, Silent())
            await cluster.apply(deployment("default", "web"))
            report = await waiting
    assert report.ok, report.message()
    assert report.trouble == ""
