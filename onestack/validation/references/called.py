"""The Services that the API server calls: for webhooks, aggregated APIs, conversions. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, mappings, text
from onestack.validation.references.backend import backend
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import OF_THE_CLUSTER, Index

_CLIENTS: Final[dict[tuple[str, str], tuple[str | int, ...]]] = {
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): (
        "webhooks",
        EACH,
        "clientConfig",
        "service",
    ),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (
        "webhooks",
        EACH,
        "clientConfig",
        "service",
    ),
    ("apiregistration.k8s.io", "APIService"): ("spec", "service"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        "spec",
        "conversion",
        "webhook",
        "clientConfig",
        "service",
    ),
}
KINDS: Final = tuple(_CLIENTS)
_HTTPS: Final = 443


def called(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """The Service must be there, else whatever needs the answer is refused; and offer the port."""
    for path, client in mappings(manifest.body, *_CLIENTS[manifest.group, manifest.kind]):
        namespace, name = text(client, "namespace"), text(client, "name")
        if name and namespace and namespace not in OF_THE_CLUSTER:
            said = client.get("port", _HTTPS)
            port = ((*path, "port") if "port" in client else path, said) if isinstance(said, int) else None
            yield from backend(index, manifest, ((*path, "name"), name), port, namespace=namespace)
