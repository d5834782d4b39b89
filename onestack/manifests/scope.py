"""Which kinds there are, in which versions, and whether their objects live in a namespace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from onestack.manifests.manifest import group_of

KUBERNETES = "1.36"
OLDEST = "1.25"
"""The oldest release that manifests can be checked against."""
KNOWN_KINDS: Final = "onestack:manifests.knownKinds"
"""The setting that says which custom kinds the cluster has from elsewhere."""
# So like is a name to one of a few that it must be meant, and so like to one of an open set.
_ALIKE: Final = 0.6
_SLIP: Final = 0.9


@dataclass(frozen=True)
class Kind:
    """A kind that the API server serves.

    ``versions`` has the preferred one first and is empty where any may be served; ``status`` says that the
    status is a subresource, which the API server ignores in what is applied.
    """

    group: str
    kind: str
    versions: tuple[str, ...]
    namespaced: bool
    status: bool = False

    def api_versions(self) -> tuple[str, ...]:
        """The apiVersions to write: ``apps/v1``, and ``v1`` for the core group."""
        return tuple(f"{self.group}/{version}" if self.group else version for version in self.versions)

    def serves(self, api_version: str) -> bool:
        """Whether an apiVersion of its group is one of the kind's."""
        return not self.versions or api_version in self.api_versions()


Kinds = Mapping[tuple[str, str], Kind]
"""Kinds by group and kind."""


@dataclass(frozen=True)
class Superseded:
    """An apiVersion of kinds that was given up; ``instead`` is empty where nothing follows.

    ``deprecated`` and ``removed`` are minor versions such as ``1.25``; empty where that is unknown or
    not announced.
    """

    version: str
    kinds: tuple[str, ...]
    deprecated: str = ""
    removed: str = ""
    instead: str = ""
    hint: str = ""

    @property
    def advice(self) -> str:
        """What to write instead."""
        return self.hint or f"write 'apiVersion: {self.instead}'"


@cache
def builtin() -> Kinds:
    """The kinds that Kubernetes itself serves by default and that can be declared."""
    found = (Kind(**{**row, "versions": tuple(row["versions"])}) for row in _data("kinds.yaml"))
    return {(kind.group, kind.kind): kind for kind in found}


def is_builtin(group: str, kind: str) -> bool:
    """Whether Kubernetes itself serves the kind."""
    return (group, kind) in builtin()


@cache
def superseded() -> tuple[Superseded, ...]:
    """The apiVersions that Kubernetes has given up, or will."""
    return tuple(Superseded(**{**row, "kinds": tuple(row["kinds"])}) for row in _data("superseded.yaml"))


def superseding(api_version: str, kind: str) -> Superseded | None:
    """What there is to know of an apiVersion of a kind that was given up."""
    rows = superseded()
    return next((row for row in rows if row.version == api_version and kind in row.kinds), None)


def is_before(version: str, other: str) -> bool:
    """Whether a Kubernetes minor version, such as ``1.9``, is older than another."""
    return _numbers(version) < _numbers(other)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def unserved(api_version: str, kind: str, kinds: Kinds) -> tuple[str, str] | None:
    """Why no release that onestack knows takes this apiVersion and kind, and what to write; else None.

    Whether the declared release takes it is for validation to say. None also for what can only be a custom
    kind from elsewhere: then ``kinds`` doesn't have it.
    """
    served = kinds.get((group_of(api_version), kind))
    gone = superseding(api_version, kind)
    if served is not None and (served.serves(api_version) or _was_served(gone)):
        return None
    if gone is not None and gone.removed:
        return f"there is no {kind} in {api_version} since Kubernetes {gone.removed}", gone.advice
    suggestion = _suggestion(group_of(api_version), kind, kinds)
    return (f"there is no {kind} in {api_version}", suggestion) if suggestion else None


def _was_served(gone: Superseded | None) -> bool:
    return gone is not None and is_before(OLDEST, gone.removed or KUBERNETES)


def _suggestion(group: str, kind: str, kinds: Kinds) -> str:
    """What to write instead; empty for what can only be a custom kind from elsewhere."""
    same = kinds.get((group, kind))
    meant = [same] if same else [one for one in kinds.values() if one.kind == kind and _meant(group, one)]
    if meant:
        versions = sorted(version for known in meant for version in known.api_versions())
        return f"{kind} is served as {' and '.join(versions)}"
    is_ours = any(known_group == group for known_group, _ in builtin())
    near = _near(kind, [known for held, known in kinds if held == group], _ALIKE if is_ours else _SLIP)
    if near:
        return f"write 'kind: {near}'"
    if is_ours or not _is_domain(group):
        return f"see 'kubectl api-resources' of Kubernetes {KUBERNETES} for the kinds it serves"
    return ""


def _meant(group: str, known: Kind) -> bool:
    """Whether a kind was meant by its name in another group: others have a Service or a Gateway, too."""
    return (
        not _is_domain(group)
        or (group.endswith(".k8s.io") and (known.group, known.kind) in builtin())
        or bool(get_close_matches(group, [known.group], cutoff=_SLIP))
    )


def _is_domain(group: str) -> bool:
    """Only a group with a dot can be that of a CustomResourceDefinition; Kubernetes refuses others."""
    return "." in group


def _near(kind: str, known: Sequence[str], cutoff: float) -> str:
    names = {name.casefold(): name for name in known}
    found = get_close_matches(kind.casefold(), names, n=1, cutoff=cutoff)
    return names[found[0]] if found else ""


def _data(name: str) -> list[dict[str, Any]]:
    text = resources.files("onestack.manifests").joinpath(name).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return rows
