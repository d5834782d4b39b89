"""Which objects stand on which others by what they say themselves, beside the order of a deployment. Pure.

The order says what has to be there first. An effect goes further: pods feel their ConfigMap and their
account's rights, a Service its pods, an Ingress its Services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from onestack.manifests.manifest import Identity, Manifest
from onestack.validation.parts import EACH, labels, mapping, mappings, text, texts
from onestack.validation.pods import Pods, PodTemplate, templates
from onestack.validation.selectors import equal, selector

Arrow = tuple[Identity, Identity]
"""The first stands on the second."""

_RBAC: Final = "rbac.authorization.k8s.io"
_APPS: Final = {"CronJob": "batch", "Job": "batch", "Pod": "", "ReplicationController": ""}
_ROUTES: Final = "gateway.networking.k8s.io"
_NAMED: Final[Sequence[tuple[tuple[str | int, ...], str]]] = (
    (("volumes", EACH, "configMap", "name"), "ConfigMap"),
    (("volumes", EACH, "secret", "secretName"), "Secret"),
    (("volumes", EACH, "projected", "sources", EACH, "configMap", "name"), "ConfigMap"),
    (("volumes", EACH, "projected", "sources", EACH, "secret", "name"), "Secret"),
    (("volumes", EACH, "persistentVolumeClaim", "claimName"), "PersistentVolumeClaim"),
    (("imagePullSecrets", EACH, "name"), "Secret"),
    *(
        ((containers, EACH, *path), kind)
        for containers in ("containers", "initContainers")
        for path, kind in (
            (("envFrom", EACH, "configMapRef", "name"), "ConfigMap"),
            (("envFrom", EACH, "secretRef", "name"), "Secret"),
            (("env", EACH, "valueFrom", "configMapKeyRef", "name"), "ConfigMap"),
            (("env", EACH, "valueFrom", "secretKeyRef", "name"), "Secret"),
        )
    ),
)


def arrows(manifests: Sequence[Manifest]) -> Iterator[Arrow]:
    """Every reference of the objects; what it leads to may not be among them."""
    pods = Pods(manifests)
    for manifest in manifests:
        for template in templates(manifest):
            yield from _of_pods(manifest, template)
        relation = _RELATIONS.get((manifest.group, manifest.kind))
        if relation is not None:
            yield from relation(manifest, pods)
        elif manifest.group == _ROUTES and manifest.kind.endswith("Route"):
            yield from _route(manifest)


def _of_pods(manifest: Manifest, template: PodTemplate) -> Iterator[Arrow]:
    space = manifest.namespace
    yield manifest.identity, Identity("", "ServiceAccount", space, template.service_account)
    for path, kind in _NAMED:
        for _, name in texts(template.spec, *path):
            yield manifest.identity, Identity("", kind, space, name)
    if name := text(template.spec, "priorityClassName"):
        yield manifest.identity, Identity("scheduling.k8s.io", "PriorityClass", None, name)


def _service(manifest: Manifest, pods: Pods) -> Iterator[Arrow]:
    wanted = labels(manifest.body, "spec", "selector")
    if wanted:
        for one in pods.selected(manifest.namespace or "", equal(wanted)):
            yield manifest.identity, one.manifest.identity


def _policy(manifest: Manifest, pods: Pods) -> Iterator[Arrow]:
    """The pods feel the policy, not the other way around."""
    chosen = selector(mapping(manifest.body, "spec").get("podSelector"))
    for one in pods.selected(manifest.namespace or "", chosen) if chosen is not None else ():
        yield one.manifest.identity, manifest.identity


def _scaler(manifest: Manifest, _pods: Pods) -> Iterator[Arrow]:
    target = mapping(manifest.body, "spec", "scaleTargetRef")
    kind, name = text(target, "kind"), text(target, "name")
    if kind and name:
        yield Identity(_APPS.get(kind, "apps"), kind, manifest.namespace, name), manifest.identity


def _ingress(manifest: Manifest, _pods: Pods) -> Iterator[Arrow]:
    named = (
        ("spec", "rules", EACH, "http", "paths", EACH, "backend", "service", "name"),
        ("spec", "defaultBackend", "service", "name"),
    )
    for path in named:
        for _, name in texts(manifest.body, *path):
            yield manifest.identity, Identity("", "Service", manifest.namespace, name)
    for _, name in texts(manifest.body, "spec", "tls", EACH, "secretName"):
        yield manifest.identity, Identity("", "Secret", manifest.namespace, name)


def _route(manifest: Manifest) -> Iterator[Arrow]:
    for _, one in mappings(manifest.body, "spec", "rules", EACH, "backendRefs", EACH):
        if (text(one, "kind") or "Service") == "Service":
            space = text(one, "namespace") or manifest.namespace
            yield manifest.identity, Identity("", "Service", space, text(one, "name"))
    for _, one in mappings(manifest.body, "spec", "parentRefs", EACH):
        if (text(one, "kind") or "Gateway") == "Gateway":
            space = text(one, "namespace") or manifest.namespace
            yield manifest.identity, Identity(_ROUTES, "Gateway", space, text(one, "name"))


def _binding(manifest: Manifest, _pods: Pods) -> Iterator[Arrow]:
    """An account stands on its binding, and that on its role."""
    kind = text(manifest.body, "roleRef", "kind")
    space = manifest.namespace if kind == "Role" else None
    yield manifest.identity, Identity(_RBAC, kind, space, text(manifest.body, "roleRef", "name"))
    for _, one in mappings(manifest.body, "subjects", EACH):
        if text(one, "kind") == "ServiceAccount":
            account = Identity(
                "", "ServiceAccount", text(one, "namespace") or manifest.namespace, text(one, "name")
            )
            yield account, manifest.identity


_RELATIONS: Final[Mapping[tuple[str, str], Callable[[Manifest, Pods], Iterator[Arrow]]]] = {
    ("", "Service"): _service,
    ("autoscaling", "HorizontalPodAutoscaler"): _scaler,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("networking.k8s.io", "NetworkPolicy"): _policy,
    (_RBAC, "ClusterRoleBinding"): _binding,
    (_RBAC, "RoleBinding"): _binding,
}
