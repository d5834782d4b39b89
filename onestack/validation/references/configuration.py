"""The ConfigMaps and Secrets that pods are configured with, and the keys in them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, Path, mapping, mappings, text, texts
from onestack.validation.pods import PodTemplate
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.made import fills
from onestack.validation.references.missing import missing
from onestack.validation.references.near import listed, meant

_OPTIONAL: Final = "correct the name, declare it, or say 'optional: true'"
_ENV: Final = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
_ENV_FROM: Final = {"ConfigMap": "configMapRef", "Secret": "secretRef"}
_VOLUMES: Final = {"ConfigMap": ("configMap", "name"), "Secret": ("secret", "secretName")}
_FIELDS: Final = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}


def configuration(pod: PodTemplate, index: Index) -> Iterator[Broken]:
    """What environment, volumes and image pulls name must be there, with the keys they name."""
    for at, container in pod.containers():
        yield from _environment(pod, index, at, container)
    at = (*pod.path, "spec")
    for kind, (source, field) in _VOLUMES.items():
        for path, found in mappings(pod.spec, "volumes", EACH, source):
            yield from _volume(pod.manifest, index, (*at, *path), kind, field, found)
    for path, projected in mappings(pod.spec, "volumes", EACH, "projected", "sources", EACH):
        for kind, source in (("ConfigMap", "configMap"), ("Secret", "secret")):
            for inner, found in mappings(projected, source):
                yield from _volume(pod.manifest, index, (*at, *path, *inner), kind, "name", found)
    for pattern in (
        ("imagePullSecrets", EACH, "name"),
        ("volumes", EACH, "csi", "nodePublishSecretRef", "name"),
    ):
        for path, name in texts(pod.spec, *pattern):
            yield from missing(index, pod.manifest, (*at, *path), "Secret", name)


def _environment(pod: PodTemplate, index: Index, at: Path, container: Mapping[str, Any]) -> Iterator[Broken]:
    for kind, field in _ENV.items():
        for path, found in mappings(container, "env", EACH, "valueFrom", field):
            keys = [((*path, "key"), text(found, "key"))]
            yield from _object(pod.manifest, index, at, path, kind, "name", found, keys)
    for kind, field in _ENV_FROM.items():
        for path, found in mappings(container, "envFrom", EACH, field):
            yield from _object(pod.manifest, index, at, path, kind, "name", found, [])


def _volume(
    manifest: Manifest, index: Index, at: Path, kind: str, field: str, found: Mapping[str, Any]
) -> Iterator[Broken]:
    keys = [*texts(found, "items", EACH, "key")]
    yield from _object(manifest, index, at, (), kind, field, found, keys)


def _object(
    manifest: Manifest,
    index: Index,
    at: Path,
    path: Path,
    kind: str,
    field: str,
    found: Mapping[str, Any],
    keys: list[tuple[Path, str]],
) -> Iterator[Broken]:
    if found.get("optional") is True:
        return
    name = text(found, field)
    held = index.get("", kind, manifest.namespace, name)
    if held is None:
        yield from missing(index, manifest, (*at, *path, field), kind, name, otherwise=_OPTIONAL)
        return
    parts = [mapping(held.body, part) for part in _FIELDS[kind]]
    if not any(parts) or fills(held):
        return  # declared empty to be filled at run time
    for where, key in keys:
        if key and not any(key in part for part in parts):
            has = sorted(key for part in parts for key in part)
            what = f"the {kind} '{name}' has no key '{key}'"
            yield Broken(manifest, (*at, *where), what, meant(key, has) or f"it has {listed(has)}")
