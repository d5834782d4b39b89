"""The gRPC side: methods by their names in the protocol, and failures the engine's way."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.plugin_pb2 import PluginAttach, PluginInfo
from pulumi.runtime.proto.status_pb2 import Status

from onestack.errors import OnestackError
from onestack.local.serving.codec import encode
from onestack.local.serving.failure import PartialFailure

SERVICE: Final = "pulumirpc.ResourceProvider"

Call = Callable[[Any], Awaitable[Message]]
Context = grpc.aio.ServicerContext[Any, Any]


class Provider(Protocol):
    """Everything that the engine can ask of a provider."""

    async def get_plugin_info(self, request: Empty) -> PluginInfo: ...
    async def attach(self, request: PluginAttach) -> Empty: ...
    async def cancel(self, request: Empty) -> Empty: ...
    async def get_schema(self, request: proto.GetSchemaRequest) -> proto.GetSchemaResponse: ...
    async def get_mappings(self, request: proto.GetMappingsRequest) -> proto.GetMappingsResponse: ...
    async def get_mapping(self, request: proto.GetMappingRequest) -> proto.GetMappingResponse: ...
    async def invoke(self, request: proto.InvokeRequest) -> proto.InvokeResponse: ...
    async def call(self, request: proto.CallRequest) -> proto.CallResponse: ...
    async def construct(self, request: proto.ConstructRequest) -> proto.ConstructResponse: ...
    async def parameterize(self, request: proto.ParameterizeRequest) -> proto.ParameterizeResponse: ...
    async def check_config(self, request: proto.CheckRequest) -> proto.CheckResponse: ...
    async def diff_config(self, request: proto.DiffRequest) -> proto.DiffResponse: ...
    async def configure(self, request: proto.ConfigureRequest) -> proto.ConfigureResponse: ...
    async def check(self, request: proto.CheckRequest) -> proto.CheckResponse: ...
    async def diff(self, request: proto.DiffRequest) -> proto.DiffResponse: ...
    async def create(self, request: proto.CreateRequest) -> proto.CreateResponse: ...
    async def read(self, request: proto.ReadRequest) -> proto.ReadResponse: ...
    async def update(self, request: proto.UpdateRequest) -> proto.UpdateResponse: ...
    async def delete(self, request: proto.DeleteRequest) -> Empty: ...
    async def close(self) -> None: ...


@dataclass(frozen=True)
class Words:
    """How a provider speaks. ``name`` goes into "the offline NAME provider"; ``text_of`` words a failure."""

    name: str
    text_of: Callable[[OnestackError], str] = str


def service(provider: Provider, words: Words) -> grpc.GenericRpcHandler[Any, Any]:
    """The handlers of everything a provider can do; the engine is told that the rest is unimplemented."""
    calls: dict[str, tuple[Call, type[Message]]] = {
        "GetPluginInfo": (provider.get_plugin_info, Empty),
        "Attach": (provider.attach, PluginAttach),
        "Cancel": (provider.cancel, Empty),
        "GetSchema": (provider.get_schema, proto.GetSchemaRequest),
        "GetMappings": (provider.get_mappings, proto.GetMappingsRequest),
        "GetMapping": (provider.get_mapping, proto.GetMappingRequest),
        "Invoke": (provider.invoke, proto.InvokeRequest),
        "Call": (provider.call, proto.CallRequest),
        "Construct": (provider.construct, proto.ConstructRequest),
        "Parameterize": (provider.parameterize, proto.ParameterizeRequest),
        "CheckConfig": (provider.check_config, proto.CheckRequest),
        "DiffConfig": (provider.diff_config, proto.DiffRequest),
        "Configure": (provider.configure, proto.ConfigureRequest),
        "Check": (provider.check, proto.CheckRequest),
        "Diff": (provider.diff, proto.DiffRequest),
        "Create": (provider.create, proto.CreateRequest),
        "Read": (provider.read, proto.ReadRequest),
        "Update": (provider.update, proto.UpdateRequest),
        "Delete": (provider.delete, proto.DeleteRequest),
    }
    return grpc.method_handlers_generic_handler(
        SERVICE,
        {
            name: grpc.unary_unary_rpc_method_handler(
                _answering(call, words), request.FromString, lambda answer: answer.SerializeToString()
            )
            for name, (call, request) in calls.items()
        },
    )


def _answering(call: Call, words: Words) -> Callable[[Any, Context], Awaitable[Message]]:
    async def answer(request: Any, context: Context) -> Message:
        try:
            return await call(request)
        except OnestackError as error:
            await _abort(context, error, words)
        except Exception as error:  # the engine must hear of it, and not see a traceback with values
            await context.abort(grpc.StatusCode.INTERNAL, _defect(error, words))

    return answer


async def _abort(context: Context, error: OnestackError, words: Words) -> NoReturn:
    message = words.text_of(error)
    if isinstance(error, PartialFailure):
        # The engine records the object and what is wrong with it from the status's details.
        detail = proto.ErrorResourceInitFailed(
            id=error.object_id, reasons=error.reasons, properties=encode(error.state)
        )
        if error.inputs is not None:
            detail.inputs.CopyFrom(encode(error.inputs))
        status = Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
        status.details.add().Pack(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    await context.abort(grpc.StatusCode.UNKNOWN, message)


def _defect(error: Exception, words: Words) -> str:
    """Where a defect of ours showed; not its message, which may quote a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the offline {words.name} provider has a defect: {type(error).__name__} in "
        f"{Path(frame.filename).name}:{frame.lineno} ({frame.name}); please report it"
    )
