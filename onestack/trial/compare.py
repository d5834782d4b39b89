"""What was lost between a base and the same base deployed again over another revision. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.manifests.manifest import Identity
from onestack.trial.model import Said, WayBack
from onestack.trial.normal import differences, normal, told
from onestack.trial.said import named

CLAIM: Final = ("", "PersistentVolumeClaim")
DEFINITION: Final = ("apiextensions.k8s.io", "CustomResourceDefinition")
_MADE_ANEW: Final[Mapping[tuple[str, str], str]] = {
    CLAIM: "deleted and made anew: what it held is lost",
    ("", "PersistentVolume"): "deleted and made anew: what it held is lost",
    ("apps", "StatefulSet"): "replaced: its pods go all at once, and its claims may not fit any more",
    ("", "Namespace"): "deleted and made anew: all that was in it is lost",
}


@dataclass(frozen=True)
class Snapshot:
    """Live objects by what they are, and the manifests of those that are declared.

    ``claims`` are all in the cluster, also those that StatefulSets made. ``instances`` counts, by the name
    of a CustomResourceDefinition, the objects of its kind.
    """

    objects: Mapping[Identity, Mapping[str, Any]]
    declared: Mapping[Identity, Mapping[str, Any]] = field(default_factory=dict)
    claims: Mapping[Identity, str] = field(default_factory=dict)
    instances: Mapping[str, int] = field(default_factory=dict)


def way_back(before: Snapshot, between: Snapshot, after: Snapshot) -> WayBack:
    """The verdict on a way back that could be gone.

    ``before`` is the base as it was first deployed, ``between`` the revision, ``after`` the base again.
    """
    reasons = (
        *_claims(before, between, after),
        *_anew(before, after),
        *_left_over(before, between, after),
        *_changed(before, after),
    )
    return WayBack("lossy" if reasons else "clean", reasons)


def _claims(before: Snapshot, between: Snapshot, after: Snapshot) -> Iterator[Said]:
    for identity, uid in sorted(before.claims.items()):
        if after.claims.get(identity) is None:
            yield Said(named(identity), "gone: what it held is lost")
        elif after.claims[identity] != uid:
            yield Said(named(identity), _MADE_ANEW[CLAIM])
    for identity in sorted(between.claims.keys() - before.claims.keys() - after.claims.keys()):
        yield Said(named(identity), "deleted, with what was written to it since the revision made it")


def _anew(before: Snapshot, after: Snapshot) -> Iterator[Said]:
    """Objects that are there again, and are no longer the same ones."""
    for identity, first in sorted(before.objects.items()):
        last = after.objects.get(identity)
        kind = (identity.group, identity.kind)
        if last is None or _uid(first) == _uid(last) or kind == CLAIM:
            continue
        if kind == DEFINITION:
            if count := before.instances.get(identity.name, 0):
                yield Said(named(identity), f"made anew: {count} objects of its kind went with it")
        elif kind in _MADE_ANEW:
            yield Said(named(identity), _MADE_ANEW[kind])
        elif kind == ("", "Service") and (first.get("spec") or {}).get("type") == "LoadBalancer":
            yield Said(named(identity), "deleted and made anew: its address is another one")


def _left_over(before: Snapshot, between: Snapshot, after: Snapshot) -> Iterator[Said]:
    for identity in sorted(between.objects.keys() - before.objects.keys()):
        if identity in after.objects:
            yield Said(named(identity), "left over: the base doesn't declare it")


def _changed(before: Snapshot, after: Snapshot) -> Iterator[Said]:
    for identity, first in sorted(before.objects.items()):
        last = after.objects.get(identity)
        if last is None:
            yield Said(named(identity), "gone")
            continue
        declared = before.declared.get(identity)
        if found := tuple(differences(normal(first, declared), normal(last, declared))):
            yield Said(named(identity), f"not what it was: {told(found)}")


def _uid(live: Mapping[str, Any]) -> str:
    return str((live.get("metadata") or {}).get("uid"))
