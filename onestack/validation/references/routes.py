"""Routes and Gateways of the Gateway API. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, Path, mappings, text, texts
from onestack.validation.references.backend import backend
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.ingresses import issued
from onestack.validation.references.missing import missing
from onestack.validation.references.near import listed, meant

GROUP: Final = "gateway.networking.k8s.io"
_BACKENDS: Final[tuple[tuple[str | int, ...], ...]] = (
    ("spec", "rules", EACH, "backendRefs", EACH),
    ("spec", "rules", EACH, "filters", EACH, "requestMirror", "backendRef"),
    ("spec", "rules", EACH, "backendRefs", EACH, "filters", EACH, "requestMirror", "backendRef"),
)


def route(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """Its backends must be Services with that port that it may use, its parents' listeners be there."""
    for pattern in _BACKENDS:
        for path, found in mappings(manifest.body, *pattern):
            if (text(found, "group"), text(found, "kind") or "Service") == ("", "Service"):
                yield from _backend(manifest, index, path, found)
    for path, parent in mappings(manifest.body, "spec", "parentRefs", EACH):
        if (text(parent, "group") or GROUP, text(parent, "kind") or "Gateway") == (GROUP, "Gateway"):
            yield from _parent(manifest, index, path, parent)


def gateway(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """The certificates of its listeners must be Secrets."""
    pattern = ("spec", "listeners", EACH, "tls", "certificateRefs", EACH)
    for path, found in mappings(manifest.body, *pattern) if not issued(manifest) else ():
        if (text(found, "group"), text(found, "kind") or "Secret") == ("", "Secret"):
            namespace = text(found, "namespace")
            if not namespace or index.holds(namespace):
                name = text(found, "name")
                yield from missing(
                    index, manifest, (*path, "name"), "Secret", name, namespace=namespace or None
                )


def _backend(manifest: Manifest, index: Index, path: Path, found: Mapping[str, Any]) -> Iterator[Broken]:
    namespace, port = text(found, "namespace"), found.get("port")
    name = text(found, "name")
    if not name or (namespace and not index.holds(namespace)):
        return
    at_port = ((*path, "port"), port) if isinstance(port, int) else None
    yield from backend(index, manifest, ((*path, "name"), name), at_port, namespace=namespace or None)
    there = index.get("", "Service", namespace, name) is not None
    granted = (namespace, manifest.kind, manifest.namespace) in index.grants
    if there and namespace not in {"", manifest.namespace} and not granted:
        what = f"the Service is in namespace '{namespace}', which lets no {manifest.kind} of another use it"
        expected = f"declare a ReferenceGrant for namespace '{manifest.namespace}' there"
        yield Broken(manifest, (*path, "namespace"), what, expected)


def _parent(manifest: Manifest, index: Index, path: Path, parent: Mapping[str, Any]) -> Iterator[Broken]:
    namespace, name = text(parent, "namespace") or manifest.namespace or "", text(parent, "name")
    gateways = index.all(GROUP, "Gateway", namespace)
    found = gateways.get(name)
    if found is None:
        # A Gateway may well be the platform's: only a slip is worth a word.
        if hint := meant(name, gateways, sure=True):
            yield Broken(manifest, (*path, "name"), f"namespace '{namespace}' has no Gateway '{name}'", hint)
        return
    listeners = [one for _, one in texts(found.body, "spec", "listeners", EACH, "name")]
    section = text(parent, "sectionName")
    if section and listeners and section not in listeners:
        what = f"the Gateway '{name}' has no listener '{section}'"
        yield Broken(
            manifest, (*path, "sectionName"), what, meant(section, listeners) or f"it has {listed(listeners)}"
        )
