"""Where a release answers: the addresses that the cluster gave its Ingresses and load balancers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onestack.kube.client import Client
from onestack.kube.connection import Connection
from onestack.kube.discovery import Discovery
from onestack.manifests.manifest import Manifest

USER_AGENT = "onestack-addresses"


@dataclass(frozen=True)
class Address:
    """``url`` is what to open; ``at`` is the IP address or host name that it must resolve to."""

    kind: str
    name: str
    url: str
    at: str


def of_release(connection: Connection, manifests: Sequence[Manifest]) -> tuple[Address, ...]:
    """The addresses of the manifests that have some. Raises: ApiError, ClusterUnreachable."""
    exposed = [manifest for manifest in manifests if _exposed(manifest)]
    return asyncio.run(_look(connection, exposed)) if exposed else ()


def of_object(live: Mapping[str, Any]) -> Iterator[Address]:
    """The addresses in the status of one Ingress or Service. Pure."""
    metadata, spec = live["metadata"], live.get("spec") or {}
    given = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    name = f"{metadata['namespace']}/{metadata['name']}"
    for point in given:
        at = point.get("ip") or point.get("hostname") or ""
        for url in _urls(live["kind"], spec, at):
            yield Address(live["kind"], name, url, at)


def _urls(kind: str, spec: Mapping[str, Any], at: str) -> Iterator[str]:
    if kind == "Service":
        yield from (f"{at}:{port['port']}" for port in spec.get("ports") or [])
        return
    secure = {host for tls in spec.get("tls") or [] for host in tls.get("hosts") or []}
    for rule in spec.get("rules") or [{}]:
        host = rule.get("host") or at
        yield f"{'https' if host in secure else 'http'}://{host}/"


def _exposed(manifest: Manifest) -> bool:
    if (manifest.group, manifest.kind) == ("networking.k8s.io", "Ingress"):
        return True
    spec = manifest.body.get("spec") or {}
    return (manifest.group, manifest.kind) == ("", "Service") and spec.get("type") == "LoadBalancer"


async def _look(connection: Connection, manifests: Sequence[Manifest]) -> tuple[Address, ...]:
    async with Client(connection, user_agent=USER_AGENT) as client:
        discovery = Discovery(client)
        found: list[Address] = []
        for manifest in manifests:
            resource = await discovery.find(manifest.api_version, manifest.kind)
            live = await client.request("GET", resource.path(manifest.namespace, manifest.name))
            found.extend(of_object(live))
    return tuple(found)
