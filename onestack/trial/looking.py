"""What a trial asks of its control plane: objects as they are, and the API server's verdict on others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from onestack.errors import ApiError, KindUnknown
from onestack.harmless import one_line
from onestack.kube.client import APPLY, MERGE_PATCH, Client
from onestack.kube.discovery import Discovery
from onestack.manifests.awaiting import FIELD_MANAGER
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.scope import Kind
from onestack.trial.compare import DEFINITION, Snapshot
from onestack.trial.model import Said
from onestack.trial.said import cut, named

_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_INVALID: Final = frozenset({400, 403, 422})
_STORAGE_CLASSES: Final = "/apis/storage.k8s.io/v1/storageclasses"
_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_CLAIMS: Final = "/api/v1/persistentvolumeclaims"

Live = Mapping[str, Any]


async def snapshot(client: Client, manifests: Sequence[Manifest]) -> Snapshot:
    """The objects that are there of those that are declared, every claim, and what definitions have.

    Raises: ApiError, ClusterUnreachable.
    """
    discovery = Discovery(client)
    found = await asyncio.gather(*(_live(client, discovery, one) for one in manifests))
    claims = (await client.request("GET", _CLAIMS)).get("items") or ()
    defined = [one for one in manifests if (one.group, one.kind) == DEFINITION]
    counts = await asyncio.gather(*(_instances(client, one.body) for one in defined))
    return Snapshot(
        objects={one.identity: live for one, live in zip(manifests, found, strict=True) if live is not None},
        declared={one.identity: one.body for one in manifests},
        claims={_claim(one["metadata"]): str(one["metadata"]["uid"]) for one in claims},
        instances={one.name: count for one, count in zip(defined, counts, strict=True)},
    )


async def refused(client: Client, manifests: Sequence[Manifest]) -> tuple[Said, ...]:
    """What the API server says against objects, all of them, without changing one.

    That one would have to be replaced is no refusal, nor is that what it stands on isn't there yet.
    """
    discovery = Discovery(client)
    said = await asyncio.gather(*(_verdict(client, discovery, one) for one in manifests))
    return tuple(one for one in said if one is not None)


async def furnish(client: Client, kinds: Sequence[Kind]) -> None:
    """Makes a bare control plane fit for a trial: claims may grow, as in any cloud; kinds that the stack's
    cluster has from elsewhere exist, with any fields."""
    for one in (await client.request("GET", _STORAGE_CLASSES)).get("items") or ():
        path = f"{_STORAGE_CLASSES}/{one['metadata']['name']}"
        await client.request("PATCH", path, body={"allowVolumeExpansion": True}, content_type=MERGE_PATCH)
    for kind in kinds:
        try:
            await client.request("POST", _DEFINITIONS, body=definition(kind))
        except ApiError as error:
            if error.status != _CONFLICT:  # an earlier revision's
                raise


def definition(kind: Kind) -> dict[str, Any]:
    """A CustomResourceDefinition of a kind that takes any fields. Pure."""
    plural = f"{kind.kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    versions = [
        {
            "name": version,
            "served": True,
            "storage": at == 0,
            "schema": {"openAPIV3Schema": schema},
            "subresources": {"status": {}},
        }
        for at, version in enumerate(kind.versions or ("v1",))
    ]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{kind.group}", "annotations": _approved(kind.group)},
        "spec": {
            "group": kind.group,
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "names": {"kind": kind.kind, "plural": plural, "singular": kind.kind.lower()},
            "versions": versions,
        },
    }


def _approved(group: str) -> dict[str, str]:
    """Groups of Kubernetes' own domain take a definition only with this."""
    return {"api-approved.kubernetes.io": "unapproved, for a trial"} if group.endswith(".k8s.io") else {}


async def _live(client: Client, discovery: Discovery, manifest: Manifest) -> Live | None:
    try:
        resource = await discovery.find(manifest.api_version, manifest.kind)
        return await client.request("GET", resource.path(manifest.namespace, manifest.name))
    except KindUnknown:
        return None
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return None
        raise


async def _instances(client: Client, body: Live) -> int:
    spec = body["spec"]
    served = next((one["name"] for one in spec["versions"] if one.get("served")), "")
    try:
        answer = await client.request("GET", f"/apis/{spec['group']}/{served}/{spec['names']['plural']}")
    except ApiError:
        return 0
    return len(answer.get("items") or ())


async def _verdict(client: Client, discovery: Discovery, manifest: Manifest) -> Said | None:
    params = {"dryRun": "All", "fieldManager": FIELD_MANAGER, "force": "true"}
    try:
        resource = await discovery.find(manifest.api_version, manifest.kind)
        path = resource.path(manifest.namespace, manifest.name)
        await client.request("PATCH", path, params=params, body=manifest.body, content_type=APPLY)
    except KindUnknown:
        return None
    except ApiError as error:
        if error.status not in _INVALID or "immutable" in error.message():
            return None
        return Said(named(manifest.identity), cut(one_line(error.why or error.what)))
    return None


def _claim(metadata: Live) -> Identity:
    return Identity("", "PersistentVolumeClaim", metadata["namespace"], metadata["name"])
