from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto.provider_pb2 import CheckRequest

from onestack.errors import NotServedOffline, ProviderError
from onestack.local.kubernetes.check import check
from onestack.local.kubernetes.config import Config
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import UNKNOWNS, Secret, decode, encode
from onestack.local.serving.engine_log import EngineLog

STRING = UNKNOWNS["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]


async def checked(
    inputs: dict[str, Any],
    olds: dict[str, Any] | None = None,
    *,
    kind: str = "core/v1:ConfigMap",
    **fields: Any,
) -> dict[str, Any]:
    session = Session(Config(), EngineLog(), unreachable="not needed here", default_namespace="shop")
    urn = f"urn:pulumi:s::p::kubernetes:{kind}::web"
    request = CheckRequest(urn=urn, news=encode(inputs), olds=encode(olds or {}), **fields)
    return decode((await check(session, request)).inputs)


def config_map(**metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


async def test_what_has_no_namespace_gets_the_default_one() -> None:
    assert (await checked(config_map(name="a")))["metadata"] == {"name": "a", "namespace": "shop"}
    named = config_map(name="a", namespace="other")
    assert (await checked(named))["metadata"]["namespace"] == "other"


async def test_cluster_wide_kinds_get_none() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}

    assert await checked(namespace, kind="core/v1:Namespace") == namespace


async def test_a_namespace_that_is_not_known_yet_stays() -> None:
    inputs = config_map(name="a", namespace=STRING)

    assert (await checked(inputs))["metadata"]["namespace"] == STRING


async def test_a_name_is_made_up_once_and_then_kept() -> None:
    first = await checked(config_map(), randomSeed=b"seed")
    assert first["metadata"]["name"].startswith("web-")
    assert first["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}

    assert await checked(config_map(), randomSeed=b"seed") == first
    assert await checked(config_map(), first, randomSeed=b"another") == first


async def test_the_engines_own_naming_is_followed() -> None:
    modes = CheckRequest.AutonamingOptions.Mode
    proposed = CheckRequest.AutonamingOptions(proposed_name="mine", mode=modes.Value("PROPOSE"))
    disabled = CheckRequest.AutonamingOptions(mode=modes.Value("DISABLE"))

    assert (await checked(config_map(), autonaming=proposed))["metadata"]["name"] == "mine"
    with pytest.raises(ProviderError, match="autonaming is disabled"):
        await checked(config_map(), autonaming=disabled)


async def test_the_old_client_side_label_is_kept() -> None:
    label = {"app.kubernetes.io/managed-by": "pulumi"}

    kept = await checked(config_map(name="a"), config_map(name="a", labels=label))

    assert kept["metadata"]["labels"] == label


async def test_a_secret_is_secret_after_check() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"a": "b"}}

    assert (await checked(secret, kind="core/v1:Secret"))["data"] == Secret({"a": "Yg=="})


async def test_what_can_never_be_made_is_refused() -> None:
    with pytest.raises(ProviderError, match="generateName"):
        await checked(config_map(generateName="a-"))
    with pytest.raises(ProviderError, match="list resources"):
        await checked(config_map(name="a"), kind="core/v1:ConfigMapList")
    with pytest.raises(ProviderError, match=r"require the `.metadata.name` field"):
        await checked(config_map(), kind="core/v1:ConfigMapPatch")
    with pytest.raises(NotServedOffline):
        await checked({}, kind="helm.sh/v3:Release")
