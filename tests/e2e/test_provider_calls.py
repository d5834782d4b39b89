"""Single calls to the offline Kubernetes provider, against a real API server."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as proto

from onestack.errors import NotServedOffline, ProviderError
from onestack.kube.client import MERGE_PATCH, Client
from onestack.kube.connection import connect
from onestack.local.kubernetes.provider import Provider
from onestack.local.plane import Plane
from onestack.local.serving.codec import Secret, decode, encode
from onestack.local.serving.engine_log import EngineLog
from onestack.local.serving.failure import PartialFailure

pytestmark = pytest.mark.e2e

MAPS = "/api/v1/namespaces/default/configmaps"


@dataclass
class Caller:
    """A configured provider, and the cluster behind it."""

    provider: Provider
    client: Client

    async def create(self, inputs: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        request = proto.CreateRequest(urn=urn(inputs), properties=encode(inputs), **fields)
        return decode((await self.provider.create(request)).properties)

    async def update(
        self, state: Mapping[str, Any], news: Mapping[str, Any], **fields: Any
    ) -> dict[str, Any]:
        request = proto.UpdateRequest(urn=urn(news), olds=encode(state), news=encode(news), **fields)
        return decode((await self.provider.update(request)).properties)

    async def delete(self, state: Mapping[str, Any], **fields: Any) -> None:
        name = state["metadata"]["name"]
        request = proto.DeleteRequest(
            urn=urn(state), id=f"default/{name}", properties=encode(state), **fields
        )
        await self.provider.delete(request)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
async def caller(plane: Plane, stack: AsyncExitStack) -> Caller:
    return await open_caller(plane, stack)


async def open_caller(plane: Plane, stack: AsyncExitStack, **settings: str) -> Caller:
    provider = Provider(EngineLog())
    variables = {f"kubernetes:config:{key}": value for key, value in settings.items()}
    variables["kubernetes:config:kubeconfig"] = str(plane.kubeconfig)
    await provider.configure(proto.ConfigureRequest(variables=variables))
    stack.push_async_callback(provider.close)
    client = await stack.enter_async_context(Client(connect(Path(plane.kubeconfig)), user_agent="test"))
    return Caller(provider, client)


def urn(inputs: Mapping[str, Any]) -> str:
    group, _, version = inputs["apiVersion"].rpartition("/")
    kind, name = inputs["kind"], inputs["metadata"]["name"]
    return f"urn:pulumi:s::p::kubernetes:{group or 'core'}/{version}:{kind}::default/{name}"


def config_map(name: str, data: Mapping[str, str] | None = None, **annotations: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "default"}
    if annotations:
        metadata["annotations"] = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(data or {"a": "b"})}


async def test_an_import_reads_everything_that_could_have_been_declared(caller: Caller) -> None:
    await caller.client.request("POST", MAPS, body=config_map("imported"))

    answer = await caller.provider.read(
        proto.ReadRequest(urn=urn(config_map("imported")), id="default/imported")
    )

    assert answer.id == "default/imported"
    assert decode(answer.inputs) == config_map("imported")
    assert decode(answer.properties)["__inputs"] == config_map("imported")
    await caller.delete(decode(answer.properties))


async def test_a_deleted_object_reads_as_nothing(caller: Caller) -> None:
    answer = await caller.provider.read(proto.ReadRequest(urn=urn(config_map("gone")), id="default/gone"))

    assert answer.id == ""
    assert not answer.properties.fields


async def test_a_refresh_shows_what_was_changed_by_hand(caller: Caller) -> None:
    inputs = config_map("drifting")
    state = await caller.create(inputs)
    change = {"data": {"a": "by hand", "b": "not declared"}}
    await caller.client.request("PATCH", f"{MAPS}/drifting", body=change, content_type=MERGE_PATCH)

    answer = await caller.provider.read(
        proto.ReadRequest(
            urn=urn(inputs), id="default/drifting", properties=encode(state), inputs=encode(inputs)
        )
    )

    assert decode(answer.inputs)["data"] == {"a": "by hand"}
    assert decode(answer.properties)["data"] == change["data"]
    await caller.delete(state)


async def test_an_existing_object_is_refused_and_with_upsert_adopted(
    plane: Plane, stack: AsyncExitStack, caller: Caller
) -> None:
    await caller.client.request("POST", MAPS, body=config_map("there", {"old": "1"}))
    inputs = config_map("there", {"new": "2"}, patchFieldManager="onestack")

    with pytest.raises(ProviderError, match='configmaps "there" already exists'):
        await caller.create(inputs)
    upserting = await open_caller(plane, stack, upsertExistingObjects="true")
    state = await upserting.create(inputs)

    assert state["data"] == {"old": "1", "new": "2"}
    assert state["__fieldManager"] == "onestack"
    assert ("onestack", "Apply") in managers(state)
    await caller.delete(state)


async def test_an_update_takes_over_what_the_creation_owned_and_can_remove_it(caller: Caller) -> None:
    state = await caller.create(config_map("shrinking", {"keep": "1", "drop": "2"}))

    state = await caller.update(state, config_map("shrinking", {"keep": "1"}))

    assert state["data"] == {"keep": "1"}
    assert managers(state) == {(state["__fieldManager"], "Apply")}
    await caller.delete(state)


async def test_a_changed_field_manager_lets_go_of_its_fields(caller: Caller) -> None:
    state = await caller.create(config_map("handed-over"))
    state = await caller.update(state, config_map("handed-over", {"a": "c"}))
    news = config_map("handed-over", {"a": "d"}, patchFieldManager="onestack", patchForce="true")

    state = await caller.update(state, news)

    assert state["__fieldManager"] == "onestack"
    live = await caller.client.request("GET", f"{MAPS}/handed-over")
    assert managers(live) == {("onestack", "Apply")}
    await caller.delete(state)


async def test_ignored_changes_leave_others_fields_alone(caller: Caller) -> None:
    state = await caller.create(config_map("shared", {"ours": "1"}))
    theirs = {"data": {"theirs": "2"}}
    await caller.client.request("PATCH", f"{MAPS}/shared", body=theirs, content_type=MERGE_PATCH)

    state = await caller.update(
        state, config_map("shared", {"ours": "3", "theirs": "4"}), ignoreChanges=["data.theirs"]
    )

    assert state["data"] == {"ours": "3", "theirs": "2"}
    await caller.delete(state)


async def test_a_secret_s_data_is_secret_on_both_sides(caller: Caller) -> None:
    inputs = {**config_map("login"), "kind": "Secret", "data": {"password": "c2VjcmV0"}}

    state = await caller.create(inputs)

    assert isinstance(state["data"], Secret)
    assert isinstance(state["__inputs"]["data"], Secret)
    await caller.delete(state)


async def test_a_custom_condition_is_waited_for(caller: Caller) -> None:
    waiting = config_map("waited", waitFor="jsonpath={.data.ready}=yes", timeoutSeconds="60")
    creation = asyncio.create_task(caller.create(waiting))
    await until_there(caller.client, "waited")
    assert not creation.done()
    change = {"data": {"ready": "yes"}}
    await caller.client.request("PATCH", f"{MAPS}/waited", body=change, content_type=MERGE_PATCH)

    state = await creation

    assert state["data"]["ready"] == "yes"
    await caller.delete(state)


async def test_what_is_waited_for_in_vain_is_a_partial_failure(caller: Caller) -> None:
    inputs = config_map("vain", waitFor="jsonpath={.data.ready}", timeoutSeconds="1")

    with pytest.raises(PartialFailure, match="timed out waiting to be Ready") as failure:
        await caller.create(inputs)

    assert failure.value.object_id == "default/vain"
    assert "{.data.ready} selected nothing" in failure.value.reasons
    await caller.delete(failure.value.state)


async def test_an_object_whose_wait_can_t_be_understood_is_not_forgotten(caller: Caller) -> None:
    with pytest.raises(PartialFailure, match='expected a "jsonpath="') as failure:
        await caller.create(config_map("puzzling", waitFor="Ready"))

    await caller.delete(failure.value.state)


async def test_a_cancelled_wait_ends(caller: Caller) -> None:
    creation = asyncio.create_task(caller.create(config_map("cancelled", waitFor="condition=Ready")))
    await until_there(caller.client, "cancelled")

    await caller.provider.cancel(Empty())

    with pytest.raises(PartialFailure, match='Resource operation was cancelled for "cancelled"') as failure:
        await creation
    await caller.client.request("DELETE", f"{MAPS}/cancelled", body={})
    assert failure.value.object_id == "default/cancelled"


async def test_a_deletion_that_a_finalizer_holds_is_a_partial_failure(caller: Caller) -> None:
    inputs = config_map("held")
    inputs["metadata"]["finalizers"] = ["example.org/hold"]
    state = await caller.create(inputs)

    with pytest.raises(PartialFailure, match="timed out waiting for the condition"):
        await caller.delete(state, timeout=1)

    release = {"metadata": {"finalizers": None}}
    await caller.client.request("PATCH", f"{MAPS}/held", body=release, content_type=MERGE_PATCH)


async def test_deleting_what_is_gone_or_of_a_kind_that_is_gone_succeeds(caller: Caller) -> None:
    await caller.delete(config_map("never-was"))
    await caller.delete({**config_map("never-was"), "apiVersion": "example.net/v1", "kind": "Widget"})


async def test_what_is_not_served_offline_says_so(caller: Caller) -> None:
    chart = {**config_map("chart"), "apiVersion": "helm.sh/v3", "kind": "Release"}

    with pytest.raises(NotServedOffline, match="not served by the offline Kubernetes provider"):
        await caller.create(chart)
    with pytest.raises(NotServedOffline, match="kubernetes:yaml/v2:ConfigGroup"):
        await caller.provider.construct(proto.ConstructRequest(type="kubernetes:yaml/v2:ConfigGroup"))


async def test_the_plugin_ends_when_its_engine_is_killed() -> None:
    plugin = f"{sys.executable} -m onestack.local.kubernetes"
    engine = await asyncio.create_subprocess_exec("sh", "-c", f"{plugin} & wait", stdout=subprocess.PIPE)
    assert engine.stdout is not None
    assert int(await engine.stdout.readline()) > 0

    engine.send_signal(signal.SIGKILL)

    # The pipe ends when the last process that holds it does.
    async with asyncio.timeout(30):
        assert await engine.stdout.read() == b""
    await engine.wait()


async def until_there(client: Client, name: str) -> None:
    async with asyncio.timeout(30):
        while True:
            answer = await client.request("GET", MAPS, params={"fieldSelector": f"metadata.name={name}"})
            if answer["items"]:
                return
            await asyncio.sleep(0.02)


def managers(obj: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(entry["manager"], entry["operation"]) for entry in obj["metadata"]["managedFields"]}
