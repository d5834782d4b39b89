"""The offline Kubernetes provider answers what the official plugin answered.

Every recorded call is sent again, in order, to the offline provider on a real control plane, and
the answers are compared. What is random, timed or assigned by a server is made equal first:

- times, UUIDs, resource versions, IP addresses, made-up field managers (`pulumi-kubernetes-<8 hex>`)
- `status` as a whole: the controllers write it while the answer is on its way
- entries of `managedFields` that belong to controllers, and the time of ours
- a Deployment's replicas as far as the autoscaler had got, in the steps about drift
- the sentence after "code = Unimplemented", which is each gRPC library's own
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub
from pulumi.runtime.proto.status_pb2 import Status

from onestack.errors import ApiError
from onestack.kube.client import MERGE_PATCH, Client
from onestack.kube.connection import connect
from onestack.local.kubernetes.lifecycle import submit
from onestack.local.kubernetes.provider import WORDS, Provider
from onestack.local.plane import Plane
from onestack.local.serving.engine_log import EngineLog
from onestack.local.serving.service import service

PARITY = Path(os.environ.get("ONESTACK_PARITY") or Path(__file__).parents[3] / "shared" / "parity")
STEPS = sorted(PARITY.glob("*/rpc.jsonl"))
RECORDED_KUBECONFIG = "/x/kubeconfig"
REQUESTS = {
    "GetPluginInfo": Empty,
    "Cancel": Empty,
    "Handshake": provider_pb2.ProviderHandshakeRequest,
    "CheckConfig": provider_pb2.CheckRequest,
    "DiffConfig": provider_pb2.DiffRequest,
    "Configure": provider_pb2.ConfigureRequest,
    "Check": provider_pb2.CheckRequest,
    "Diff": provider_pb2.DiffRequest,
    "Create": provider_pb2.CreateRequest,
    "Update": provider_pb2.UpdateRequest,
    "Read": provider_pb2.ReadRequest,
    "Delete": provider_pb2.DeleteRequest,
}
REPLACED = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"pulumi-kubernetes-[0-9a-f]{8}"), "<manager>"),
    (re.compile(r"\b\d+\.\d+\.\d+\.\d+\b"), "<ip>"),
    (re.compile(r"code = Unimplemented desc = .*"), "code = Unimplemented"),
]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not STEPS, reason=f"no recordings of the official plugin at {PARITY} (set ONESTACK_PARITY)"
    ),
]


async def test_every_recorded_call_is_answered_alike(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    # The same attempts as recorded, without the minute between them.
    monkeypatch.setattr(submit, "WAITS", (0.01,) * 6)
    kubeconfig = Path(plane.kubeconfig)
    differences: list[str] = []
    calls = 0
    try:
        for step in STEPS:
            await by_hand(step.parent.name, kubeconfig)
            async with served() as stub:
                for number, line in enumerate(step.read_text().splitlines(), start=1):
                    call = json.loads(line.replace(RECORDED_KUBECONFIG, str(kubeconfig)))
                    answer = await replay(stub, call)
                    calls += 1
                    differences += compared(f"{step.parent.name}:{number}", call, answer)
    finally:
        await remove_leftovers(kubeconfig)
    assert calls > 0
    assert not differences, f"{len(differences)} differences\n" + "\n".join(differences)


@asynccontextmanager
async def served() -> AsyncIterator[ResourceProviderStub]:
    server = grpc.aio.server()
    provider = Provider(EngineLog())
    server.add_generic_rpc_handlers((service(provider, WORDS),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield ResourceProviderStub(channel)
    finally:
        await server.stop(None)
        await provider.close()


async def replay(stub: ResourceProviderStub, call: Mapping[str, Any]) -> dict[str, Any]:
    method = call["method"].rsplit("/", 1)[-1]
    request = json_format.ParseDict(call["request"], REQUESTS[method](), ignore_unknown_fields=True)
    try:
        response = await getattr(stub, method)(request, timeout=120)
    except grpc.aio.AioRpcError as error:
        name = "".join(word.title() for word in error.code().name.split("_"))
        return {"errors": [f"rpc error: code = {name} desc = {error.details()}"], "detail": detail_of(error)}
    return {"response": json_format.MessageToDict(response)}


def detail_of(error: grpc.aio.AioRpcError) -> provider_pb2.ErrorResourceInitFailed | None:
    metadata: Any = error.trailing_metadata() or ()
    packed = next((value for key, value in metadata if key == "grpc-status-details-bin"), None)
    if packed is None:
        return None
    status = Status.FromString(packed)
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    return detail


def compared(where: str, call: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    wanted = {key: call[key] for key in ("response", "errors") if key in call}
    got = {key: answer[key] for key in ("response", "errors") if key in answer}
    drift = where.partition("-")[0] in {"09", "10", "11", "12"}
    method, urn = call["method"].rsplit("/", 1)[-1], call["request"].get("urn", "")
    found = list(differences_of(alike(wanted, drift), alike(got, drift)))
    detail = answer.get("detail")
    if detail is not None and (not detail.id or not detail.reasons or "__inputs" not in detail.properties):
        found.append("the details of the failure lack id, reasons or state")
    return [f"{where} {method} {urn.rpartition('$')[2]}: {text}" for text in found]


def alike(value: Any, drift: bool, key: str = "") -> Any:
    if isinstance(value, dict):
        if drift and isinstance(value.get("replicas"), int | float) and "template" in value:
            value = {**value, "replicas": "<replicas>"}
        return {k: alike(v, drift, k) for k, v in value.items()}
    if key == "managedFields":
        ours = [e for e in value if not e.get("subresource") and "controller" not in e["manager"]]
        return [alike(entry, drift) for entry in ours]
    if isinstance(value, list):
        # The order of `replaces` and `diffs` is that of a Go map.
        items = [alike(item, drift) for item in value]
        return sorted(items) if key in {"replaces", "diffs"} else items
    if isinstance(value, str):
        if key == "resourceVersion":
            return "<version>"
        for pattern, replacement in REPLACED:
            value = pattern.sub(replacement, value)
    return value


def differences_of(wanted: Any, got: Any, path: str = "") -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted({*wanted, *got}):
            if key == "status" and key in wanted and key in got:
                continue
            inside = f"{path}.{key}"
            yield from differences_of(wanted.get(key, "<nothing>"), got.get(key, "<nothing>"), inside)
    elif wanted != got:
        yield f"{path}: recorded {shown(wanted)}, got {shown(got)}"


def shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 700 else text[:700] + "..."


async def by_hand(step: str, kubeconfig: Path) -> None:
    """What the recording's author did to the cluster before a step."""
    async with Client(connect(kubeconfig), user_agent="parity") as client:
        maps = "/api/v1/namespaces/parity/configmaps"
        if step.startswith("09-"):
            label = {"metadata": {"labels": {"by": "hand"}}}
            who = {"fieldManager": "kubectl-label"}
            await client.request(
                "PATCH", f"{maps}/settings", params=who, body=label, content_type=MERGE_PATCH
            )
            await client.request(
                "DELETE", "/apis/policy/v1/namespaces/parity/poddisruptionbudgets/web", body={}
            )
            await scale(client, 1, "kubectl")
        if step.startswith("11-"):
            await scale(client, 2, "kube-controller-manager")
        if step == "20-error-exists-preview":
            await client.request("POST", maps, body={"metadata": {"name": "already"}, "data": {"a": "b"}})


async def scale(client: Client, replicas: int, manager: str) -> None:
    where = "/apis/apps/v1/namespaces/parity/deployments/web"
    body = {"spec": {"replicas": replicas}}
    await client.request(
        "PATCH", f"{where}/scale", params={"fieldManager": manager}, body=body, content_type=MERGE_PATCH
    )
    async with asyncio.timeout(60):
        while True:
            status = (await client.request("GET", where))["status"]
            if status.get("readyReplicas") == replicas == status.get("replicas"):
                return
            await asyncio.sleep(0.05)


async def remove_leftovers(kubeconfig: Path) -> None:
    """What the recorded stack has; after a whole replay nothing is left."""
    paths = [
        "/api/v1/namespaces/parity",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/crontabs.example.org",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/parity-reader",
    ]
    async with Client(connect(kubeconfig), user_agent="parity") as client:
        for path in paths:
            try:
                await client.request("DELETE", path, body={})
            except ApiError as gone:
                assert gone.status == 404  # noqa: PT017 - after a whole replay there is nothing left
