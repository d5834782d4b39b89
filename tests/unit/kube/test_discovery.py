"""Discovery against a fake API server, aggregated and legacy."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from onestack.errors import ApiError, KindUnknown, UsageError
from onestack.kube.discovery import ApiResource, Discovery
from tests.unit.kube.fake_api_server import FakeApiServer, Reply, failure


def resource(name: str, kind: str, scope: str = "Namespaced") -> dict[str, object]:
    return {"resource": name, "responseKind": {"kind": kind}, "scope": scope, "verbs": ["get", "list"]}


def group(
    name: str, *versions: tuple[str, list[dict[str, object]]], stale: bool = False
) -> dict[str, object]:
    freshness = "Stale" if stale else "Current"
    return {
        "metadata": {"name": name} if name else {},
        "versions": [{"version": v, "resources": rs, "freshness": freshness} for v, rs in versions],
    }


def groups(*items: dict[str, object]) -> Reply:
    return Reply(200, {"kind": "APIGroupDiscoveryList", "items": list(items)})


CORE = groups(group("", ("v1", [resource("pods", "Pod"), resource("namespaces", "Namespace", "Cluster")])))
APPS = group(
    "apps", ("v1", [resource("deployments", "Deployment")]), ("v1beta1", [resource("d", "Deployment")])
)


async def test_aggregated(server: FakeApiServer) -> None:
    server.on("GET /api", CORE)
    server.on("GET /apis", groups(APPS))
    async with server.client() as client:
        discovery = Discovery(client)
        found = await asyncio.gather(*(discovery.find("apps/v1", "Deployment") for _ in range(20)))
        pod = await discovery.find("v1", "Pod")
        everything = await discovery.all()
    assert found[0] == ApiResource(
        "apps", "v1", "Deployment", "deployments", True, frozenset({"get", "list"})
    )
    assert pod.api_version == "v1"
    assert [r.api_version for r in everything] == ["v1", "v1", "apps/v1", "apps/v1beta1"]
    assert server.count("GET /apis") == 1
    assert "as=APIGroupDiscoveryList" in server.asked[0].headers["Accept"]


async def test_legacy(server: FakeApiServer) -> None:
    server.on("GET /api", Reply(200, {"kind": "APIVersions", "versions": ["v1"]}))
    versions = [{"groupVersion": "apps/v1beta1"}, {"groupVersion": "apps/v1"}]
    metrics = {"name": "metrics", "versions": [{"groupVersion": "metrics/v1"}]}
    apps = {"name": "apps", "preferredVersion": {"groupVersion": "apps/v1"}, "versions": versions}
    server.on("GET /apis", Reply(200, {"kind": "APIGroupList", "groups": [apps, metrics]}))
    pod = {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["get"]}
    status = {"name": "pods/status", "kind": "Pod", "namespaced": True, "verbs": ["get"]}
    server.on("GET /api/v1", Reply(200, {"resources": [pod, status]}))
    deployment = {"name": "deployments", "kind": "Deployment", "namespaced": True, "verbs": []}
    server.on("GET /apis/apps/v1", Reply(200, {"resources": [deployment]}))
    server.on("GET /apis/apps/v1beta1", Reply(200, {"resources": [deployment]}))
    async with server.client() as client:
        discovery = Discovery(client)
        everything = await discovery.all()
        with pytest.raises(KindUnknown, match="the server behind it doesn't answer"):
            await discovery.find("metrics/v1", "PodMetrics")
    assert [r.api_version for r in everything] == ["v1", "apps/v1", "apps/v1beta1"]


async def test_missing_kind_is_asked_for_again_and_says_where_it_is(server: FakeApiServer) -> None:
    server.on("GET /api", CORE)
    server.on("GET /apis", groups(APPS))
    async with server.client() as client:
        discovery = Discovery(client)
        await discovery.all()
        with pytest.raises(KindUnknown) as caught:
            await discovery.find("extensions/v1beta1", "Deployment")
    assert "this cluster serves Deployment as apps/v1, apps/v1beta1" in caught.value.message()
    assert server.count("GET /apis") == 2


async def test_many_misses_share_requests(server: FakeApiServer) -> None:
    server.on("GET /api", CORE)
    server.on("GET /apis", groups(APPS))
    async with server.client() as client:
        discovery = Discovery(client)
        await discovery.all()
        found = await asyncio.gather(
            *(discovery.find("x/v1", "Nope") for _ in range(30)), return_exceptions=True
        )
    assert all(isinstance(error, KindUnknown) for error in found)
    assert server.count("GET /apis") <= 3


async def test_kind_defined_a_moment_ago_can_be_waited_for(server: FakeApiServer) -> None:
    widgets = group("example.org", ("v1", [resource("widgets", "Widget")]))
    server.on("GET /api", CORE)
    server.on("GET /apis", groups(), groups(), groups(), groups(widgets))
    async with server.client() as client:
        found = await Discovery(client).find("example.org/v1", "Widget", within_seconds=30)
    assert found.plural == "widgets"
    assert server.count("GET /apis") == 4


async def test_stale_group(server: FakeApiServer) -> None:
    server.on("GET /api", CORE)
    server.on("GET /apis", groups(group("metrics.k8s.io", ("v1beta1", []), stale=True)))
    async with server.client() as client:
        with pytest.raises(KindUnknown, match="announced, but"):
            await Discovery(client).find("metrics.k8s.io/v1beta1", "NodeMetrics")


async def test_discovery_that_is_forbidden(server: FakeApiServer) -> None:
    server.on("GET /api", failure(403, "Forbidden", "no"))
    server.on("GET /apis", failure(403, "Forbidden", "no"))
    async with server.client() as client:
        with pytest.raises(ApiError, match="403"):
            await Discovery(client).all()


def test_paths() -> None:
    deployment = ApiResource("apps", "v1", "Deployment", "deployments", True)
    namespace = ApiResource("", "v1", "Namespace", "namespaces", False)
    assert deployment.path("shop", "web", "scale") == "/apis/apps/v1/namespaces/shop/deployments/web/scale"
    assert deployment.path(None) == "/apis/apps/v1/deployments"
    assert namespace.path("ignored", "shop") == "/api/v1/namespaces/shop"
    assert namespace.path(None, "system:a/b") == "/api/v1/namespaces/system%3Aa%2Fb"
    with pytest.raises(UsageError, match="needs a namespace"):
        deployment.path(None, "web")


def test_import_stays_small() -> None:
    modules = "onestack.kube.discovery, onestack.wait, onestack.health"
    program = f"import {modules}, sys, json; print(json.dumps(list(sys.modules)))"
    loaded = json.loads(
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    )
    assert not {name.partition(".")[0] for name in loaded} & {
        "pulumi",
        "pulumi_kubernetes",
        "lightkube",
        "rich",
    }
