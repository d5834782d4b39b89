"""Delete: an object is deleted, and then waited for until it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.provider_pb2 import DeleteRequest

from onestack.errors import ApiError, ClusterUnreachable, KindUnknown, ProviderError
from onestack.kube.discovery import ApiResource
from onestack.local.kubernetes import checkpoint
from onestack.local.kubernetes.annotations import SKIP_AWAIT, is_true, propagation_policy, timeout_seconds
from onestack.local.kubernetes.failure import is_not_found, text_of
from onestack.local.kubernetes.identity import (
    Urn,
    id_of,
    is_patch,
    kind_of,
    metadata_of,
    namespace_of,
    parse_id,
)
from onestack.local.kubernetes.lifecycle.apply import relinquish
from onestack.local.kubernetes.lifecycle.place import resource_of
from onestack.local.kubernetes.lifecycle.refused import refuse_components
from onestack.local.kubernetes.lookout import Changes
from onestack.local.kubernetes.naming import field_manager
from onestack.local.kubernetes.session import Session
from onestack.local.serving.codec import decode
from onestack.local.serving.engine_log import ResourceLog
from onestack.local.serving.failure import PartialFailure

_INVALID: Final = 422
_MAY_LEAVE: Final = frozenset(
    {
        ("", "Namespace"),
        ("", "Pod"),
        ("", "ReplicationController"),
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("batch", "Job"),
    }
)
"""Kinds whose deletion is not waited for with ``skipAwait``; all others go quickly."""


@dataclass
class _Victim:
    resource: ApiResource
    name: str
    live: Mapping[str, Any]

    @property
    def path(self) -> str:
        return self.resource.path(namespace_of(self.live) or "default", self.name)


async def delete(session: Session, request: DeleteRequest) -> Empty:
    """Deletes an object; one that is gone already, also with its kind, is deleted.

    Raises:
        ProviderError: it still exists.
        PartialFailure: its deletion has begun and didn't end in time.
    """
    urn = Urn.parse(request.urn)
    refuse_components(urn)
    log = ResourceLog(session.log, request.urn)
    state = decode(request.properties)
    old = checkpoint.parse(state)
    if session.unreachable:
        await _pass_over_unreachable(session, log)
        return Empty()
    manager = field_manager(old.inputs, checkpoint.recorded_field_manager(state))
    victim: _Victim | None = None
    try:
        resource = await resource_of(session, old.live)
        if is_patch(urn, kind_of(old.inputs).kind):
            await relinquish(session, old.live, manager)
            return Empty()
        victim = _Victim(resource, parse_id(request.id)[1], old.live)
        async with asyncio.timeout(timeout_seconds(old.inputs, request.timeout)):
            await _delete(session, log, victim, old.inputs)
    except KindUnknown:
        return Empty()
    except ApiError as error:
        if is_not_found(error):
            return Empty()
        raise ProviderError(_refusal(urn, old, error)) from None
    except ClusterUnreachable as error:
        raise ProviderError(f'deletion of resource "{request.urn}" failed: {text_of(error)}') from None
    except TimeoutError:
        if victim is None:
            raise
        raise await _unfinished(log, request.urn, victim, state, manager) from None
    await log.clear()
    return Empty()


async def _delete(session: Session, log: ResourceLog, victim: _Victim, inputs: Mapping[str, Any]) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": propagation_policy(inputs),
    }
    if _may_leave(inputs):
        await session.client.request("DELETE", victim.path, body=body)
        return
    async with session.lookout.on(victim.resource, namespace_of(victim.live), victim.name) as changes:
        answer = await session.client.request("DELETE", victim.path, body=body)
        if answer.get("kind") != "Status" or answer.get("apiVersion") != "v1":
            victim.live = answer
            await _await_end(session, log, victim, changes)


async def _unfinished(
    log: ResourceLog, urn: str, victim: _Victim, state: Mapping[str, Any], manager: str
) -> PartialFailure:
    finalizers = ", ".join(metadata_of(victim.live).get("finalizers") or ())
    await log.warn(f"finalizers might be preventing deletion ({finalizers})")
    return PartialFailure(
        "\n".join([f'resource "{urn}": timed out waiting for the condition', *_holding(victim.live)]),
        object_id=id_of(victim.live),
        reasons=(),
        state=checkpoint.compose(
            checkpoint.parse(state).live,
            victim.live,
            state,
            initial_api_version=checkpoint.initial_api_version(state, {}),
            field_manager=manager,
        ),
    )


def _holding(live: Mapping[str, Any]) -> list[str]:
    """What the object itself says about why it is still there."""
    finalizers = metadata_of(live).get("finalizers")
    by_object = [f"held by its finalizers: {', '.join(finalizers)}"] if finalizers else []
    told = (live.get("status") or {}).get("conditions") or []
    return by_object + [
        str(one.get("message"))
        for one in told
        if one.get("status") == "True" and str(one.get("type")).startswith("Namespace")
    ]


async def _await_end(session: Session, log: ResourceLog, victim: _Victim, changes: Changes) -> None:
    uid = metadata_of(victim.live).get("uid")
    while metadata_of(victim.live).get("uid") == uid:
        if session.cancelled.is_set():
            raise ProviderError(f'Resource operation was cancelled for "{victim.name}"')
        if "deletionTimestamp" in metadata_of(victim.live):
            await log.status("Resource scheduled for deletion")
        event = await changes.next()
        if event is None:
            victim.live = await session.client.request("GET", victim.path)
            continue
        what, victim.live = event
        if what == "DELETED":
            return


def _may_leave(inputs: Mapping[str, Any]) -> bool:
    kind = kind_of(inputs)
    return is_true(inputs, SKIP_AWAIT) and (kind.group, kind.kind) in _MAY_LEAVE


def _refusal(urn: Urn, old: checkpoint.Checkpoint, error: ApiError) -> str:
    required = error.status == _INVALID and "Required value" in error.api_message
    if required and is_patch(urn, kind_of(old.live).kind):
        fields = [
            c.get("field")
            for c in error.details.get("causes") or ()
            if c.get("reason") == "FieldValueRequired"
        ]
        return (
            "this Patch resource is currently managing a required field, so it can't be deleted directly. "
            "Either set the `retainOnDelete` resource option, or transfer ownership of the field before "
            f"deleting: {next(iter(fields), '')}"
        )
    return text_of(error)


async def _pass_over_unreachable(session: Session, log: ResourceLog) -> None:
    await log.warn(f"configured Kubernetes cluster is unreachable: {session.unreachable}")
    if session.config.delete_unreachable:
        await log.note(
            "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
            "Deleting the unreachable resource from Pulumi state"
        )
        return
    raise ProviderError(
        "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this "
        "resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE "
        'environment variable set to "true"'
    )
