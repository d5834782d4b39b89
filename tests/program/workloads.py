"""Policies over a stack's graph for what its manifests hang on, as the benchmark (`cis`) is for the cloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tests.program.rules import POOL, Resource, at

PROVIDER: Final = "pulumi:providers:kubernetes"


def is_object(resource: Resource) -> bool:
    """Whether it is an object in the cluster."""
    return str(resource["type"]).startswith("kubernetes:")


def faults(graph: Sequence[Resource], identifier: str) -> Iterator[str]:
    """What violates them, in words; ``identifier`` is what the settings say of the cluster."""
    (provider,) = (one for one in graph if one["type"] == PROVIDER)
    yield from _of_provider(provider, identifier)
    needed = provider.get("dependsOn", ())
    for pool in (one for one in graph if one["type"] == POOL):
        if f"{POOL} {pool['name']}" not in needed:
            yield f"the provider isn't behind the node pool {pool['name']}"
    for one in filter(is_object, graph):
        if one.get("provider") != f"{PROVIDER} {provider['name']}":
            yield f"{one['name']} hangs on the provider {one.get('provider')!r}"


def _of_provider(provider: Resource, identifier: str) -> Iterator[str]:
    if at(provider, "clusterIdentifier") != identifier:
        yield f"the provider's identifier is {at(provider, 'clusterIdentifier')!r}"
    if at(provider, "kubeconfig.secret") is None:
        yield "the kubeconfig isn't secret"
    if at(provider, "enableServerSideApply") != "true":
        yield "the provider doesn't use server-side apply"
    if at(provider, "deleteUnreachable") is not None:
        yield "the provider forgets objects of a cluster that is unreachable"
