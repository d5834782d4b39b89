"""What each object tells the provider: who manages its fields, and whether to wait for it alone.

Waiting inside each resource is what makes Kubernetes stacks slow, so an object that nothing else
needs is not waited for by itself: the release waits for all of them at once. The annotations are
those of the official provider (pulumi-kubernetes, "Resource annotations"). Pure.
"""

from __future__ import annotations

from dataclasses import replace

from onestack.manifests.hooks import hook
from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import is_builtin

FIELD_MANAGER = "onestack"

# One fixed manager: the default is random per resource, and fields of a manager that is lost stay owned.
_MANAGER = {"pulumi.com/patchFieldManager": FIELD_MANAGER}

# Not waiting also means not waiting for deletion. In the foreground a deleted object stays until all
# that it owns is gone, and a replacement would then meet the old one; in the background it goes at once.
_LEAF = {"pulumi.com/skipAwait": "true", "pulumi.com/deletionPropagationPolicy": "background"}

# A hook is waited for until it has ended. A Job that didn't end well is replaced by the next run, so
# that it runs again; of a bare Pod the provider would be content to see it run.
_HOOKS = {
    ("batch", "Job"): {"pulumi.com/replaceUnready": "true"},
    ("", "Pod"): {"pulumi.com/waitFor": "jsonpath={.status.phase}=Succeeded"},
}


def instructed(manifest: Manifest, *, needed: bool) -> Manifest:
    """The manifest with the provider's annotations; one that it sets itself is kept.

    ``needed`` says that other objects need this one ready, or that what it holds must be gone with it.
    """
    is_hook = hook(manifest) is not None
    annotations = _MANAGER | ({} if needed or is_hook or _carries_others(manifest) else _LEAF)
    if is_hook:
        annotations |= _HOOKS.get((manifest.group, manifest.kind), {})
    metadata = dict(manifest.body["metadata"])
    metadata["annotations"] = annotations | dict(metadata.get("annotations") or {})
    return replace(manifest, body={**manifest.body, "metadata": metadata})


def _carries_others(manifest: Manifest) -> bool:
    """Namespaces and CRDs take others with them; a custom resource may have its controller's finalizer."""
    if manifest.kind in {"Namespace", "CustomResourceDefinition"}:
        return True
    return not is_builtin(manifest.identity.group, manifest.kind)
