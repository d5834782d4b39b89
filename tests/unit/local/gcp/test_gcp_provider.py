"""The protocol: what the engine asks and is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as proto

from onestack.errors import NotSimulated, ProviderError
from onestack.local.gcp.provider import Provider
from onestack.local.serving.codec import UNKNOWN, Secret, decode, encode
from onestack.local.serving.engine_log import EngineLog
from onestack.local.serving.failure import PartialFailure
from onestack.local.toolchain.sdk import plugin_version
from tests.unit.local.gcp.simulated import (
    CLUSTER,
    KEY,
    NETWORK,
    NETWORK_ID,
    SAMPLES,
    SERVICE,
    SUBNETWORK,
    World,
)


def urn(token: str) -> str:
    return f"urn:pulumi:dev::shop::onestack:Network${token}::main"


@pytest_asyncio.fixture
async def provider(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    monkeypatch.setenv("ONESTACK_SIMULATION", str(world.folder))
    made = Provider(EngineLog(), lambda _: world.planes)
    variables = {"gcp:config:project": "acme-dev", "gcp:config:region": "europe-west4"}
    answer = await made.configure(proto.ConfigureRequest(variables=variables))
    assert answer.acceptSecrets
    assert answer.supportsPreview
    yield made
    await made.close()


async def test_it_has_the_version_of_the_installed_sdk(provider: Provider) -> None:
    info = await provider.get_plugin_info(Empty())
    assert info.version == plugin_version("pulumi_gcp")


async def test_what_it_does_not_know_names_the_official_plugin(provider: Provider) -> None:
    bucket = urn("gcp:storage/bucket:Bucket")
    calls: list[Any] = [
        provider.check(proto.CheckRequest(urn=bucket)),
        provider.diff(proto.DiffRequest(urn=bucket)),
        provider.create(proto.CreateRequest(urn=bucket)),
        provider.invoke(proto.InvokeRequest(tok="gcp:compute/getZones:getZones")),
    ]
    for call in calls:
        with pytest.raises(NotSimulated, match="pulumi plugin install resource gcp"):
            await call


async def test_unconfigured_it_does_nothing() -> None:
    with pytest.raises(ProviderError, match="has not been configured"):
        await Provider(EngineLog()).create(proto.CreateRequest(urn=urn(NETWORK)))


async def test_check_reports_failures_with_their_paths(provider: Provider) -> None:
    news = encode({"name": "Main", "mtu": UNKNOWN, "routingMode": "X"})
    answer = await provider.check(proto.CheckRequest(urn=urn(NETWORK), news=news))
    assert {failure.property for failure in answer.failures} == {"name", "routingMode"}
    regions = await provider.check_config(proto.CheckRequest(news=encode({"region": "mars-north1"})))
    assert [failure.property for failure in regions.failures] == ["region"]


async def test_a_preview_makes_nothing(world: World, provider: Provider) -> None:
    request = proto.CreateRequest(urn=urn(CLUSTER), properties=encode(dict(SAMPLES[CLUSTER])), preview=True)
    answer = await provider.create(request)
    shown = decode(answer.properties)
    assert answer.id == ""
    assert shown["name"] == "dev-ab12"
    assert shown["endpoint"] == UNKNOWN
    assert shown["masterAuth"] == UNKNOWN
    assert shown["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["endpoint"] == UNKNOWN
    assert not list(world.folder.glob("*.json"))


async def test_secrets_stay_secret_in_properties(world: World, provider: Provider) -> None:
    made = world.make_all(CLUSTER)
    given = {**SAMPLES[CLUSTER], "description": Secret("hidden")}
    answer = await provider.create(proto.CreateRequest(urn=urn(CLUSTER), properties=encode(given)))
    properties = decode(answer.properties)
    assert properties["description"] == Secret("hidden")
    assert isinstance(properties["masterAuth"]["clientKey"], Secret)
    assert isinstance(properties["effectiveLabels"], Secret)
    assert properties["masterAuth"]["clusterCaCertificate"] == "Y2VydA=="
    key_id = made[KEY][0]
    read = await provider.read(
        proto.ReadRequest(urn=urn(KEY), id=key_id, inputs=encode({"rotationPeriod": Secret("7776000s")}))
    )
    assert decode(read.properties)["rotationPeriod"] == Secret("7776000s")
    assert decode(read.inputs)["rotationPeriod"] == Secret("7776000s")


async def test_a_diff_in_the_engines_terms(world: World, provider: Provider) -> None:
    _, state = world.make_all(SUBNETWORK)[NETWORK]
    news = world.inputs(NETWORK, description="new", routingMode="GLOBAL")
    answer = await provider.diff(proto.DiffRequest(urn=urn(NETWORK), olds=encode(state), news=encode(news)))
    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == ["description"]
    assert answer.deleteBeforeReplace
    assert {path: one.kind for path, one in answer.detailedDiff.items()} == {
        "description": proto.PropertyDiff.ADD_REPLACE,
        "routingMode": proto.PropertyDiff.UPDATE,
    }
    assert "name" in answer.stables
    ignored = proto.DiffRequest(
        urn=urn(NETWORK), olds=encode(state), news=encode(news), ignoreChanges=["description", "routingMode"]
    )
    assert (await provider.diff(ignored)).changes == proto.DiffResponse.DIFF_NONE


async def test_an_update_in_preview_keeps_what_is_known(world: World, provider: Provider) -> None:
    _, state = world.make_all(SUBNETWORK)[NETWORK]
    news = {**SAMPLES[NETWORK], "routingMode": "GLOBAL"}
    request = proto.UpdateRequest(
        urn=urn(NETWORK), id=NETWORK_ID, olds=encode(state), news=encode(news), preview=True
    )
    shown = decode((await provider.update(request)).properties)
    assert shown["selfLink"] == state["selfLink"]
    assert shown["routingMode"] == "GLOBAL"
    read = world.read(NETWORK, NETWORK_ID)
    assert read is not None
    assert read["routingMode"] == "REGIONAL"


async def test_a_resource_is_imported_by_its_id(world: World, provider: Provider) -> None:
    world.make_all(SUBNETWORK)
    answer = await provider.read(proto.ReadRequest(urn=urn(NETWORK), id=NETWORK_ID))
    assert answer.id == NETWORK_ID
    inputs = decode(answer.inputs)
    assert inputs["name"] == "main"
    assert "selfLink" not in inputs
    checked = await provider.check(proto.CheckRequest(urn=urn(NETWORK), news=answer.inputs))
    assert not checked.failures
    diff = await provider.diff(
        proto.DiffRequest(urn=urn(NETWORK), olds=answer.properties, news=checked.inputs)
    )
    assert diff.changes == proto.DiffResponse.DIFF_NONE, diff
    gone = await provider.read(proto.ReadRequest(urn=urn(NETWORK), id=NETWORK_ID.replace("main", "gone")))
    assert gone.id == ""
    service = await provider.read(proto.ReadRequest(urn=urn(SERVICE), id="acme-dev/compute.googleapis.com"))
    assert service.id


async def test_a_partial_failure_carries_marked_state(world: World, provider: Provider) -> None:
    world.make_all(CLUSTER)
    world.faults("- {type: container/cluster, halfway: true, times: 1}")
    request = proto.CreateRequest(urn=urn(CLUSTER), properties=encode(dict(SAMPLES[CLUSTER])))
    with pytest.raises(PartialFailure) as failure:
        await provider.create(request)
    assert isinstance(failure.value.state["effectiveLabels"], Secret)


async def test_a_folder_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ONESTACK_SIMULATION", raising=False)
    with pytest.raises(ProviderError, match="this run means Google Cloud itself"):
        await Provider(EngineLog()).configure(proto.ConfigureRequest())
