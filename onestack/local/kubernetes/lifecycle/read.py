"""Read: an object as it is now, for a refresh, an import or a lookup."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2 import ReadRequest, ReadResponse

from onestack.errors import ApiError, KindUnknown, ProviderError
from onestack.local.kubernetes import checkpoint
from onestack.local.kubernetes.annotations import LAST_APPLIED, SKIP_AWAIT, is_true
from onestack.local.kubernetes.builtin import fields_of, kinds_of
from onestack.local.kubernetes.failure import is_not_found, text_of
from onestack.local.kubernetes.identity import (
    Kind,
    Urn,
    id_of,
    kind_of,
    name_of,
    namespace_of,
    parse_id,
)
from onestack.local.kubernetes.lifecycle.await_ready import look
from onestack.local.kubernetes.lifecycle.place import resource_of
from onestack.local.kubernetes.lifecycle.refused import refuse_components
from onestack.local.kubernetes.naming import field_manager
from onestack.local.kubernetes.normalize import normalized
from onestack.local.kubernetes.prune import prune
from onestack.local.kubernetes.secrecy import mark, plain
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import decode, encode
from onestack.local.serving.engine_log import ResourceLog
from onestack.local.serving.failure import PartialFailure

_SERVER_ONLY: Final = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_SERVER_ANNOTATIONS: Final = ("deployment.kubernetes.io/revision", LAST_APPLIED)
_OTHER_FIELDS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): frozenset(
        {"apiVersion", "kind", "metadata", "spec"}
    ),
    ("apiregistration.k8s.io", "APIService"): frozenset({"apiVersion", "kind", "metadata", "spec"}),
}


async def read(session: Session, request: ReadRequest) -> ReadResponse:
    """Reads an object; the answer is empty where it is gone.

    Raises:
        ProviderError: it can't be read.
        PartialFailure: it isn't ready.
    """
    urn = Urn.parse(request.urn)
    if session.unreachable:
        return await _unreachable(session, request)
    refuse_components(urn)
    namespace, name = parse_id(request.id)
    if not name:
        raise ProviderError(
            "failed to read resource because of a failure to parse resource name from request ID: "
            f"{request.id}"
        )
    old_state = decode(request.properties)
    given = decode(request.inputs)
    inputs, unseen = _inputs(urn, plain(given), checkpoint.parse(old_state), namespace, name)
    try:
        resource = await resource_of(session, inputs)
        live = await session.client.request("GET", resource.path(namespace_of(inputs) or "default", name))
    except KindUnknown:
        return ReadResponse()
    except ApiError as error:
        if is_not_found(error):
            return ReadResponse()
        raise ProviderError(text_of(error)) from None
    live_inputs = _imported(live) if unseen else prune(live, inputs) or {}
    state = checkpoint.compose(
        live_inputs,
        live,
        given,
        initial_api_version=checkpoint.initial_api_version(old_state, inputs),
        field_manager=field_manager(inputs, checkpoint.recorded_field_manager(old_state)),
    )
    mark(live_inputs, given)
    object_id = request.id or id_of(live)
    verdict = None if unseen or is_true(inputs, SKIP_AWAIT) else await look(session, live)
    if verdict is not None:
        raise PartialFailure(
            f"Resource '{name_of(live)}' was created but failed to initialize",
            object_id=object_id,
            reasons=[verdict.message],
            state=state,
            inputs=live_inputs,
        )
    return ReadResponse(id=object_id, properties=encode(state), inputs=encode(live_inputs))


def _inputs(
    urn: Urn, given: dict[str, Any], old: checkpoint.Checkpoint, namespace: str, name: str
) -> tuple[dict[str, Any], bool]:
    """The inputs as far as they are known, and whether nothing was known but the id."""
    inputs = normalized(given)
    if inputs.get("kind") or inputs.get("apiVersion"):
        return inputs, False
    unseen = not (old.live.get("kind") or old.live.get("apiVersion"))
    kind = urn.kind if unseen else kind_of(old.live)
    metadata = dict(inputs.get("metadata") or {})
    metadata["name"] = metadata.get("name") or name
    if metadata.get("namespace") or namespace:
        metadata["namespace"] = metadata.get("namespace") or namespace
    return {**inputs, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}, unseen


def _imported(live: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of an object nobody declared: what of it could have been declared.

    Of a custom resource that is only its identity, since nothing says which of its fields are inputs.
    """
    kind = kind_of(live)
    fields = _input_fields(kind)
    if not fields:
        place = {"namespace": namespace_of(live)} if namespace_of(live) else {}
        identity = {"name": name_of(live), **place}
        return {"apiVersion": live.get("apiVersion"), "kind": live.get("kind"), "metadata": identity}
    inputs = {key: deepcopy(value) for key, value in live.items() if key in fields}
    metadata = inputs.get("metadata") or {}
    for key in _SERVER_ONLY:
        metadata.pop(key, None)
    for key in _SERVER_ANNOTATIONS:
        (metadata.get("annotations") or {}).pop(key, None)
    return inputs


def _input_fields(kind: Kind) -> frozenset[str]:
    number = kinds_of(kind.api_version).get(kind.kind)
    if number is None:
        return _OTHER_FIELDS.get((kind.group, kind.kind), frozenset())
    return frozenset(fields_of(number)) - {"status"}


async def _unreachable(session: Session, request: ReadRequest) -> ReadResponse:
    log = ResourceLog(session.log, request.urn)
    await log.warn(f"configured Kubernetes cluster is unreachable: {session.unreachable}")
    if session.config.delete_unreachable:
        await log.note(
            "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
            "Deleting the unreachable resource from Pulumi state"
        )
        return ReadResponse()
    if session.config.skip_unreachable:
        await log.note(
            "configured Kubernetes cluster is unreachable and the `skipUnreachable` option is enabled. "
            "Returned data could not reflect the actual cluster configuration."
        )
        return ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
    raise ProviderError(
        "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can "
        "remove this resource from Pulumi state by rerunning the operation with the "
        'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
    )
