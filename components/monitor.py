"""Registers objects with the engine's resource monitor directly: the same request, a tenth of the time.

``pulumi.CustomResource`` makes futures and Outputs for every property, a thread and several log
messages for every object. Nobody reads the properties of ours, so one request and its answer are
enough. The request is that of ``pulumi/runtime/resource.py::register_resource`` in Pulumi's Python SDK.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import alias_pb2, resource_pb2
from pulumi.runtime.settings import get_monitor, get_root_resource, grpc_error_to_exception

from onestack.manifests.registration import Registration

Response = resource_pb2.RegisterResourceResponse
_Request = resource_pb2.RegisterResourceRequest


@dataclass(frozen=True)
class Monitor:
    """The engine's side of one program. ``provider`` is a reference, ``parent`` the root stack's URN."""

    provider: str
    parent: str

    async def register(
        self, registration: Registration, properties: Mapping[str, Any], behind: Sequence[str]
    ) -> Response:
        """Registers one object behind what it needs and ``behind``; returns when the engine is done with it.

        Raises: RunError where the engine has stopped listening, because the run has failed.
        """
        request = _Request(
            type=registration.token,
            name=registration.name,
            parent=self.parent,
            custom=True,
            object=json_format.ParseDict(dict(properties), struct_pb2.Struct()),
            provider=self.provider,
            dependencies=[*registration.needs, *behind],
            # Said to be none: otherwise every property counts as dependent on all of the dependencies.
            propertyDependencies={name: _Request.PropertyDependencies() for name in properties},
            aliases=[alias_pb2.Alias(urn=urn) for urn in registration.aliases],
            deletedWith=registration.within or "",
            customTimeouts=_timeouts(registration.seconds),
            hooks=_Request.ResourceHooksBinding(),
            acceptSecrets=True,
            acceptResources=True,
            supportsPartialValues=True,
            supportsResultReporting=True,
        )
        try:
            return await _answered(request)
        except grpc.RpcError as error:
            raise grpc_error_to_exception(error) from None


async def monitor(provider: pulumi.ProviderResource) -> Monitor:
    """The monitor of the running program, for objects of ``provider``, which is registered by now."""
    root = get_root_resource()
    urn, known = await provider.urn.future(), await provider.id.future()
    return Monitor(
        provider=f"{urn}::{known or rpc.UNKNOWN}",
        parent=(await root.urn.future() or "") if root is not None else "",
    )


async def _answered(request: _Request) -> Response:
    """The answer to a request, without a thread that waits for it."""
    register: Any = get_monitor().RegisterResource  # type: ignore[union-attr]
    loop = asyncio.get_running_loop()
    if not hasattr(register, "future"):  # the SDK's mocks answer by themselves, and block
        return await loop.run_in_executor(None, contextvars.copy_context().run, register, request)
    answer: asyncio.Future[Response] = loop.create_future()

    def settle(call: grpc.Future[Response]) -> None:
        if answer.done():
            return
        error = call.exception()
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(call.result())

    def tell(call: grpc.Future[Response]) -> None:
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile, and its loop with it
            loop.call_soon_threadsafe(settle, call)

    register.future(request).add_done_callback(tell)
    return await answer


def _timeouts(seconds: float | None) -> _Request.CustomTimeouts | None:
    if seconds is None:
        return None
    return _Request.CustomTimeouts(create=f"{seconds:g}s", update=f"{seconds:g}s")
