"""The release record: a ConfigMap that says which manifests are live, and whether they were seen ready. Pure.

Its data holds the manifests' digest. When everything was seen ready, that digest is written again
into an annotation by another field manager, so that it is no drift of what is declared. A digest
without its annotation is a release whose wait failed: ``attempt`` then counts up, which changes
the record, so that the next run waits again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onestack.manifests.awaiting import instructed
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.ownership import owned, owner_of

NAMESPACE = "onestack-system"
READY = "onestack.dev/ready"
READY_MANAGER = "onestack-release"

_HERE = Location(file="(the release record)", line=1, column=1)


@dataclass(frozen=True)
class Found:
    """What earlier releases left in the cluster: live objects, or None."""

    namespace: Mapping[str, Any] | None = None
    record: Mapping[str, Any] | None = None


def record_name(stack: str) -> str:
    """The record's name in the cluster."""
    return f"onestack-release-{stack}"


def record_path(stack: str) -> str:
    """The record's path at the API server."""
    return f"/api/v1/namespaces/{NAMESPACE}/configmaps/{record_name(stack)}"


def namespace_path() -> str:
    """The path, at the API server, of the namespace that holds the record."""
    return f"/api/v1/namespaces/{NAMESPACE}"


def namespace_manifest(*, project: str, stack: str) -> Manifest:
    """The namespace that holds the record, declared by the first stack on a cluster."""
    return _ours("Namespace", NAMESPACE, None, {}, project, stack, needed=True)


def record_manifest(digest: str, *, project: str, stack: str) -> Manifest:
    """The record of a release with this digest, on its first attempt."""
    return _ours(
        "ConfigMap", record_name(stack), NAMESPACE, {"data": {"digest": digest}}, project, stack, needed=False
    )


def manifests(found: Found, *, project: str, stack: str) -> tuple[Manifest, ...]:
    """What a stack declares for the record, whatever the release."""
    return (
        *namespaces(found, project=project, stack=stack),
        record_manifest("", project=project, stack=stack),
    )


def namespaces(found: Found, *, project: str, stack: str) -> tuple[Manifest, ...]:
    """The namespace, where it is this stack's to declare: it belongs to the first one on a cluster."""
    manifest = namespace_manifest(project=project, stack=stack)
    return (manifest,) if owner_of(found.namespace) in {None, owner_of(manifest.body)} else ()


def is_marked(live: Mapping[str, Any] | None) -> bool:
    """Whether the live record says that something was seen ready."""
    return _mark(live) is not None


def seen_ready(live: Mapping[str, Any] | None, digest: str) -> bool:
    """Whether the live record is of this content, and says that it was seen ready."""
    held = (live or {}).get("data") or {}
    return held.get("digest") == digest and _mark(live) == digest


def _mark(live: Mapping[str, Any] | None) -> str | None:
    annotations = ((live or {}).get("metadata") or {}).get("annotations") or {}
    found = annotations.get(READY)
    return found if isinstance(found, str) else None


def data(digest: str, live: Mapping[str, Any] | None) -> dict[str, str]:
    """The record's data for the run at hand, given the live record or None."""
    held = (live or {}).get("data") or {}
    if held.get("digest") != digest:
        return {"digest": digest}
    attempt = int(held.get("attempt", "1")) if str(held.get("attempt", "1")).isdecimal() else 1
    if not seen_ready(live, digest):
        attempt += 1
    return {"digest": digest, "attempt": str(attempt)} if attempt > 1 else {"digest": digest}


def ready_patch(digest: str | None) -> dict[str, Any]:
    """The merge patch that marks the record's content as seen ready, or takes the mark off."""
    return {"metadata": {"annotations": {READY: digest}}}


def _ours(
    kind: str,
    name: str,
    namespace: str | None,
    content: Mapping[str, Any],
    project: str,
    stack: str,
    *,
    needed: bool,
) -> Manifest:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    manifest = Manifest(
        application="onestack",
        api_version="v1",
        kind=kind,
        name=name,
        namespace=namespace,
        body={"apiVersion": "v1", "kind": kind, "metadata": metadata, **content},
        location=_HERE,
    )
    return owned(instructed(manifest, needed=needed), project=project, stack=stack)
