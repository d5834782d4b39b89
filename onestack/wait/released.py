"""The release record in the cluster: read before a release, marked when it was seen ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from onestack.errors import ApiError
from onestack.kube.client import MERGE_PATCH, Client
from onestack.manifests import record

_NOT_FOUND: Final = 404
_FORBIDDEN: Final = 403


async def found(client: Client, stack: str) -> record.Found:
    """What earlier releases of a stack left. Raises: ApiError, ClusterUnreachable."""
    return record.Found(
        # Who may not look at Namespaces has none of its own either.
        namespace=await _get(client, record.namespace_path(), _FORBIDDEN),
        record=await _get(client, record.record_path(stack)),
    )


async def begin(client: Client, stack: str, found: record.Found, digest: str) -> None:
    """Takes the mark off a record that another release had: one that fails must not look like that again.

    Raises: ApiError, ClusterUnreachable.
    """
    if record.is_marked(found.record) and not record.seen_ready(found.record, digest):
        await _patch(client, stack, record.ready_patch(None))


async def mark_ready(client: Client, stack: str, digest: str) -> None:
    """Marks the record: what this digest sums up was seen ready. Raises: ApiError, ClusterUnreachable."""
    await _patch(client, stack, record.ready_patch(digest))


async def _patch(client: Client, stack: str, body: Mapping[str, Any]) -> None:
    await client.request(
        "PATCH",
        record.record_path(stack),
        params={"fieldManager": record.READY_MANAGER},
        body=body,
        content_type=MERGE_PATCH,
    )


async def _get(client: Client, path: str, *nothing: int) -> Mapping[str, Any] | None:
    try:
        return await client.request("GET", path)
    except ApiError as error:
        if error.status in {_NOT_FOUND, *nothing}:
            return None
        raise
