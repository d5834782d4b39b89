"""The synchronous client of acceptance tests, against a fake API server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from onestack.acceptance.cluster import SIMULATED, Cluster
from onestack.errors import ApiError, KindUnknown
from tests.unit.kube.fake_api_server import FakeApiServer, Reply, failure

PODS = "/api/v1/namespaces/shop/pods"
KINDS = [("pods", "Pod", "Namespaced"), ("nodes", "Node", "Cluster")]


@pytest.fixture
async def server() -> AsyncIterator[FakeApiServer]:
    async with FakeApiServer().running() as running:
        resources = [
            {"resource": plural, "responseKind": {"kind": kind}, "scope": scope}
            for plural, kind, scope in KINDS
        ]
        core = {"metadata": {"name": ""}, "versions": [{"version": "v1", "resources": resources}]}
        for path, groups in (("/api", [core]), ("/apis", [])):
            running.on(f"GET {path}", Reply(200, {"kind": "APIGroupDiscoveryList", "items": groups}))
        yield running


async def asked(server: FakeApiServer, tmp_path: Path, question: Callable[[Cluster], Any]) -> Any:
    """Puts a question from a thread, as pytest would: the server has this one's loop."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server.url}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))

    def put() -> Any:
        with Cluster(file) as cluster:
            return question(cluster)

    return await asyncio.to_thread(put)


async def test_one_object_and_none(server: FakeApiServer, tmp_path: Path) -> None:
    server.on(f"GET {PODS}/web", Reply(200, {"kind": "Pod", "metadata": {"name": "web"}}))
    server.on(f"GET {PODS}/none", failure(404, "NotFound"))
    server.on(f"GET {PODS}/kept", failure(403, "Forbidden"))
    found = await asked(server, tmp_path, lambda cluster: cluster.get("Pod", "web", "shop"))
    assert found["metadata"]["name"] == "web"
    with pytest.raises(LookupError, match="there is no Pod shop/none"):
        await asked(server, tmp_path, lambda cluster: cluster.get("Pod", "none", "shop"))
    with pytest.raises(ApiError):
        await asked(server, tmp_path, lambda cluster: cluster.get("Pod", "kept", "shop"))
    with pytest.raises(KindUnknown):
        await asked(server, tmp_path, lambda cluster: cluster.get("Nothing", "web", "shop"))


async def test_lists_say_what_their_items_are(server: FakeApiServer, tmp_path: Path) -> None:
    server.on(f"GET {PODS}", Reply(200, {"items": [{"metadata": {"name": "web"}}]}))
    found = await asked(
        server, tmp_path, lambda cluster: cluster.list("Pod", "shop", labels={"app": "web", "tier": "a"})
    )
    assert found == [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}]
    assert server.asked[-1].query["labelSelector"] == "app=web,tier=a"


@pytest.mark.parametrize(
    ("annotations", "simulated"), [([{SIMULATED: "1"}, {}], False), ([{SIMULATED: "1"}], True)]
)
async def test_simulated_nodes_are_known(
    server: FakeApiServer, tmp_path: Path, annotations: list[dict[str, str]], simulated: bool
) -> None:
    nodes = [{"metadata": {"annotations": one}} for one in annotations]
    server.on("GET /api/v1/nodes", Reply(200, {"items": nodes}))
    assert await asked(server, tmp_path, lambda cluster: cluster.simulated) is simulated


async def test_waiting_ends_with_what_was_waited_for(server: FakeApiServer, tmp_path: Path) -> None:
    answers = iter([LookupError("not yet"), 0, "there"])

    def condition() -> Any:
        answer = next(answers)
        if isinstance(answer, LookupError):
            raise answer
        return answer

    assert await asked(server, tmp_path, lambda cluster: cluster.wait_until(condition)) == "there"

    def never() -> bool:
        raise LookupError("there is no Pod")

    with pytest.raises(TimeoutError, match="the pod did not come true within 0 s; there is no Pod"):
        await asked(server, tmp_path, lambda cluster: cluster.wait_until(never, seconds=0, what="the pod"))
