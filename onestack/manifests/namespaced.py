"""Which objects may be left to the deletion of their Namespace. Pure.

Kubernetes deletes whatever is in a Namespace that is deleted, kind by kind and far faster than one
request for each object. But in no order, and a controller that stands in the same Namespace may be gone
before what it has to clean up. So whatever stands for something outside of the cluster, or waits for
somebody before it goes, is deleted by itself, and first.
"""

from __future__ import annotations

from typing import Final

from onestack.manifests.backends import at
from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import is_builtin

_CLOUD: Final = frozenset({("networking.k8s.io", "Ingress"), ("", "PersistentVolumeClaim")})
"""Load balancers and volumes of a cloud stand behind them."""

# The namespace controller waits half of the pods' longest grace period (30 s by default) before it looks
# again whether they are gone, so they are better gone before.
_OF_PODS: Final = frozenset(
    {"DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"}
)


def goes_with_its_namespace(manifest: Manifest) -> bool:
    """Whether nothing is lost when an object is deleted along with its Namespace."""
    if manifest.namespace is None or not is_builtin(manifest.group, manifest.kind):
        return False
    if (manifest.group, manifest.kind) in _CLOUD or manifest.kind in _OF_PODS:
        return False
    if at(manifest.body, "metadata", "finalizers"):
        return False
    is_service = (manifest.group, manifest.kind) == ("", "Service")
    return not (is_service and at(manifest.body, "spec", "type") == "LoadBalancer")
