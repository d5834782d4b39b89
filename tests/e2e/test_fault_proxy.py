"""The fault proxy itself, in front of a real API server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from onestack.errors import ApiError, ClusterUnreachable
from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.kube.retries import Patience
from onestack.local.plane import Plane
from tests.faults.proxy import Proxy, proxied
from tests.faults.rules import Answer, Cut, Hold, Lose, Request, Rule

pytestmark = pytest.mark.e2e

MAPS = "/api/v1/namespaces/default/configmaps"
IMPATIENT = Patience(attempts=1, restarting=0.0, never_reached=0.0)


@pytest.fixture
def proxy(plane: Plane, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy in front of the plane."""
    with proxied(plane.kubeconfig, tmp_path / "proxy") as running:
        yield running


def ask(kubeconfig: Path, method: str, path: str, body: object | None = None) -> dict[str, Any]:
    """One request, tried once."""

    async def once() -> dict[str, Any]:
        async with Client(connect(kubeconfig), user_agent="test", patience=IMPATIENT) as client:
            return await client.request(method, path, body=body)

    return answered(once())


def config_map(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def names(plane: Plane) -> set[str]:
    """The ConfigMaps that are there, asked directly."""
    return {one["metadata"]["name"] for one in ask(plane.kubeconfig, "GET", MAPS)["items"]}


def test_what_is_let_through_gets_the_servers_answer_and_is_told(proxy: Proxy, plane: Plane) -> None:
    told: list[tuple[str, int, int]] = []
    proxy.after = lambda request, status: told.append((request.method, request.write, status))
    ask(proxy.kubeconfig, "POST", MAPS, config_map("a"))
    assert "a" in names(plane)
    with pytest.raises(ApiError, match="already exists"):
        ask(proxy.kubeconfig, "POST", MAPS, config_map("a"))
    ask(proxy.kubeconfig, "GET", MAPS)
    ask(proxy.kubeconfig, "DELETE", f"{MAPS}/a")
    assert told == [("POST", 1, 201), ("POST", 2, 409), ("DELETE", 3, 200)]
    assert [seen.request.number for seen in proxy.seen] == [1, 2, 3, 4]


def test_what_is_cut_refused_or_not_to_go_on_never_arrives(proxy: Proxy, plane: Plane) -> None:
    proxy.rules = [Rule(Cut(), times=1), Rule(Answer(503, retry_after=1), times=1)]
    with pytest.raises(ClusterUnreachable):
        ask(proxy.kubeconfig, "POST", MAPS, config_map("b"))
    with pytest.raises(ApiError) as refused:
        ask(proxy.kubeconfig, "POST", MAPS, config_map("b"))
    assert (refused.value.status, refused.value.retry_after) == (503, 1)
    asked: list[Request] = []

    def refuse(request: Request) -> bool:
        asked.append(request)
        return False

    proxy.before = refuse
    with pytest.raises(ClusterUnreachable):
        ask(proxy.kubeconfig, "POST", MAPS, config_map("b"))
    assert [one.path for one in asked] == [MAPS]
    assert "b" not in names(plane)


def test_a_lost_answer_is_one_to_something_that_was_done(proxy: Proxy, plane: Plane) -> None:
    proxy.rules = [Rule(Lose(), writes=True)]
    with pytest.raises(ClusterUnreachable):
        ask(proxy.kubeconfig, "POST", MAPS, config_map("c"))
    assert "c" in names(plane)
    ask(plane.kubeconfig, "DELETE", f"{MAPS}/c")


def test_a_watch_is_passed_on_while_something_else_is_held(proxy: Proxy, plane: Plane) -> None:
    proxy.rules = [Rule(Hold(), methods="POST")]

    async def look() -> list[str]:
        async with Client(connect(proxy.kubeconfig), user_agent="test") as client:
            version = (await client.request("GET", MAPS))["metadata"]["resourceVersion"]
            making = asyncio.create_task(client.request("POST", MAPS, body=config_map("d")))
            found: list[str] = []
            async with aclosing(client.watch(MAPS, params={"resourceVersion": version})) as events:
                await asyncio.to_thread(proxy.wait_held)
                assert "d" not in await asyncio.to_thread(names, plane)
                proxy.release()
                await making
                await client.request("DELETE", f"{MAPS}/d")
                async for event in events:
                    found.append(f"{event['type']} {event['object']['metadata']['name']}")
                    if event["type"] == "DELETED":
                        break
            return found

    assert answered(look()) == ["ADDED d", "DELETED d"]
