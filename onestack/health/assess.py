"""From a live object of any kind to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from onestack.health.custom import custom_resource
from onestack.health.definitions import (
    api_service,
    custom_resource_definition,
    disruption_budget,
    namespace,
    resource_quota,
    secret,
)
from onestack.health.jobs import job
from onestack.health.live import Live, section
from onestack.health.network import ingress, service
from onestack.health.pods import pod
from onestack.health.storage import claim, volume
from onestack.health.verdict import Verdict, failed, ready
from onestack.health.workloads import daemon_set, deployment, replica_set, stateful_set

_SECRET: Final = ("", "Secret")
_RULES: Final[Mapping[tuple[str, str], Callable[[Live], Verdict]]] = {
    ("apps", "Deployment"): deployment,
    ("extensions", "Deployment"): deployment,
    ("apps", "StatefulSet"): stateful_set,
    ("apps", "DaemonSet"): daemon_set,
    ("extensions", "DaemonSet"): daemon_set,
    ("apps", "ReplicaSet"): replica_set,
    ("extensions", "ReplicaSet"): replica_set,
    ("", "ReplicationController"): replica_set,
    ("", "Pod"): pod,
    ("batch", "Job"): job,
    ("", "PersistentVolume"): volume,
    ("networking.k8s.io", "Ingress"): ingress,
    ("extensions", "Ingress"): ingress,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): custom_resource_definition,
    ("apiregistration.k8s.io", "APIService"): api_service,
    ("", "Namespace"): namespace,
    ("", "ResourceQuota"): resource_quota,
    _SECRET: secret,
    ("policy", "PodDisruptionBudget"): disruption_budget,
}
_CLAIM: Final = ("", "PersistentVolumeClaim")
_SERVICE: Final = ("", "Service")

BUILT_IN_GROUPS: Final = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
"""Groups whose kinds Kubernetes itself defines; ``*.k8s.io`` alone doesn't say so: Gateway API has it too."""


def assess(
    obj: Mapping[str, Any],
    *,
    endpoint_slices: Sequence[Mapping[str, Any]] | None = None,
    storage_class: Mapping[str, Any] | None = None,
) -> Verdict:
    """Says whether a live object is ready, and if not, why.

    ``endpoint_slices`` are those of a Service, ``storage_class`` that of a claim; both are optional
    and the verdict's function says what their absence means. Annotations are not looked at: whether
    to wait for an object at all is the caller's decision.
    """
    if section(obj, "metadata").get("deletionTimestamp"):
        return failed(_deletion(obj))
    kind = _kind(obj)
    if kind == _SERVICE:
        return service(obj, endpoint_slices)
    if kind == _CLAIM:
        return claim(obj, storage_class)
    rule = _RULES.get(kind)
    if rule is not None:
        return rule(obj)
    return ready() if kind[0] in BUILT_IN_GROUPS else custom_resource(obj)


def awaited(api_version: str, kind: str) -> bool:
    """False for kinds that are ready as soon as they exist.

    Secrets count among them: only the rare token of a service account has more to say, and watching
    all Secrets for its sake would ask for a right, and read data, that nobody needs.
    """
    key = (api_version.rpartition("/")[0], kind)
    if key == _SECRET:
        return False
    return key in _RULES or key in {_CLAIM, _SERVICE} or key[0] not in BUILT_IN_GROUPS


def _kind(obj: Mapping[str, Any]) -> tuple[str, str]:
    return str(obj.get("apiVersion", "")).rpartition("/")[0], str(obj.get("kind", ""))


def _deletion(obj: Mapping[str, Any]) -> str:
    metadata = section(obj, "metadata")
    finalizers = metadata.get("finalizers") or section(obj, "spec").get("finalizers") or ()
    held = ", ".join(map(str, finalizers))
    return f"is being deleted (finalizers: {held})" if held else "is being deleted"
