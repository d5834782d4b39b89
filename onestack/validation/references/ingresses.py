"""An Ingress, the Services behind it and its certificates. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, Path, labels, mappings, texts
from onestack.validation.references.backend import backend
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.missing import missing

_BACKENDS: Final[tuple[tuple[str | int, ...], ...]] = (
    ("spec", "defaultBackend", "service"),
    ("spec", "rules", EACH, "http", "paths", EACH, "backend", "service"),
)
_ISSUERS: Final = ("cert-manager.io/", "certmanager.k8s.io/", "kubernetes.io/tls-acme")
_CERTIFICATE: Final = "declare it, or name the issuer that makes it in an annotation of cert-manager.io"
_BY_ANNOTATION: Final = "use-annotation"  # the port of a backend that is no Service, for AWS's controller


def ingress(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """Its backends must be Services with that port, its certificates Secrets."""
    for pattern in _BACKENDS:
        for path, found in mappings(manifest.body, *pattern):
            port = _port(path, found)
            if port is None or port[1] != _BY_ANNOTATION:
                for name_path, name in texts(found, "name"):
                    yield from backend(index, manifest, ((*path, *name_path), name), port)
    if not issued(manifest):
        for path, name in texts(manifest.body, "spec", "tls", EACH, "secretName"):
            yield from missing(index, manifest, path, "Secret", name, otherwise=_CERTIFICATE)


def issued(manifest: Manifest) -> bool:
    """Whether an annotation has the object's certificates made."""
    return any(key.startswith(_ISSUERS) for key in labels(manifest.body, "metadata", "annotations"))


def _port(path: Path, service: Mapping[str, Any]) -> tuple[Path, int | str] | None:
    port = service.get("port")
    for field in ("number", "name"):
        if isinstance(port, Mapping) and isinstance(port.get(field), (int, str)) and port[field]:
            return (*path, "port", field), port[field]
    return None
