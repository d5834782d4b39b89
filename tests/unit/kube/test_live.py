"""Objects as they are now: what isn't there, what is refused, and kinds that nobody serves."""

from __future__ import annotations

from onestack.live import Live, live
from onestack.manifests.reference import ObjectRef
from tests.unit.kube.fake_api_server import FakeApiServer, Reply, failure
from tests.unit.kube.test_discovery import CORE, groups

HERE, GONE, SHUT = (ObjectRef("v1", "Pod", "shop", name) for name in ("here", "gone", "shut"))
UNKNOWN = ObjectRef("example.com/v1", "Promotion", "shop", "x")


async def test_each_object_is_told_for_itself(server: FakeApiServer) -> None:
    server.on("GET /api", CORE)
    server.on("GET /apis", groups())
    server.on("GET /api/v1/namespaces/shop/pods/here", Reply(200, {"kind": "Pod", "spec": {"a": 1}}))
    server.on("GET /api/v1/namespaces/shop/pods/gone", failure(404, "NotFound"))
    server.on("GET /api/v1/namespaces/shop/pods/shut", failure(403, "Forbidden"))
    async with server.client() as client:
        found = await live(client, [HERE, GONE, SHUT, UNKNOWN])
    assert found.objects == {HERE: {"kind": "Pod", "spec": {"a": 1}}, GONE: None, UNKNOWN: None}
    assert found.refused == {SHUT: "the cluster answers 403 Forbidden"}


async def test_a_cluster_that_says_nothing_of_its_kinds_fails_nothing(server: FakeApiServer) -> None:
    server.on("GET /api", failure(403, "Forbidden"))
    server.on("GET /apis", failure(403, "Forbidden"))
    async with server.client() as client:
        found = await live(client, [HERE, GONE])
    assert found == Live(refused=dict.fromkeys([HERE, GONE], found.refused[HERE]))
