"""The release record in the cluster: read before a release, marked when it was seen ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.errors import ApiError, ClusterUnreachable
from onestack.kube.client import MERGE_PATCH, Client
from onestack.manifests import record

_NOT_FOUND: Final = 404


async def found(client: Client, stack: str) -> record.Found:
    """What earlier releases of a stack left; nothing where there is no cluster to ask yet."""
    try:
        return record.Found(
            namespace=await _get(client, record.namespace_path()),
            record=await _get(client, record.record_path(stack)),
        )
    except (ApiError, ClusterUnreachable):
        return record.Found()  # The provider meets the same and says it better.


async def mark_ready(client: Client, stack: str, digest: str) -> None:
    """Marks the record: what this digest sums up was seen ready. Raises: ApiError, ClusterUnreachable."""
    await client.request(
        "PATCH",
        record.record_path(stack),
        params={"fieldManager": record.READY_MANAGER},
        body=record.ready_patch(digest),
        content_type=MERGE_PATCH,
    )


async def _get(client: Client, path: str) -> Mapping[str, Any] | None:
    try:
        return await client.request("GET", path)
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return None
        raise
