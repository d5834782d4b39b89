"""An engine that makes nothing and keeps what it was asked for, to be looked at as a graph.

What Google would compute is made up by type, always the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from google.protobuf import json_format
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, rpc
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import Stack

_SECRET = "4dabf18193072939515e22adb298388d"
_STACK = "pulumi:pulumi:Stack"
_NUMBER = "123456789012"
_POOLS = f"projects/{_NUMBER}/locations/global/workloadIdentityPools"
# Outputs by type, with inputs of the resource in braces; `id` is the resource's id.
_COMPUTED: Mapping[str, Mapping[str, Any]] = {
    "gcp:compute/network:Network": {"id": "projects/{project}/global/networks/{name}"},
    "gcp:kms/keyRing:KeyRing": {"id": "projects/{project}/locations/{location}/keyRings/{name}"},
    "gcp:kms/cryptoKey:CryptoKey": {"id": "{keyRing}/cryptoKeys/{name}"},
    "gcp:projects/serviceIdentity:ServiceIdentity": {
        "email": f"service-{_NUMBER}@container-engine-robot.iam.gserviceaccount.com"
    },
    "gcp:serviceaccount/account:Account": {
        "email": "{accountId}@{project}.iam.gserviceaccount.com",
        "name": "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
    },
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": {"name": f"{_POOLS}/{{workloadIdentityPoolId}}"},
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {
        "name": f"{_POOLS}/{{workloadIdentityPoolId}}/providers/{{workloadIdentityPoolProviderId}}"
    },
    "gcp:container/cluster:Cluster": {
        "endpoint": "203.0.113.9",
        "masterAuth": {"clusterCaCertificate": "UEVN", "clientCertificateConfig": {}},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-{name}.gke.goog"}},
    },
}


@dataclass(frozen=True)
class Declared:
    """What a program declared: ``resources``, sorted by type and name, as `_described` has them, and the
    stack's ``outputs``."""

    resources: list[dict[str, Any]]
    outputs: dict[str, Any]


class _Made(Mocks):
    def __init__(self, *, planning: bool) -> None:
        self._planning = planning

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        computed = _filled(_COMPUTED.get(args.typ, {}), dict(args.inputs))
        identity = computed.pop("id", args.name)
        if self._planning:
            return "", {**args.inputs, **dict.fromkeys(computed, rpc.UNKNOWN)}
        return identity, {**args.inputs, **computed}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        # A plan has to work before anything exists, so nothing may be asked.
        raise AssertionError(args.token)


class _Hooks:
    """Takes hooks and never calls them: nothing is made that they could wait for."""

    def register_resource_hook(self, hook: pulumi.ResourceHook) -> None:
        """Does nothing; the resource's request names the hook."""


class _Listener(MockMonitor):
    """Keeps every request for a resource."""

    def __init__(self, made: Mocks) -> None:
        super().__init__(made)
        self.requests: list[resource_pb2.RegisterResourceRequest] = []

    def RegisterResource(  # noqa: N802 - the RPC's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        self.requests.append(request)
        register = cast(Callable[[object], resource_pb2.RegisterResourceResponse], super().RegisterResource)
        return register(request)


def declared(
    stack: str,
    program: Callable[[], Awaitable[None]],
    config: Mapping[str, str] | None = None,
    *,
    planning: bool = False,
) -> Declared:
    """What ``program`` declares for a stack that is configured so.

    ``planning``: nothing exists yet, so nothing that Google computes is known. To be called in a process of
    its own, any number of times: the SDK's mocks and event loop are global.
    """
    made = _Made(planning=planning)
    listener = _Listener(made)
    pulumi.runtime.set_mocks(made, project="onestack", stack=stack, preview=planning, monitor=listener)
    SETTINGS.callbacks = _Hooks()  # the mocks have none
    pulumi.runtime.set_all_config(dict(config or {}))
    root = cast(Stack, pulumi.runtime.get_root_resource())
    root.outputs.clear()
    run = cast(Callable[[Callable[[], object]], Callable[[], object]], pulumi.runtime.test)
    run(program)()
    outputs = dict(root.outputs)
    found = [_described(one) for one in listener.requests if one.type != _STACK]
    return Declared(sorted(found, key=lambda one: (one["type"], one["name"])), outputs)


def _described(request: resource_pb2.RegisterResourceRequest) -> dict[str, Any]:
    """A resource by what matters of it; others are named as ``type name``, what isn't said is left out.

    What an object of a manifest holds is left out, too: the manifests say it.
    """
    inputs = (
        {} if request.type.startswith("kubernetes:") else _open(json_format.MessageToDict(request.object))
    )
    said = {
        "type": request.type,
        "name": request.name,
        "parent": "" if f"{_STACK}::" in request.parent else _short(request.parent),
        "protect": request.protect,
        "createBeforeDelete": request.deleteBeforeReplaceDefined and not request.deleteBeforeReplace,
        "ignoreChanges": list(request.ignoreChanges),
        "provider": _short(request.provider.rpartition("::")[0]),
        "dependsOn": sorted({_short(urn) for urn in request.dependencies}),
        "deletedWith": _short(request.deletedWith),
        "hooks": sorted(json_format.MessageToDict(request.hooks)),
        "inputs": inputs,
    }
    return {key: value for key, value in said.items() if value}


def _short(urn: str) -> str:
    if not urn:
        return ""
    types, name = urn.split("::", 3)[-2:]
    return f"{types.rpartition('$')[2]} {name}"


def _open(value: Any) -> Any:
    """The same without marks of secrets, and with whole numbers as such."""
    if isinstance(value, dict):
        if _SECRET in value:
            return {"secret": _open(value.get("value"))}
        return {key: _open(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_open(held) for held in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _filled(template: Any, inputs: Mapping[str, Any]) -> Any:
    if isinstance(template, str):
        return template.format(**inputs)
    if isinstance(template, Mapping):
        return {key: _filled(held, inputs) for key, held in template.items()}
    return template
