"""Which kinds a cluster serves, and at which paths."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from onestack.errors import ApiError, KindUnknown, UsageError
from onestack.kube.client import Client

_AGGREGATED: Final = ",".join(
    [
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        "application/json",
    ]
)
_POLL_SECONDS: Final = 0.25
_UNAVAILABLE: Final = frozenset({404, 503})


@dataclass(frozen=True)
class ApiResource:
    """One kind in one version. ``group`` is "" for the core group."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str] = frozenset()

    @property
    def api_version(self) -> str:
        """``apiVersion`` as a manifest writes it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None, name: str | None = None, subresource: str | None = None) -> str:
        """The request path of an object, or of the collection where ``name`` is None.

        A namespaced collection without a namespace is that of all namespaces.

        Raises:
            UsageError: an object of a namespaced kind without a namespace.
        """
        parts = ["/apis", self.group, self.version] if self.group else ["/api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        elif self.namespaced and name:
            raise UsageError(f"{self.kind} {name} needs a namespace", hint="set metadata.namespace")
        parts.append(self.plural)
        parts += [quote(part, safe="") for part in (name, subresource) if part]
        return "/".join(parts)


@dataclass(frozen=True)
class _Served:
    """One answer of discovery. ``preferred`` lists resources in the server's order of preference."""

    began: float
    resources: Mapping[tuple[str, str], ApiResource]
    preferred: tuple[ApiResource, ...]
    stale: frozenset[str]


class Discovery:
    """Asks the cluster once, when first needed, and again when a kind is missing."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self._served: _Served | None = None

    async def find(self, api_version: str, kind: str, *, within_seconds: float = 0.0) -> ApiResource:
        """The resource of a kind.

        With ``within_seconds`` it is waited for, as after applying a CustomResourceDefinition.

        Raises:
            KindUnknown: the cluster doesn't serve it, also not after asking again.
            ApiError, ClusterUnreachable: discovery itself failed.
        """
        asked = time.monotonic()
        served = self._served or await self._fetch_since(0.0)
        while (found := served.resources.get((api_version, kind))) is None:
            if served.began >= asked and time.monotonic() - asked >= within_seconds:
                raise _unknown(served, api_version, kind)
            if served.began >= asked:
                await asyncio.sleep(_POLL_SECONDS)
            served = await self._fetch_since(max(asked, time.monotonic()))
        return found

    async def all(self) -> tuple[ApiResource, ...]:
        """Every resource that is served, each group's preferred version first."""
        served = self._served or await self._fetch_since(0.0)
        return served.preferred

    async def refresh(self) -> None:
        """Asks the cluster again."""
        await self._fetch_since(time.monotonic())

    async def _fetch_since(self, moment: float) -> _Served:
        """What is served by an answer that was asked for at ``moment`` or later; one request at a time."""
        async with self._lock:
            if self._served is None or self._served.began < moment:
                self._served = await self._fetch()
            return self._served

    async def _fetch(self) -> _Served:
        began = time.monotonic()
        core, groups = await asyncio.gather(
            self._client.request("GET", "/api", accept=_AGGREGATED),
            self._client.request("GET", "/apis", accept=_AGGREGATED),
        )
        resources: list[ApiResource] = []
        stale: set[str] = set()
        for answer in (core, groups):
            if answer.get("kind") == "APIGroupDiscoveryList":
                resources += _aggregated(answer, stale)
            else:
                resources += await self._legacy(answer, stale)
        table: dict[tuple[str, str], ApiResource] = {}
        for resource in resources:
            table.setdefault((resource.api_version, resource.kind), resource)
        return _Served(began, table, tuple(resources), frozenset(stale))

    async def _legacy(self, answer: Mapping[str, Any], stale: set[str]) -> list[ApiResource]:
        versions = _legacy_versions(answer)
        lists = await asyncio.gather(*(self._legacy_list(version, stale) for version in versions))
        return [resource for found in lists for resource in found]

    async def _legacy_list(self, api_version: str, stale: set[str]) -> list[ApiResource]:
        root = "/apis" if "/" in api_version else "/api"
        try:
            answer = await self._client.request("GET", f"{root}/{api_version}")
        except ApiError as error:
            if error.status not in _UNAVAILABLE:
                raise
            stale.add(api_version)  # an aggregated API whose server is away
            return []
        group, _, version = api_version.rpartition("/")
        return [
            ApiResource(group, version, r["kind"], r["name"], r["namespaced"], frozenset(r.get("verbs", ())))
            for r in answer.get("resources") or ()
            if "/" not in r["name"]
        ]


def _aggregated(answer: Mapping[str, Any], stale: set[str]) -> Iterable[ApiResource]:
    for item in answer.get("items") or ():
        group = item.get("metadata", {}).get("name", "")
        for version in item.get("versions") or ():
            name = version["version"]
            if version.get("freshness") == "Stale":
                stale.add(f"{group}/{name}")
            for r in version.get("resources") or ():
                kind = (r.get("responseKind") or {}).get("kind")
                if kind:
                    namespaced = r.get("scope") == "Namespaced"
                    verbs = frozenset(r.get("verbs") or ())
                    yield ApiResource(group, name, kind, r["resource"], namespaced, verbs)


def _legacy_versions(answer: Mapping[str, Any]) -> list[str]:
    if answer.get("kind") == "APIVersions":
        return list(answer.get("versions") or ())
    versions: list[str] = []
    for group in answer.get("groups") or ():
        preferred = (group.get("preferredVersion") or {}).get("groupVersion")
        names = [version["groupVersion"] for version in group.get("versions") or ()]
        versions += sorted(names, key=lambda name: name != preferred)
    return versions


def _unknown(served: _Served, api_version: str, kind: str) -> KindUnknown:
    others = tuple(dict.fromkeys(r.api_version for r in served.preferred if r.kind == kind))
    away = f"{api_version} is announced, but the server behind it doesn't answer"
    return KindUnknown(
        api_version, kind, served=others, unavailable=away if api_version in served.stale else ""
    )
