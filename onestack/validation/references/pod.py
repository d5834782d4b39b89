"""The other objects that a pod template names: its account, its claims, its classes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, each, mappings, number, text, texts
from onestack.validation.pods import PodTemplate, claim_templates
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.missing import missing
from onestack.validation.references.near import meant

_RESOURCE: Final = "resource.k8s.io"
_ALWAYS: Final = ("system-node-critical", "system-cluster-critical")


def account(pod: PodTemplate, index: Index) -> Iterator[Broken]:
    """Its ServiceAccount must be there; ``default`` is in every namespace."""
    for field in ("serviceAccountName", "serviceAccount"):
        name = text(pod.spec, field)
        if name:
            if name != "default":
                yield from missing(index, pod.manifest, (*pod.path, "spec", field), "ServiceAccount", name)
            return


def claims(pod: PodTemplate, index: Index) -> Iterator[Broken]:
    """Its volume and resource claims must be there, or be made by a StatefulSet."""
    at = (*pod.path, "spec")
    made = set(claim_templates(pod.manifest))
    for path, volume in mappings(pod.spec, "volumes", EACH):
        name = text(volume, "persistentVolumeClaim", "claimName")
        # The StatefulSet's controller puts its own claim in the place of a volume of that name.
        if text(volume, "name") not in made and not _of_stateful_set(name, pod.manifest.namespace, index):
            where = (*at, *path, "persistentVolumeClaim", "claimName")
            yield from missing(index, pod.manifest, where, "PersistentVolumeClaim", name)
    for field, kind in (
        ("resourceClaimName", "ResourceClaim"),
        ("resourceClaimTemplateName", "ResourceClaimTemplate"),
    ):
        for path, name in texts(pod.spec, "resourceClaims", EACH, field):
            yield from missing(index, pod.manifest, (*at, *path), kind, name, group=_RESOURCE)


def _of_stateful_set(claim: str, namespace: str | None, index: Index) -> bool:
    """Whether it is ``<template>-<StatefulSet>-<ordinal>``."""
    stem, _, ordinal = claim.rpartition("-")
    return ordinal.isdigit() and (namespace or "", stem) in index.claims


def classes(pod: PodTemplate, index: Index) -> Iterator[Broken]:
    """A class that the set doesn't have is the cluster's, unless it is like one of the set."""
    at = (*pod.path, "spec")
    for field, group, kind in (
        ("priorityClassName", "scheduling.k8s.io", "PriorityClass"),
        ("runtimeClassName", "node.k8s.io", "RuntimeClass"),
    ):
        for path, name in texts(pod.spec, field):
            if name not in _ALWAYS:
                yield from _likely(pod.manifest, index, (*at, *path), group, kind, name)


def storage_class(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """As for a pod's classes, of claims and of a StatefulSet's templates for them."""
    for pattern in (("spec",), ("spec", "volumeClaimTemplates", EACH, "spec")):
        for path, name in texts(manifest.body, *pattern, "storageClassName"):
            yield from _likely(manifest, index, path, "storage.k8s.io", "StorageClass", name)


def _likely(
    manifest: Manifest, index: Index, path: tuple[str | int, ...], group: str, kind: str, name: str
) -> Iterator[Broken]:
    if index.get(group, kind, None, name) is None:
        hint = meant(name, index.all(group, kind, None), sure=True)
        if hint:
            yield Broken(manifest, path, f"this set has no {kind} '{name}'", hint)


def governing_service(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """The Service that gives a StatefulSet's pods their names must be there, and headless."""
    for path, name in texts(manifest.body, "spec", "serviceName"):
        service = index.get("", "Service", manifest.namespace, name)
        if service is None:
            yield from missing(index, manifest, path, "Service", name)
        elif text(service.body, "spec", "clusterIP") != "None":
            what = f"the Service '{name}' is not headless, so the StatefulSet's pods get no names from it"
            yield Broken(manifest, path, what, "write 'clusterIP: None' in it, or name another")


def replicas(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """What an autoscaler scales must not declare how many replicas it has: each deployment would undo it."""
    scalers = index.scalers.get((manifest.namespace or "", manifest.kind, manifest.name), ())
    for path, declared in each(manifest.body, "spec", "replicas"):
        if scalers and number({"n": declared}, "n") is not None:
            by = f"{scalers[0].kind} '{scalers[0].name}'"
            what = f"replicas is declared, and {by} changes it: the two undo each other"
            yield Broken(manifest, path, what, "remove replicas here")
