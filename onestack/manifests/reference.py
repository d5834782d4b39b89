"""What is waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

from onestack.manifests.hooks import hook
from onestack.manifests.manifest import Manifest


@dataclass(frozen=True, order=True)
class ObjectRef:
    """One object in the cluster; ``namespace`` is None for those that have none.

    ``may_vanish``: Kubernetes itself removes it some time after it has done its work.
    """

    api_version: str
    kind: str
    namespace: str | None
    name: str
    may_vanish: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def reference(manifest: Manifest) -> ObjectRef:
    """The object that a manifest declares."""
    return ObjectRef(
        manifest.api_version, manifest.kind, manifest.namespace, manifest.name, _may_vanish(manifest)
    )


def _may_vanish(manifest: Manifest) -> bool:
    """True for Jobs with a TTL: the TTL controller deletes those that are complete, and failed ones too.

    And for the Pod of a hook, which runs to its end: such Pods are collected with their node.
    """
    if (manifest.group, manifest.kind) == ("", "Pod"):
        return hook(manifest) is not None
    spec = manifest.body.get("spec")
    is_job = (manifest.group, manifest.kind) == ("batch", "Job")
    return is_job and isinstance(spec, dict) and spec.get("ttlSecondsAfterFinished") is not None
