"""Registers a few manifests under mocks and prints, as JSON, what the engine would have been asked.

A process of its own: the SDK's mocks and event loop are global.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pulumi
import pulumi_kubernetes as kubernetes
from google.protobuf import json_format
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, rpc
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2

from components.secret_values import properties
from components.workloads import Registry
from onestack.errors import SecretNotSet
from onestack.manifests.aliases import Aliases
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.order import dependencies
from onestack.manifests.registration import Names, Registration, registrations


class Listener(MockMonitor):
    """Keeps every request for a resource."""

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self.requests: list[resource_pb2.RegisterResourceRequest] = []

    def RegisterResource(  # noqa: N802 - the RPC's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        self.requests.append(request)
        response: resource_pb2.RegisterResourceResponse = super().RegisterResource(  # type: ignore[no-untyped-call]
            request
        )
        return response


class Recorder(Mocks):
    """Stands in for the engine and remembers what was registered, in order."""

    def __init__(self) -> None:
        self.registered: list[tuple[str, str]] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.registered.append((args.typ, args.name))
        return args.name, dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)


def manifest(api_version: str, kind: str, name: str, namespace: str | None, **content: Any) -> Manifest:
    """A manifest made by code."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    return Manifest("shop", api_version, kind, name, namespace, body, Location("f.yaml", 1, 1))


MANIFESTS = (
    manifest("v1", "Secret", "token", "shop", stringData={"t": "not-a-real-secret"}),
    manifest(
        "v1",
        "Secret",
        "filled",
        "shop",
        stringData={"u": "db://app:${secrets:pw}@db"},
        data={"p": "JHtzZWNyZXRzOnB3fQ=="},
    ),
    manifest("apps/v1", "Deployment", "web", "shop"),
    manifest("v1", "Namespace", "shop", None),
)


def main() -> None:
    """Declares, then looks which inputs of each manifest are secret."""
    recorder = Recorder()
    monitor = Listener(recorder)
    pulumi.runtime.set_mocks(recorder, project="onestack", stack="test", preview=False, monitor=monitor)
    pulumi.runtime.set_all_config({"secrets:pw": "given"}, ["secrets:pw"])
    secret: dict[str, list[str]] = {}
    filled: dict[str, Any] = {}
    compared: dict[str, Any] = {}
    registered: list[tuple[str, str]] = []
    missing: list[str] = []

    async def declare() -> None:
        registry = Registry(kubernetes.Provider("cluster"))
        listed = registrations(
            MANIFESTS,
            dependencies(MANIFESTS),
            Aliases(MANIFESTS),
            Names("onestack", "test"),
            hook_seconds=60,
        )
        await registry.register(listed)
        registered.extend(recorder.registered)
        for one in MANIFESTS:
            values = await properties(one.body)
            marked = [key for key, value in values.items() if rpc.is_rpc_secret(value)]
            secret[f"{one.kind} {one.name}"] = sorted(marked)
            if one.name == "filled":
                filled.update({key: rpc.unwrap_rpc_secret(values[key]) for key in marked})
        compared.update(await both_ways(registry.provider, listed, monitor))
        missing.append(await said_of_missing())

    run = cast(Callable[[Callable[[], object]], Callable[[], object]], pulumi.runtime.test)
    run(declare)()
    said = {"registered": registered, "secret": secret, "filled": filled, "missing": missing[0]}
    json.dump(said | {"compared": compared}, sys.stdout)


async def both_ways(
    provider: pulumi.ProviderResource, listed: Sequence[Registration], monitor: Listener
) -> dict[str, Any]:
    """The requests for a Deployment as we make them, and as the SDK does for the same options."""
    before = len(monitor.requests)
    web = replace(
        next(one for one in listed if one.name == "shop/web"),
        aliases=("urn:pulumi:a",),
        seconds=60,
        within="urn:pulumi:b",
    )
    await Registry(provider).register([web])
    options = pulumi.ResourceOptions(
        provider=provider,
        depends_on=[pulumi.resource.DependencyResource(urn) for urn in web.needs],
        aliases=list(web.aliases),
        deleted_with=pulumi.resource.DependencyResource("urn:pulumi:b"),
        custom_timeouts=pulumi.CustomTimeouts(create="60s", update="60s"),
    )
    await pulumi.CustomResource(web.token, web.name, dict(web.body), options).urn.future()
    ours, theirs = (json_format.MessageToDict(request) for request in monitor.requests[before:])
    return {"ours": ours, "theirs": theirs}


async def said_of_missing() -> str:
    """What is said of a value that the run was not given."""
    try:
        await properties(manifest("v1", "Secret", "s", "shop", stringData={"a": "${secrets:gone}"}).body)
    except SecretNotSet as error:
        return error.message()
    return ""


main()
