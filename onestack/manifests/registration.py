"""What the engine is told of one object, as a value: its names, its inputs, what it stands on. Pure.

The program registers it and a preview compares it with the state, so both mean the same by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from onestack.manifests.aliases import Aliases
from onestack.manifests.edge import Dependencies
from onestack.manifests.hooks import hook
from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.namespaced import goes_with_its_namespace
from onestack.manifests.waves import waves

_TIMEOUT: Final = "pulumi.com/timeoutSeconds"


@dataclass(frozen=True)
class Registration:
    """One object for the engine.

    ``token`` is its Pulumi type and ``name`` its Pulumi name. ``body`` are its inputs, of a Secret with
    the placeholders still in them. ``needs`` and ``aliases`` are URNs; ``seconds`` is how long creating
    or updating it may take, None for the provider's own limit. ``within`` is the URN of the Namespace
    whose deletion deletes this object too, so that nobody has to.
    """

    urn: str
    token: str
    name: str
    body: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    seconds: float | None = None
    within: str | None = None

    def equals(self, inputs: object) -> bool:
        """Whether these are its inputs to the letter: for Python ``true`` is 1, for the engine it isn't."""
        return inputs == self.body and _letters(inputs) == _letters(self.body)


def _letters(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True)
class Names:
    """Makes the engine's names of objects: those of one stack of one project."""

    project: str
    stack: str

    def urn(self, token: str, name: str) -> str:
        """The name of an object without a parent of its own."""
        return f"urn:pulumi:{self.stack}::{self.project}::{token}::{name}"

    def of(self, manifest: Manifest) -> str:
        """The name of a manifest's object."""
        return self.urn(manifest.type_token, manifest.resource_name)


def registrations(
    manifests: Sequence[Manifest],
    needs: Dependencies,
    aliases: Aliases,
    names: Names,
    *,
    hook_seconds: float,
) -> tuple[Registration, ...]:
    """One registration per manifest, what others need first; what is needed and isn't there is left out.

    ``hook_seconds`` is how long a hook may take that doesn't say so itself. Raises: DependencyCycle.
    """
    urns = {manifest.identity: names.of(manifest) for manifest in manifests}
    return tuple(
        Registration(
            urn=urns[manifest.identity],
            token=manifest.type_token,
            name=manifest.resource_name,
            body=manifest.body,
            needs=tuple(
                sorted({urns[edge.to] for edge in needs.get(manifest.identity, ()) if edge.to in urns})
            ),
            aliases=tuple(names.urn(token, manifest.resource_name) for token in aliases.of(manifest)),
            seconds=_seconds(manifest, hook_seconds),
            within=urns.get(Identity("", "Namespace", None, manifest.namespace or ""))
            if goes_with_its_namespace(manifest)
            else None,
        )
        for wave in waves(manifests, needs)
        for manifest in wave
    )


def _seconds(manifest: Manifest, hook_seconds: float) -> float | None:
    annotations = manifest.body["metadata"].get("annotations") or {}
    return None if hook(manifest) is None or _TIMEOUT in annotations else hook_seconds
