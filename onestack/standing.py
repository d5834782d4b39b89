"""What of a stack stands in its cluster, beside what its state holds and what is declared.

An object counts as the stack's own only where its annotation names that very object
(`onestack.manifests.ownership`): labels select, they prove nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed

from onestack.errors import ApiError, ForeignObjects, KindUnknown, OtherScope
from onestack.kube.client import MERGE_PATCH, METADATA_LIST, Client
from onestack.kube.discovery import ApiResource, Discovery
from onestack.local.kubernetes.managed_fields import adopted
from onestack.manifests import definitions
from onestack.manifests.awaiting import FIELD_MANAGER
from onestack.manifests.backends import at
from onestack.manifests.hooks import hook
from onestack.manifests.labels import STACK
from onestack.manifests.manifest import Identity, Manifest, group_of
from onestack.manifests.ownership import is_ours
from onestack.manifests.scope import KNOWN_KINDS, is_builtin
from onestack.wait import reference

_NOT_FOUND = 404
_GONE_SECONDS = 120.0
_LOOK_SECONDS = 0.5

Live = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """``live`` are the stack's own objects, ``held`` what its state holds, ``declared`` its manifests.

    ``unfinished`` are those of ``held`` that didn't become ready when they were created.
    """

    live: Mapping[Identity, Live]
    held: frozenset[Identity]
    declared: tuple[Manifest, ...]
    unfinished: frozenset[Identity] = frozenset()

    @property
    def unheld(self) -> tuple[Manifest, ...]:
        """Declared and there, but not in the state: a run that died created them."""
        return tuple(one for one in self._unknown if not _runs_once(one))

    @property
    def interrupted(self) -> tuple[Identity, ...]:
        """Hooks that a run that died created: they may not have ended, let alone well, so they run again."""
        return tuple(one.identity for one in self._unknown if _runs_once(one))

    @property
    def _unknown(self) -> tuple[Manifest, ...]:
        return tuple(
            one for one in self.declared if one.identity in self.live and one.identity not in self.held
        )

    @property
    def strays(self) -> tuple[Identity, ...]:
        """There, but neither in the state nor declared any more: only we know of them."""
        declared = {one.identity for one in self.declared}
        return tuple(sorted(one for one in self.live if one not in self.held and one not in declared))

    @property
    def dropped(self) -> frozenset[Identity]:
        """In the state and not declared any more: a deployment deletes them."""
        return self.held - {one.identity for one in self.declared}

    @property
    def missing(self) -> tuple[Identity, ...]:
        """Declared and in the state, but not there: somebody, or a run that died, deleted them.

        A Job that its TTL removed is not missing, unless it failed: then it has to run again.
        """
        wanted = [
            one.identity
            for one in self.declared
            if one.identity in self.unfinished or not reference(one).may_vanish
        ]
        return tuple(one for one in wanted if one in self.held and one not in self.live)


def identities(resources: Iterable[str]) -> frozenset[Identity]:
    """The Kubernetes objects among resources written as ``type::name``."""
    found: set[Identity] = set()
    for resource in resources:
        token, _, name = resource.partition("::")
        package, version, kind = [*token.split(":"), "", ""][:3]
        if package == "kubernetes" and kind:
            namespace, _, last = name.rpartition("/")
            group = group_of(version.removeprefix("core/"))
            found.add(Identity(group, kind, namespace or None, last))
    return frozenset(found)


async def survey(
    client: Client, project: str, stack: str, among: Collection[Identity] | None = None
) -> Mapping[Identity, Live]:
    """The stack's own objects of every kind that the cluster serves: what is said about them, no contents.

    With ``among`` only of the kinds that those have: enough where no run has died.

    Raises: ApiError, ClusterUnreachable.
    """
    known = None if among is None else {(one.group, one.kind) for one in among}
    kinds = {
        (one.group, one.kind): one
        for one in await Discovery(client).all()
        if "list" in one.verbs and (known is None or (one.group, one.kind) in known)
    }
    listed = await asyncio.gather(*(_listed(client, kind, stack) for kind in kinds.values()))
    return {
        identity: live
        for kind, items in zip(kinds.values(), listed, strict=True)
        for live in items
        if is_ours(live, identity := _identity(kind, live), project, stack)
    }


async def require_scopes(client: Client, manifests: Sequence[Manifest]) -> None:
    """Makes sure that custom kinds from elsewhere live where they were taken to: nobody could tell before.

    Raises: OtherScope, ApiError, ClusterUnreachable.
    """
    defined = {
        (at(one.body, "spec", "group"), at(one.body, "spec", "names", "kind"))
        for one in manifests
        if (one.group, one.kind) == (definitions.GROUP, definitions.KIND)
    }
    elsewhere = [
        one
        for one in manifests
        if not is_builtin(one.group, one.kind) and (one.group, one.kind) not in defined
    ]
    if not elsewhere:
        return
    namespaced = {(kind.group, kind.kind): kind.namespaced for kind in await Discovery(client).all()}
    wrong = tuple(
        f"{one.kind} {one.resource_name} (declared in {one.location.file}): "
        f"its kind lives in {'a' if one.namespace is None else 'no'} namespace"
        for one in elsewhere
        if namespaced.get((one.group, one.kind), one.namespace is not None) is not (one.namespace is not None)
    )
    if wrong:
        raise OtherScope(wrong, KNOWN_KINDS)


async def require_no_strangers(
    client: Client, manifests: Sequence[Manifest], project: str, stack: str
) -> None:
    """Makes sure, before a run that takes over what exists, that nothing of others would be taken.

    Raises: ForeignObjects, ApiError, ClusterUnreachable.
    """
    discovery = Discovery(client)
    found = await asyncio.gather(*(_get(client, discovery, manifest) for manifest in manifests))
    strangers = [
        f"{manifest.kind} {manifest.resource_name} (declared in {manifest.location.file})"
        for manifest, live in zip(manifests, found, strict=True)
        if live is not None and not is_ours(live, manifest.identity, project, stack)
    ]
    if strangers:
        raise ForeignObjects(stack, tuple(strangers))


async def hand_over(client: Client, standing: Standing) -> None:
    """Gives the fields of objects that a dead run created to the manager that applies from now on.

    The provider creates as one manager and applies as another; without this a value that was edited
    since is a conflict, and a field that was removed stays.
    """
    discovery = Discovery(client)
    for manifest in standing.unheld:
        metadata = standing.live[manifest.identity]["metadata"]
        entries = adopted(metadata.get("managedFields") or [], FIELD_MANAGER)
        if entries is None:
            continue
        resource = await discovery.find(manifest.api_version, manifest.kind)
        await client.request(
            "PATCH",
            resource.path(manifest.namespace, manifest.name),
            body={"metadata": {"managedFields": entries, "resourceVersion": metadata["resourceVersion"]}},
            content_type=MERGE_PATCH,
        )


async def remove(client: Client, project: str, stack: str, chosen: Iterable[Identity]) -> None:
    """Deletes objects of the stack and waits until they are gone, at most 120 seconds.

    Raises: ApiError, ClusterUnreachable.
    """
    discovery = Discovery(client)
    left = set(chosen)
    for identity in sorted(left):
        kinds = [
            one for one in await discovery.all() if (one.group, one.kind) == (identity.group, identity.kind)
        ]
        if kinds:
            await _delete(client, kinds[0].path(identity.namespace, identity.name))

    async def still_there() -> bool:
        return bool(left & set(await survey(client, project, stack)))

    await AsyncRetrying(
        retry=retry_if_result(bool),
        wait=wait_fixed(_LOOK_SECONDS),
        stop=stop_after_delay(_GONE_SECONDS),
        retry_error_callback=lambda _: None,
    )(still_there)


def _runs_once(manifest: Manifest) -> bool:
    return (manifest.group, manifest.kind) in {("batch", "Job"), ("", "Pod")} and hook(manifest) is not None


def _identity(kind: ApiResource, live: Live) -> Identity:
    metadata = live["metadata"]
    return Identity(kind.group, kind.kind, metadata.get("namespace") or None, metadata["name"])


async def _listed(client: Client, kind: ApiResource, stack: str) -> list[Live]:
    try:
        answer = await client.request(
            "GET", kind.path(None), params={"labelSelector": f"{STACK}={stack}"}, accept=METADATA_LIST
        )
    except ApiError:
        return []  # A kind that can't be listed, or that its aggregated server doesn't answer for.
    items: list[Live] = answer.get("items") or []
    return items


async def _get(client: Client, discovery: Discovery, manifest: Manifest) -> Live | None:
    try:
        resource = await discovery.find(manifest.api_version, manifest.kind)
        return await client.request("GET", resource.path(manifest.namespace, manifest.name))
    except KindUnknown:
        return None  # Its definition is still to be created, so no object of it exists.
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return None
        raise


async def _delete(client: Client, path: str) -> None:
    try:
        await client.request("DELETE", path, body={"propagationPolicy": "Background"})
    except ApiError as error:
        if error.status != _NOT_FOUND:
            raise
