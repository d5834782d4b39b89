"""What a run that died left behind: which existing objects are this stack's own to adopt.

An object counts as ours only when its annotation names itself (`onestack.manifests.ownership`);
labels prove nothing, since controllers copy them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from onestack.errors import ApiError, ForeignObjects, KindUnknown
from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.kube.discovery import Discovery
from onestack.manifests.manifest import Manifest
from onestack.manifests.ownership import is_ours

USER_AGENT = "onestack-adoption"
_NOT_FOUND = 404


def require_ours(connection: Connection, manifests: Sequence[Manifest], *, project: str, stack: str) -> None:
    """Makes sure that every manifest whose object exists is this stack's own.

    Blocks; callable from inside a running event loop, as the program is.

    Raises: ForeignObjects, ClusterUnreachable, ApiError.
    """
    foreign = answered(_foreign(connection, manifests, project, stack))
    if foreign:
        raise ForeignObjects(stack, foreign)


async def _foreign(
    connection: Connection, manifests: Sequence[Manifest], project: str, stack: str
) -> tuple[str, ...]:
    async with Client(connection, user_agent=USER_AGENT) as client:
        discovery = Discovery(client)
        found = await asyncio.gather(
            *(_is_foreign(client, discovery, manifest, project, stack) for manifest in manifests)
        )
    return tuple(
        f"{manifest.kind} {manifest.resource_name} (declared in {manifest.location.file})"
        for manifest, foreign in zip(manifests, found, strict=True)
        if foreign
    )


async def _is_foreign(
    client: Client, discovery: Discovery, manifest: Manifest, project: str, stack: str
) -> bool:
    try:
        resource = await discovery.find(manifest.api_version, manifest.kind)
        live = await client.request("GET", resource.path(manifest.namespace, manifest.name))
    except KindUnknown:
        return False  # Its definition is still to be created, so no object of it exists.
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return False
        raise
    return not is_ours(live, manifest.identity, project, stack)
