"""Update: an existing object changed in place, or in a preview what would become of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2 import UpdateRequest, UpdateResponse

from onestack.errors import KindUnknown, OnestackError, ProviderError
from onestack.local.kubernetes import checkpoint
from onestack.local.kubernetes.annotations import timeout_seconds
from onestack.local.kubernetes.failure import NotInitialized, is_forbidden, text_of
from onestack.local.kubernetes.identity import Urn, id_of, is_patch, kind_of, name_of
from onestack.local.kubernetes.lifecycle.apply import Change, apply, relinquish
from onestack.local.kubernetes.lifecycle.await_ready import Wait, await_ready
from onestack.local.kubernetes.lifecycle.place import path, resource_of
from onestack.local.kubernetes.lifecycle.refused import refuse_components
from onestack.local.kubernetes.naming import field_manager
from onestack.local.kubernetes.normalize import normalized
from onestack.local.kubernetes.secrecy import plain
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import decode, encode, holds_unknown
from onestack.local.serving.engine_log import ResourceLog
from onestack.local.serving.failure import PartialFailure
from onestack.local.serving.property_path import parse_path

_NO_REASONS: Final[Sequence[str]] = ()


@dataclass(frozen=True)
class _Task:
    urn: str
    given: Mapping[str, Any]
    inputs: dict[str, Any]
    old: checkpoint.Checkpoint
    initial_api_version: str
    manager: str
    former_manager: str


async def update(session: Session, request: UpdateRequest) -> UpdateResponse:
    """Changes an object and waits until it is ready again.

    Raises:
        ProviderError: nothing was changed, and the object can't be read either.
        PartialFailure: it could not be changed, or was and didn't become ready.
    """
    urn = Urn.parse(request.urn)
    refuse_components(urn)
    if session.unreachable and not request.preview:
        raise ProviderError(f"configured Kubernetes cluster is unreachable: {session.unreachable}")
    task = _task(request)
    kind = kind_of(task.inputs)
    if request.preview and (holds_unknown(task.inputs) or not await session.is_served(kind)):
        return UpdateResponse(properties=request.news)
    log = ResourceLog(session.log, request.urn)
    change = Change(
        task.inputs,
        name_of(task.old.live),
        task.manager,
        patch=is_patch(urn, kind.kind),
        preview=request.preview,
        ignored=[parse_path(text) for text in request.ignoreChanges],
    )
    try:
        live = await apply(session, change)
        if not request.preview:
            seconds = timeout_seconds(task.inputs, request.timeout)
            live = await await_ready(session, log, Wait(task.inputs, live, seconds, updated=True))
    except OnestackError as error:
        if request.preview and is_forbidden(error):
            return UpdateResponse(properties=request.news)
        raise await _failure(session, task, error) from None
    if not request.preview and task.former_manager not in {"", task.manager}:
        await relinquish(session, live, task.former_manager)
    return UpdateResponse(properties=encode(_state(task, live)))


def _task(request: UpdateRequest) -> _Task:
    state = decode(request.olds)
    given = decode(request.news)
    old = checkpoint.parse(state)
    inputs = normalized(plain(given))
    recorded = checkpoint.recorded_field_manager(state)
    return _Task(
        request.urn,
        given,
        inputs,
        old,
        checkpoint.initial_api_version(state, old.inputs),
        field_manager(inputs, recorded),
        field_manager(old.inputs, recorded) if recorded else "",
    )


async def _failure(session: Session, task: _Task, error: OnestackError) -> ProviderError:
    """The failure as the engine is told, with the object as it is now."""
    if isinstance(error, KindUnknown):
        return ProviderError(
            f'update of resource "{task.urn}" failed because the Kubernetes API server reported that the '
            "apiVersion for this resource does not exist. "
            f"Verify that any required CRDs have been created: {text_of(error)}"
        )
    try:
        resource = await resource_of(session, task.old.live)
        live = await session.client.request("GET", path(resource, task.old.live))
    except OnestackError as unreadable:
        return ProviderError(
            f'update of resource "{task.urn}" failed: {text_of(error)}\n'
            f"unable to get cluster state: {text_of(unreadable)}"
        )
    return PartialFailure(
        f'the Kubernetes API server reported that "{id_of(live)}" failed to fully initialize or become '
        f"live: {text_of(error)}",
        object_id=id_of(live),
        reasons=error.reasons if isinstance(error, NotInitialized) else _NO_REASONS,
        state=_state(task, live),
    )


def _state(task: _Task, live: Mapping[str, Any]) -> dict[str, Any]:
    return checkpoint.compose(
        task.inputs,
        live,
        task.given,
        initial_api_version=task.initial_api_version,
        field_manager=task.manager,
    )
