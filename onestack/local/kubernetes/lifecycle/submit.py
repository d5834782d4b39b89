"""Sending a new object to the API server, again where the order of things may be at fault."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from onestack.errors import ApiError, KindUnknown
from onestack.kube.client import APPLY
from onestack.kube.discovery import ApiResource
from onestack.local.kubernetes.annotations import PATCH_FORCE, is_true
from onestack.local.kubernetes.builtin import lifecycle_of
from onestack.local.kubernetes.failure import (
    is_immutable_field,
    is_namespace_missing,
    is_not_found,
    of_apply,
    text_of,
)
from onestack.local.kubernetes.identity import kind_of, name_of
from onestack.local.kubernetes.lifecycle.place import collection, path
from onestack.local.kubernetes.naming import FIRST_FIELD_MANAGER
from onestack.local.kubernetes.session import Session
from onestack.local.serving.engine_log import ResourceLog

WAITS: Final = (1, 2, 4, 8, 16, 32)
"""Seconds between attempts; 63 in all, as the official plugin has it."""


@dataclass(frozen=True)
class Submission:
    """A new object on its way. ``upsert`` takes an existing one over instead of failing."""

    inputs: dict[str, Any]
    manager: str
    upsert: bool
    preview: bool


async def submit(session: Session, log: ResourceLog, new: Submission) -> dict[str, Any]:
    """Creates the object and returns it.

    A namespace or kind that isn't there yet may be about to be created by somebody else, so both are
    waited for, for about a minute; only a preview doesn't wait for a namespace.

    Raises:
        ApiError, KindUnknown, ApplyConflict: the object can't be created.
    """
    for attempt, wait in enumerate((*WAITS, 0)):
        try:
            resource = await session.resource(kind_of(new.inputs))
            return await _send(session, log, resource, new)
        except (ApiError, KindUnknown) as error:
            if new.preview and is_namespace_missing(error):
                raise
            await log.status(f"Retry #{attempt}; creation failed: {text_of(error)}")
            if not wait or not _worth_waiting(session, error) or session.cancelled.is_set():
                raise
            await _sleep(session, new.inputs, error, wait)
    raise AssertionError("the last attempt either returns or raises")


async def _send(session: Session, log: ResourceLog, resource: ApiResource, new: Submission) -> dict[str, Any]:
    if new.upsert:
        return await _apply(session, log, resource, new)
    params = {"fieldManager": FIRST_FIELD_MANAGER} | ({"dryRun": "All"} if new.preview else {})
    return await session.client.request(
        "POST", collection(resource, new.inputs), params=params, body=new.inputs
    )


async def _apply(
    session: Session, log: ResourceLog, resource: ApiResource, new: Submission
) -> dict[str, Any]:
    force = new.preview or session.config.patch_force or is_true(new.inputs, PATCH_FORCE)
    params = {"fieldManager": new.manager, "force": str(force).lower(), "fieldValidation": "Warn"}
    if new.preview:
        params["dryRun"] = "All"

    async def send() -> dict[str, Any]:
        return await session.client.request(
            "PATCH", path(resource, new.inputs), params=params, body=new.inputs, content_type=APPLY
        )

    try:
        return await send()
    except ApiError as error:
        if not (new.preview and is_immutable_field(error)):
            raise of_apply(error, new.manager) from None
    # A replacement can't be tried on the object it replaces, so it is tried beside it.
    beside = f"{name_of(new.inputs)}{secrets.token_hex(3)[:5]}"
    await log.note(f'Preview creation failed due to immutable fields; retrying with name "{beside}"')
    new.inputs["metadata"]["name"] = beside
    try:
        return await send()
    except ApiError as error:
        raise of_apply(error, new.manager) from None


def _worth_waiting(session: Session, error: ApiError | KindUnknown) -> bool:
    if isinstance(error, ApiError):
        return is_not_found(error)
    # A kind that Kubernetes has removed won't come back with a CustomResourceDefinition.
    lifecycle = lifecycle_of(error.api_version, error.kind)
    return lifecycle is None or lifecycle.removed is None or session.version < lifecycle.removed


async def _sleep(session: Session, inputs: Mapping[str, Any], error: Exception, seconds: float) -> None:
    if isinstance(error, KindUnknown):
        await session.await_kind(kind_of(inputs), seconds)
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(session.cancelled.wait(), seconds)
