"""Objects as they are in the cluster now, asked for one by one: for the few that a plan is about."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.errors import ApiError, KindUnknown, OnestackError
from onestack.kube.client import Client
from onestack.kube.discovery import ApiResource, Discovery
from onestack.manifests.reference import ObjectRef

_NOT_FOUND: Final = 404


@dataclass(frozen=True)
class Live:
    """``objects`` has what was found, None for what isn't there; ``refused`` why others aren't known."""

    objects: Mapping[ObjectRef, Mapping[str, Any] | None] = field(default_factory=dict)
    refused: Mapping[ObjectRef, str] = field(default_factory=dict)


async def live(client: Client, refs: Collection[ObjectRef]) -> Live:
    """One request for each object. What the cluster refuses is told, and fails nothing."""
    discovery = Discovery(client)
    kinds = sorted({(one.api_version, one.kind) for one in refs})
    try:
        known = dict(zip(kinds, [await _kind(discovery, *one) for one in kinds], strict=True))
    except OnestackError as error:
        return Live(refused=dict.fromkeys(refs, error.what))
    objects: dict[ObjectRef, Mapping[str, Any] | None] = {}
    refused: dict[ObjectRef, str] = {}

    async def ask(ref: ObjectRef) -> None:
        kind = known[ref.api_version, ref.kind]
        try:
            objects[ref] = None if kind is None else await _read(client, kind, ref)
        except ApiError as error:
            # The same for all objects that are refused alike: whoever tells it counts them.
            refused[ref] = f"the cluster answers {error.status} {error.reason}"
        except OnestackError as error:
            refused[ref] = error.what

    await asyncio.gather(*map(ask, refs))
    return Live(objects, refused)


async def _kind(discovery: Discovery, api_version: str, kind: str) -> ApiResource | None:
    """How a kind is served; None for one that isn't: there can be no object of it."""
    try:
        return await discovery.find(api_version, kind)
    except KindUnknown:
        return None


async def _read(client: Client, kind: ApiResource, ref: ObjectRef) -> Mapping[str, Any] | None:
    try:
        return await client.request("GET", kind.path(ref.namespace, ref.name))
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return None
        raise
