"""The other names under which the engine may know an object: its types in other versions. Pure.

The engine's name for an object holds its apiVersion. Without these aliases a new apiVersion of the
same object would be planned as the creation of one object and the deletion of another, which is the
same one. Which versions are one kind says Kubernetes's own history, as the official SDK has it
(``versions.yaml``), and, for custom kinds, the CustomResourceDefinition among the manifests, else the
stack's settings. Of kinds that neither knows the versions of it is those that people call a version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from onestack.manifests.backends import at
from onestack.manifests.manifest import Manifest, type_token
from onestack.manifests.scope import OLDEST, Kind, is_before, superseding

_Kind = tuple[str, str]
# What the groups of kinds end with that are Kubernetes' own, beside those without a dot.
_OWN: Final = (".k8s.io",)
_USUAL: Final = (
    "v1",
    "v1beta1",
    "v1beta2",
    "v1beta3",
    "v1alpha1",
    "v1alpha2",
    "v1alpha3",
    "v2",
    "v2beta1",
    "v2alpha1",
)


class Aliases:
    """The aliases of a set of manifests."""

    def __init__(self, manifests: Sequence[Manifest], known_kinds: Iterable[Kind] = ()) -> None:
        self._custom = {(one.group, one.kind): one.api_versions() for one in known_kinds if one.versions}
        for manifest in manifests:
            if (manifest.group, manifest.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
                group, kind = at(manifest.body, "spec", "group"), at(manifest.body, "spec", "names", "kind")
                self._custom[str(group), str(kind)] = tuple(_listed(manifest, str(group)))

    def of(self, manifest: Manifest) -> tuple[str, ...]:
        """The type tokens of the manifest's kind in its other versions; most kinds have none."""
        versions = _known().get((manifest.api_version, manifest.kind), ())
        custom = self._custom.get((manifest.group, manifest.kind))
        if custom is None:
            custom = tuple(_usual(manifest)) if not versions else ()
        others = dict.fromkeys((*versions, *custom))
        return tuple(type_token(one, manifest.kind) for one in others if one != manifest.api_version)


def _usual(manifest: Manifest) -> Iterator[str]:
    """What other versions a custom kind from elsewhere may have had; none of Kubernetes' own groups."""
    if "." in manifest.group and not manifest.group.endswith(_OWN):
        for version in _USUAL:
            yield f"{manifest.group}/{version}"


def _listed(definition: Manifest, group: str) -> Iterator[str]:
    """All versions, served or not: the one that an object had may just have been switched off."""
    versions = at(definition.body, "spec", "versions")
    for version in versions if isinstance(versions, list) else ():
        name = at(version, "name")
        if isinstance(name, str):
            yield f"{group}/{name}"


@cache
def _known() -> Mapping[_Kind, tuple[str, ...]]:
    """The versions of each built-in kind that has more than one, by each apiVersion of it.

    Without those that no release of Kubernetes that onestack knows has served: no state holds them,
    and an alias costs as much as half a registration.
    """
    text = resources.files("onestack.manifests").joinpath("versions.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return {
        (version, row["kind"]): tuple(one for one in row["versions"] if _possible(one, row["kind"]))
        for row in rows
        for version in row["versions"]
    }


def _possible(api_version: str, kind: str) -> bool:
    gone = superseding(api_version, kind)
    return gone is None or not gone.removed or is_before(OLDEST, gone.removed)
