"""What is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from onestack.manifests.manifest import Manifest


@dataclass(frozen=True, order=True)
class ObjectRef:
    """One object in the cluster; ``namespace`` is None for those that have none."""

    api_version: str
    kind: str
    namespace: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def reference(manifest: Manifest) -> ObjectRef:
    """The object that a manifest declares."""
    return ObjectRef(manifest.api_version, manifest.kind, manifest.namespace, manifest.name)
