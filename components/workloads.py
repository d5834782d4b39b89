"""One Pulumi resource per manifest: the same name, type and order wherever its file lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.secret_values import properties
from onestack.manifests.aliases import Aliases
from onestack.manifests.edge import Dependencies
from onestack.manifests.hooks import hook
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.waves import waves

_TIMEOUT = "pulumi.com/timeoutSeconds"


class Object(pulumi.CustomResource):
    """A Kubernetes object as a plain property tree under its type token.

    The SDK's typed classes are not used: they spend seconds on large CRDs (pulumi-kubernetes#1423)
    and know no custom kinds. The engine and the provider see the same either way.
    """

    def __init__(
        self, manifest: Manifest, properties: Mapping[str, Any], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__(manifest.type_token, manifest.resource_name, dict(properties), opts)


@dataclass(frozen=True)
class Registry:
    """Where manifests are registered: at ``provider``, hooks with ``hook_seconds`` to end in."""

    provider: pulumi.ProviderResource
    aliases: Aliases
    hook_seconds: float

    def register(
        self, manifests: Sequence[Manifest], needs: Dependencies, *, behind: Sequence[pulumi.Resource] = ()
    ) -> Mapping[Identity, pulumi.Resource]:
        """Registers every manifest, what others need first, all of them behind what is given.

        Raises: DependencyCycle.
        """
        registered: dict[Identity, pulumi.Resource] = {}
        for wave in waves(manifests, needs):
            for manifest in wave:
                needed = [edge.to for edge in needs.get(manifest.identity, ())]
                options = pulumi.ResourceOptions(
                    provider=self.provider,
                    depends_on=[*behind, *(registered[to] for to in needed if to in registered)],
                    aliases=[_urn(token, manifest.resource_name) for token in self.aliases.of(manifest)],
                    custom_timeouts=self._timeouts(manifest),
                )
                registered[manifest.identity] = Object(manifest, properties(manifest.body), options)
        return registered

    def _timeouts(self, manifest: Manifest) -> pulumi.CustomTimeouts | None:
        """How long a hook may take; one that says so itself is taken at its word."""
        annotations = manifest.body["metadata"].get("annotations") or {}
        if hook(manifest) is None or _TIMEOUT in annotations:
            return None
        seconds = f"{self.hook_seconds:g}s"
        return pulumi.CustomTimeouts(create=seconds, update=seconds)


def _urn(token: str, name: str) -> str:
    """The engine's name of an object without a parent; ``pulumi.Alias`` says the same, far more slowly."""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{token}::{name}"
