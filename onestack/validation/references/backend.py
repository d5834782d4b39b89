"""A Service that something sends requests to, and the port of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, Path, mappings, text
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import Index
from onestack.validation.references.missing import missing
from onestack.validation.references.near import meant
from onestack.validation.references.services import shown


def backend(
    index: Index,
    manifest: Manifest,
    name: tuple[Path, str],
    port: tuple[Path, int | str] | None,
    *,
    namespace: str | None = None,
) -> Iterator[Broken]:
    """The Service must be there and, where a port is said, offer it.

    ``name`` and ``port`` come with their paths; ``namespace`` is the manifest's if None.
    """
    path, called = name
    space = namespace if namespace is not None else manifest.namespace or ""
    service = index.get("", "Service", space, called)
    if service is None:
        if (space, called) != ("default", "kubernetes"):  # the API server makes that one itself
            yield from missing(index, manifest, path, "Service", called, namespace=namespace)
        return
    ports = index.offers(service)
    if port is None or not ports:
        return
    where, wanted = port
    if isinstance(wanted, int) and wanted not in {number for _, number, _ in ports}:
        what = f"the Service '{called}' has no port {wanted}"
        yield Broken(manifest, where, what, _target(service, wanted) or f"it has {shown(ports)}")
    elif isinstance(wanted, str) and wanted not in {held for held, _, _ in ports}:
        what = f"the Service '{called}' has no port called '{wanted}'"
        yield Broken(
            manifest, where, what, meant(wanted, (held for held, _, _ in ports)) or f"it has {shown(ports)}"
        )


def _target(service: Manifest, wanted: int) -> str:
    """What to write where the container's port was meant."""
    for _, port in mappings(service.body, "spec", "ports", EACH):
        if port.get("targetPort") == wanted and isinstance(port.get("port"), int):
            named = text(port, "name")
            also = f" ({named})" if named else ""
            return f"{wanted} is the container's; write the Service's own, {port['port']}{also}"
    return ""
