"""Waiting until an object is ready, with what is going on shown beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from onestack.errors import OnestackError
from onestack.health import Verdict, assess
from onestack.local.kubernetes.annotations import SKIP_AWAIT, WAIT_FOR, annotation, is_true
from onestack.local.kubernetes.failure import NotInitialized, is_not_found, text_of
from onestack.local.kubernetes.identity import Kind, id_of, kind_of, name_of, namespace_of
from onestack.local.kubernetes.lifecycle.place import path, resource_of
from onestack.local.kubernetes.session import Session
from onestack.local.kubernetes.wait_for import parse_wait_for
from onestack.local.serving.engine_log import WARNING, ResourceLog

AWAITED: Final = frozenset(
    {
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("extensions", "DaemonSet"),
        ("extensions", "Deployment"),
        ("extensions", "Ingress"),
        ("batch", "Job"),
        ("networking.k8s.io", "Ingress"),
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("", "Pod"),
        ("", "ReplicationController"),
        ("", "ResourceQuota"),
        ("", "Secret"),
        ("", "Service"),
    }
)
"""Kinds the official plugin waits for by itself; all others are ready once they exist."""

LOOKED_AT: Final = AWAITED - {
    ("", "PersistentVolume"),
    ("", "PersistentVolumeClaim"),
    ("", "ReplicationController"),
    ("", "ResourceQuota"),
    ("", "Secret"),
}
"""Those of them whose readiness also a refresh reports."""

_SLICES: Final = Kind("discovery.k8s.io", "v1", "EndpointSlice")
_CLASSES: Final = Kind("storage.k8s.io", "v1", "StorageClass")

Judge = Callable[[Mapping[str, Any]], Awaitable[Verdict]]


@dataclass(frozen=True)
class Wait:
    """What was submitted, what the server made of it, and how long to wait, in seconds."""

    inputs: Mapping[str, Any]
    live: dict[str, Any]
    seconds: float
    updated: bool


async def await_ready(session: Session, log: ResourceLog, wait: Wait) -> dict[str, Any]:
    """Waits until the object is ready and returns it as it then is.

    Raises:
        NotInitialized: it failed, or wasn't ready in time, or the run was cancelled.
    """
    if is_true(wait.inputs, SKIP_AWAIT):
        return wait.live
    judge = _judge(session, wait.live)
    if judge is None:
        return wait.live
    verdict = await judge(wait.live)
    if _is_done(verdict):
        return wait.live
    await _show(log, wait.live, verdict)
    current = _Current(wait.live, verdict)
    try:
        async with asyncio.timeout(wait.seconds):
            await _follow(session, log, judge, current)
    except TimeoutError:
        raise NotInitialized(
            f"'{name_of(wait.live)}' timed out waiting to be Ready", current.live, [current.verdict.message]
        ) from None
    await log.clear()
    return current.live


async def look(session: Session, live: Mapping[str, Any]) -> Verdict | None:
    """The readiness of an object right now; None for kinds that a refresh doesn't ask about."""
    kind = kind_of(live)
    if (kind.group, kind.kind) not in LOOKED_AT:
        return None
    verdict = await _assess(session, live)
    return None if _is_done(verdict) else verdict


@dataclass
class _Current:
    live: dict[str, Any]
    verdict: Verdict


async def _follow(session: Session, log: ResourceLog, judge: Judge, current: _Current) -> None:
    resource = await resource_of(session, current.live)
    async with AsyncExitStack() as stack:
        changes = await stack.enter_async_context(
            session.lookout.on(resource, namespace_of(current.live), name_of(current.live))
        )
        if kind_of(current.live).kind == "Service":
            # Its pods' readiness shows in its EndpointSlices, not in itself.
            beside = await stack.enter_async_context(
                session.lookout.on(await session.resource(_SLICES), namespace_of(current.live), "")
            )
            beside.queue = changes.queue
        event = None
        while True:
            if session.cancelled.is_set():
                raise NotInitialized(
                    f'Resource operation was cancelled for "{name_of(current.live)}"',
                    current.live,
                    [current.verdict.message],
                )
            await _update(session, current, event)
            current.verdict = await judge(current.live)
            if _is_done(current.verdict):
                return
            if current.verdict.final:
                raise NotInitialized(
                    f"Resource '{name_of(current.live)}' was created but failed to initialize",
                    current.live,
                    [current.verdict.message],
                )
            await _show(log, current.live, current.verdict)
            event = await changes.next()


async def _update(session: Session, current: _Current, event: Any) -> None:
    """Takes the object from an event, or reads it where there is none or it is about another."""
    if event is not None and event[1].get("kind", current.live["kind"]) == current.live["kind"]:
        current.live = dict(event[1])
        return
    resource = await resource_of(session, current.live)
    try:
        current.live = await session.client.request("GET", path(resource, current.live))
    except OnestackError as error:
        if is_not_found(error):
            raise NotInitialized(text_of(error), current.live) from None
        raise


def _judge(session: Session, live: Mapping[str, Any]) -> Judge | None:
    expression = annotation(live, WAIT_FOR)
    if expression:
        wanted = parse_wait_for(expression)

        async def judge(obj: Mapping[str, Any]) -> Verdict:
            return wanted.judge(obj)

        return judge
    kind = kind_of(live)
    if (kind.group, kind.kind) in AWAITED or session.config.await_all:
        return lambda obj: _assess(session, obj)
    return None


async def _assess(session: Session, obj: Mapping[str, Any]) -> Verdict:
    kind = kind_of(obj)
    if kind.kind == "Service" and not kind.group:
        return assess(obj, endpoint_slices=await _endpoint_slices(session, obj))
    if kind.kind == "PersistentVolumeClaim" and not kind.group:
        return assess(obj, storage_class=await _storage_class(session, obj))
    return assess(obj)


async def _endpoint_slices(session: Session, obj: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    resource = await session.resource(_SLICES)
    selector = {"labelSelector": f"kubernetes.io/service-name={name_of(obj)}"}
    answer = await session.client.request("GET", resource.path(namespace_of(obj)), params=selector)
    found: list[Mapping[str, Any]] = answer.get("items") or []
    return found


async def _storage_class(session: Session, obj: Mapping[str, Any]) -> Mapping[str, Any] | None:
    name = (obj.get("spec") or {}).get("storageClassName")
    if not name:
        return None
    try:
        resource = await session.resource(_CLASSES)
        return await session.client.request("GET", resource.path(None, name))
    except OnestackError:
        return None


def _is_done(verdict: Verdict) -> bool:
    return verdict.state in {"ready", "unobservable"}


async def _show(log: ResourceLog, live: Mapping[str, Any], verdict: Verdict) -> None:
    kind = live.get("kind")
    what = f'Waiting for {kind} "{id_of(live)}": {verdict.message}'
    if kind == "Job" and not (live.get("status") or {}).get("startTime"):
        what = f'Waiting for Job "{id_of(live)}" to start'
    if verdict.state == "failed":
        await log.status(what, WARNING)
    else:
        await log.status(what)
