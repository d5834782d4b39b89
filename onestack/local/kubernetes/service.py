"""The gRPC side: methods by their names in the protocol, and failures the engine's way."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NoReturn

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.plugin_pb2 import PluginAttach
from pulumi.runtime.proto.status_pb2 import Status

from onestack.errors import OnestackError
from onestack.local.kubernetes.codec import encode
from onestack.local.kubernetes.failure import PartialFailure, text_of
from onestack.local.kubernetes.provider import Provider

SERVICE: Final = "pulumirpc.ResourceProvider"

Call = Callable[[Any], Awaitable[Message]]
Context = grpc.aio.ServicerContext[Any, Any]


def service(provider: Provider) -> grpc.GenericRpcHandler[Any, Any]:
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
                _answering(call), request.FromString, lambda answer: answer.SerializeToString()
            )
            for name, (call, request) in calls.items()
        },
    )


def _answering(call: Call) -> Callable[[Any, Context], Awaitable[Message]]:
    async def answer(request: Any, context: Context) -> Message:
        try:
            return await call(request)
        except OnestackError as error:
            await _abort(context, error)
        except Exception as error:  # the engine must hear of it, and not see a traceback with values
            await context.abort(grpc.StatusCode.INTERNAL, _defect(error))

    return answer


async def _abort(context: Context, error: OnestackError) -> NoReturn:
    message = text_of(error)
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


def _defect(error: Exception) -> str:
    """Where a defect of ours showed; not its message, which may quote a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the offline Kubernetes provider has a defect: {type(error).__name__} in "
        f"{Path(frame.filename).name}:{frame.lineno} ({frame.name}); please report it"
    )
