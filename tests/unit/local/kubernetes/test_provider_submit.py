from __future__ import annotations

import asyncio
from typing import Any

import pytest

from onestack.errors import ApiError, KindUnknown
from onestack.kube.discovery import ApiResource
from onestack.local.kubernetes.config import Config
from onestack.local.kubernetes.lifecycle import submit as module
from onestack.local.kubernetes.lifecycle.submit import Submission, submit
from onestack.local.serving.engine_log import EngineLog, ResourceLog

INPUTS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "nowhere"}}
NO_NAMESPACE = ApiError(404, "NotFound", 'namespaces "nowhere" not found', details={"kind": "namespaces"})


class Cluster:
    """Stands for a session: answers requests with what it was given, in order."""

    def __init__(self, *answers: Any, served: bool = True) -> None:
        self.config = Config()
        self.version = (1, 36)
        self.cancelled = asyncio.Event()
        self.client = self
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self._answers = list(answers)
        self._served = served

    async def request(self, method: str, path: str, *, params: dict[str, str], **_: Any) -> Any:
        self.requests.append((method, path, params))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def resource(self, kind: Any) -> ApiResource:
        if not self._served:
            raise KindUnknown(kind.api_version, kind.kind)
        return ApiResource("", "v1", "ConfigMap", "configmaps", True)

    async def await_kind(self, kind: Any, seconds: float) -> None:
        self._served = True


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITS", (0.001,) * 6)


async def sent(cluster: Any, *, upsert: bool = False, preview: bool = False) -> Any:
    new = Submission(dict(INPUTS), "mine", upsert, preview)
    return await submit(cluster, ResourceLog(EngineLog(), "urn"), new)


async def test_a_creation_is_one_request() -> None:
    cluster = Cluster(INPUTS)

    assert await sent(cluster) == INPUTS
    path = "/api/v1/namespaces/nowhere/configmaps"
    assert cluster.requests == [("POST", path, {"fieldManager": "pulumi-kubernetes"})]


async def test_a_preview_changes_nothing() -> None:
    cluster = Cluster(INPUTS)

    await sent(cluster, preview=True)

    assert cluster.requests[0][2]["dryRun"] == "All"


async def test_an_upsert_applies_and_is_forced_only_in_a_preview() -> None:
    cluster = Cluster(INPUTS, INPUTS)

    await sent(cluster, upsert=True)
    await sent(cluster, upsert=True, preview=True)

    assert [(method, params["force"]) for method, _, params in cluster.requests] == [
        ("PATCH", "false"),
        ("PATCH", "true"),
    ]


async def test_a_missing_namespace_is_waited_for() -> None:
    cluster = Cluster(NO_NAMESPACE, NO_NAMESPACE, INPUTS)

    assert await sent(cluster) == INPUTS
    assert len(cluster.requests) == 3


async def test_waiting_has_an_end() -> None:
    cluster = Cluster(*[NO_NAMESPACE] * 7)

    with pytest.raises(ApiError):
        await sent(cluster)
    assert len(cluster.requests) == 7


async def test_a_preview_does_not_wait_for_a_namespace() -> None:
    cluster = Cluster(NO_NAMESPACE)

    with pytest.raises(ApiError):
        await sent(cluster, preview=True)


async def test_a_missing_kind_is_waited_for() -> None:
    assert await sent(Cluster(INPUTS, served=False)) == INPUTS


async def test_other_refusals_are_final() -> None:
    cluster = Cluster(ApiError(409, "AlreadyExists", "there"))

    with pytest.raises(ApiError, match="there"):
        await sent(cluster)
    assert len(cluster.requests) == 1
