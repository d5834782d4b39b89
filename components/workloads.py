"""One Pulumi resource per manifest: the same name, type and order wherever its file lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.order import dependencies, waves

SECRET_FIELDS = ("data", "stringData")


class Object(pulumi.CustomResource):
    """A Kubernetes object as a plain property tree under its type token.

    The SDK's typed classes are not used: they spend seconds on large CRDs (pulumi-kubernetes#1423)
    and know no custom kinds. The engine and the provider see the same either way.
    """

    def __init__(
        self, manifest: Manifest, properties: Mapping[str, Any], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__(manifest.type_token, manifest.resource_name, dict(properties), opts)


def register(
    manifests: Sequence[Manifest], provider: pulumi.ProviderResource
) -> Mapping[Identity, pulumi.Resource]:
    """Registers every manifest, what others need first.

    Raises: DependencyCycle.
    """
    needs = dependencies(manifests)
    registered: dict[Identity, pulumi.Resource] = {}
    for wave in waves(manifests, needs):
        for manifest in wave:
            registered[manifest.identity] = Object(
                manifest,
                properties(manifest),
                pulumi.ResourceOptions(
                    provider=provider,
                    depends_on=[registered[edge.to] for edge in needs.get(manifest.identity, ())],
                ),
            )
    return registered


def properties(manifest: Manifest) -> Mapping[str, Any]:
    """The resource's inputs: the manifest, with a Secret's values marked secret."""
    if (manifest.identity.group, manifest.kind) != ("", "Secret"):
        return manifest.body
    return {
        key: pulumi.Output.secret(value) if key in SECRET_FIELDS else value
        for key, value in manifest.body.items()
    }
