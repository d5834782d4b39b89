"""References that cannot hold within a set of manifests. Pure.

What the cluster or somebody else may well have (classes, built-in roles, what custom resources make) is
not told; see docs/checks.md for what is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from onestack.manifests.manifest import Manifest
from onestack.validation.finding import Finding, Rule, Severity, Weights
from onestack.validation.pods import PodTemplate, templates
from onestack.validation.references import (
    bindings,
    called,
    ingresses,
    owners,
    pod,
    probes,
    routes,
    scaling,
    services,
)
from onestack.validation.references.broken import Broken
from onestack.validation.references.configuration import configuration
from onestack.validation.references.index import Index

MOST: Final = 1000
"""After so many findings the rest is not looked for: nobody reads on, and hints are slow."""
_Relation = Callable[[Manifest, Index], Iterator[Broken]]
_PodRelation = Callable[[PodTemplate, Index], Iterator[Broken]]

_OF_PODS: Final[Sequence[_PodRelation]] = (
    pod.account,
    configuration,
    pod.claims,
    pod.classes,
    probes.probes,
)
_RBAC: Final = "rbac.authorization.k8s.io"
_OF_KIND: Final[Mapping[tuple[str, str], Sequence[_Relation]]] = {
    ("", "PersistentVolumeClaim"): (pod.storage_class,),
    ("", "ReplicationController"): (pod.replicas,),
    ("", "Secret"): (bindings.token,),
    ("", "Service"): (services.service,),
    ("", "ServiceAccount"): (bindings.service_account,),
    ("apps", "Deployment"): (pod.replicas,),
    ("apps", "ReplicaSet"): (pod.replicas,),
    ("apps", "StatefulSet"): (pod.replicas, pod.governing_service, pod.storage_class),
    ("autoscaling", "HorizontalPodAutoscaler"): (scaling.autoscaler,),
    ("keda.sh", "ScaledObject"): (scaling.autoscaler,),
    ("networking.k8s.io", "Ingress"): (ingresses.ingress,),
    ("networking.k8s.io", "NetworkPolicy"): (scaling.network_policy,),
    ("policy", "PodDisruptionBudget"): (scaling.budget,),
    (_RBAC, "ClusterRoleBinding"): (bindings.binding,),
    (_RBAC, "RoleBinding"): (bindings.binding,),
    (routes.GROUP, "Gateway"): (routes.gateway,),
    **{
        (routes.GROUP, f"{protocol}Route"): (routes.route,)
        for protocol in ("HTTP", "GRPC", "TCP", "TLS", "UDP")
    },
    **dict.fromkeys(called.KINDS, (called.called,)),
}
_OF_ALL: Final[Sequence[_Relation]] = (owners.owners,)


def findings(manifests: Sequence[Manifest], weights: Weights) -> Iterator[Finding]:
    """What the manifests refer to and can't have, in their order; nothing if the rule is off.

    The same thing missing in several places of one object is told once, at the first. After a thousand the
    rest is not looked for, and the last one says so.
    """
    severity = weights.of(Rule.REFERENCE)
    if severity is not Severity.OFF:
        for count, found in enumerate(_all(manifests)):
            problem = found.manifest.problem(found.what, found.expected, *found.path)
            if count == MOST:
                rest = f"{MOST} references that cannot hold were found, and the others not looked for"
                problem = found.manifest.problem(rest, "mend those first")
            yield Finding(Rule.REFERENCE, severity, found.manifest.identity, problem)
            if count == MOST:
                return


def _all(manifests: Sequence[Manifest]) -> Iterator[Broken]:
    index = Index(manifests)
    for manifest in manifests:
        said: set[str] = set()
        for found in _broken(manifest, index):
            if found.what not in said:
                said.add(found.what)
                yield found


def _broken(manifest: Manifest, index: Index) -> Iterator[Broken]:
    for relation in (*_OF_ALL, *_OF_KIND.get((manifest.group, manifest.kind), ())):
        yield from relation(manifest, index)
    for template in templates(manifest):
        for of_pods in _OF_PODS:
            yield from of_pods(template, index)
