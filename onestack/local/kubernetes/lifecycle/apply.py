"""Server-side apply to an existing object, and what must be done to its managed fields first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onestack.errors import ApiError
from onestack.kube.client import APPLY, JSON_PATCH
from onestack.local.kubernetes.annotations import PATCH_FORCE, is_true
from onestack.local.kubernetes.detail import Path
from onestack.local.kubernetes.failure import of_apply
from onestack.local.kubernetes.identity import is_crd, kind_of, metadata_of, name_of, namespace_of
from onestack.local.kubernetes.lifecycle.place import path, resource_of
from onestack.local.kubernetes.managed_fields import (
    adopted,
    first_managers_own_something,
    without_ignored,
)
from onestack.local.kubernetes.session import Session


@dataclass(frozen=True)
class Change:
    """New inputs for the object called ``name``. ``patch``: it belongs to someone else."""

    inputs: dict[str, Any]
    name: str
    manager: str
    patch: bool
    preview: bool
    ignored: Sequence[Path]


async def apply(session: Session, change: Change) -> dict[str, Any]:
    """Sends the change and returns the object as it then is, or in a preview would be.

    Raises:
        ApiError, KindUnknown, ApplyConflict: it was refused.
    """
    resource = await resource_of(session, change.inputs)
    where = path(resource, change.inputs, change.name)
    live = await session.client.request("GET", where)
    dry = {"dryRun": "All"} if change.preview else {}
    if is_crd(kind_of(change.inputs)):
        # Not applied but put in place as a whole, as `kubectl replace` does.
        body = dict(change.inputs)
        body["metadata"] = {
            **metadata_of(change.inputs),
            "resourceVersion": metadata_of(live).get("resourceVersion"),
        }
        return await session.client.request(
            "PUT", where, params={"fieldManager": change.manager} | dry, body=body
        )
    if not change.patch and not change.preview:
        live = await _adopt(session, where, live, change.manager)
    body = without_ignored(change.inputs, live, change.manager, change.ignored)
    force = str(_forces(session, change, live)).lower()
    params = {"fieldManager": change.manager, "force": force} | dry
    try:
        return await session.client.request("PATCH", where, params=params, body=body, content_type=APPLY)
    except ApiError as error:
        raise of_apply(error, change.manager) from None


async def relinquish(session: Session, obj: Mapping[str, Any], manager: str) -> None:
    """Makes a manager own no field of the object any longer."""
    resource = await resource_of(session, obj)
    body = {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": {"name": name_of(obj)} | ({"namespace": namespace_of(obj)} if namespace_of(obj) else {}),
    }
    await session.client.request(
        "PATCH", path(resource, obj), params={"fieldManager": manager}, body=body, content_type=APPLY
    )


async def _adopt(session: Session, where: str, live: dict[str, Any], manager: str) -> dict[str, Any]:
    """Hands what the object's creator owns to our manager; else fields could never be removed."""
    entries = adopted(metadata_of(live).get("managedFields") or [], manager)
    if entries is None:
        return live
    patch = [{"op": "replace", "path": "/metadata/managedFields", "value": entries}]
    return await session.client.request("PATCH", where, body=patch, content_type=JSON_PATCH)


def _forces(session: Session, change: Change, live: Mapping[str, Any]) -> bool:
    managed = metadata_of(live).get("managedFields") or []
    return (
        is_true(change.inputs, PATCH_FORCE)
        or session.config.patch_force
        or (change.preview and first_managers_own_something(managed))
        or not managed
    )
