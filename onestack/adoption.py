"""What a run that died left behind: which existing objects are this stack's own to adopt.

An object counts as ours only when its annotation names itself (`onestack.manifests.ownership`);
labels prove nothing, since controllers copy them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Literal

from onestack.errors import ApiError, ForeignObjects, KindUnknown, StateBehind
from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.kube.discovery import Discovery
from onestack.manifests.manifest import Manifest
from onestack.manifests.ownership import is_ours

USER_AGENT = "onestack-adoption"

There = Literal["none", "ours", "foreign"]
_NOT_FOUND = 404


def require_ours(
    connection: Connection,
    manifests: Sequence[Manifest],
    *,
    project: str,
    stack: str,
    believed: Collection[str] = (),
) -> None:
    """Makes sure that every manifest whose object exists is this stack's own.

    ``believed`` are the resource names that the state holds and that nobody compared with the
    cluster: one of them that is not there was deleted by the dead run, and the engine would take it
    for unchanged. Blocks; callable from inside a running event loop, as the program is.

    Raises: ForeignObjects, StateBehind, ClusterUnreachable, ApiError.
    """
    found = answered(_found(connection, manifests, project, stack))
    if foreign := tuple(_named(one) for one, there in found if there == "foreign"):
        raise ForeignObjects(stack, foreign)
    if gone := tuple(_named(one) for one, there in found if there == "none" and _believed(one, believed)):
        raise StateBehind(stack, gone)


def _named(manifest: Manifest) -> str:
    return f"{manifest.kind} {manifest.resource_name} (declared in {manifest.location.file})"


def _believed(manifest: Manifest, names: Collection[str]) -> bool:
    return f"{manifest.type_token}::{manifest.resource_name}" in names


async def _found(
    connection: Connection, manifests: Sequence[Manifest], project: str, stack: str
) -> tuple[tuple[Manifest, There], ...]:
    async with Client(connection, user_agent=USER_AGENT) as client:
        discovery = Discovery(client)
        answers = await asyncio.gather(
            *(_look(client, discovery, manifest, project, stack) for manifest in manifests)
        )
    return tuple(zip(manifests, answers, strict=True))


async def _look(client: Client, discovery: Discovery, manifest: Manifest, project: str, stack: str) -> There:
    try:
        resource = await discovery.find(manifest.api_version, manifest.kind)
        live = await client.request("GET", resource.path(manifest.namespace, manifest.name))
    except KindUnknown:
        return "none"  # Its definition is still to be created, so no object of it exists.
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return "none"
        raise
    return "ours" if is_ours(live, manifest.identity, project, stack) else "foreign"
