"""Create: a new object, or in a preview what the API server would make of it."""

from __future__ import annotations

from pulumi.runtime.proto.provider_pb2 import CreateRequest, CreateResponse

from onestack.errors import ApiError, ClusterUnreachable, KindUnknown, OnestackError, ProviderError
from onestack.local.kubernetes import checkpoint
from onestack.local.kubernetes.annotations import timeout_seconds
from onestack.local.kubernetes.failure import (
    ApplyConflict,
    NotInitialized,
    is_dry_run_unsupported,
    is_existing,
    is_forbidden,
    is_namespace_missing,
    of_creation,
    text_of,
)
from onestack.local.kubernetes.identity import Urn, id_of, is_crd, is_patch, kind_of
from onestack.local.kubernetes.lifecycle.await_ready import Wait, await_ready
from onestack.local.kubernetes.lifecycle.refused import refuse_components
from onestack.local.kubernetes.lifecycle.submit import Submission, submit
from onestack.local.kubernetes.naming import field_manager
from onestack.local.kubernetes.secrecy import plain
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import decode, encode, holds_unknown
from onestack.local.serving.engine_log import ResourceLog
from onestack.local.serving.failure import PartialFailure


async def create(session: Session, request: CreateRequest) -> CreateResponse:
    """Creates an object and waits until it is ready.

    Raises:
        ProviderError: it was not created.
        PartialFailure: it was, but didn't become ready.
    """
    urn = Urn.parse(request.urn)
    refuse_components(urn)
    if session.unreachable and not request.preview:
        raise ProviderError(f"configured Kubernetes cluster is unreachable: {session.unreachable}")
    given = decode(request.properties)
    inputs = plain(given)
    kind = kind_of(inputs)
    as_given = CreateResponse(properties=request.properties)
    patch = is_patch(urn, kind.kind)
    if request.preview and (patch or holds_unknown(inputs) or not await session.is_served(kind)):
        return as_given
    log = ResourceLog(session.log, request.urn)
    new = Submission(inputs, field_manager(inputs), session.config.upsert or patch, request.preview)
    try:
        live = await submit(session, log, new)
    except (ApiError, KindUnknown, ApplyConflict, ClusterUnreachable) as error:
        if request.preview and _previews_as_given(error):
            return as_given
        named = f"{urn.kind.api_version}/{urn.kind.kind}"
        raise of_creation(error, request.urn, named) from None
    await log.clear()
    failure = None
    if request.preview:
        live.pop("status", None)
    else:
        try:
            seconds = timeout_seconds(inputs, request.timeout)
            live = await await_ready(session, log, Wait(inputs, live, seconds, updated=False))
        except NotInitialized as error:
            failure, live = error, dict(error.live)
        except OnestackError as error:
            # The object is there, whatever went wrong while waiting: it must not be forgotten.
            failure = NotInitialized(text_of(error), live)
    state = checkpoint.compose(
        inputs,
        live,
        given,
        initial_api_version=str(inputs.get("apiVersion")),
        field_manager=new.manager,
    )
    if failure is not None:
        raise PartialFailure(
            f'resource "{request.urn}" was successfully created, but the Kubernetes API server '
            f"reported that it failed to fully initialize or become live: {failure}",
            object_id=id_of(live),
            reasons=failure.reasons,
            state=state,
        )
    if is_crd(kind) and not request.preview:
        session.declare_crd(inputs)
    return CreateResponse(id="" if request.preview else id_of(live), properties=encode(state))


def _previews_as_given(error: Exception) -> bool:
    """True for failures that the official plugin passes over in a preview: it shows the inputs instead."""
    return (
        is_forbidden(error)
        or is_existing(error)
        or is_namespace_missing(error)
        or is_dry_run_unsupported(error)
    )
