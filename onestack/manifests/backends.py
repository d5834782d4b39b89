"""What answers for a webhook or an aggregated API: its Service and the workloads behind that. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from onestack.manifests.manifest import Identity, Manifest

_WEBHOOKS: Final = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})
_TEMPLATES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): (),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
}


class Backends:
    """The Services of a set of manifests and what runs behind each."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._services = {m.identity: m for m in manifests if (m.group, m.kind) == ("", "Service")}
        self._workloads: dict[str | None, list[Manifest]] = {}
        self._found: dict[Identity, tuple[Identity, ...]] = {}
        for manifest in manifests:
            if (manifest.group, manifest.kind) in _TEMPLATES:
                self._workloads.setdefault(manifest.namespace, []).append(manifest)

    def of(self, manifest: Manifest) -> tuple[Identity, ...]:
        """The Services of this set that the API server calls for the manifest, and their workloads."""
        if manifest.identity not in self._found:
            self._found[manifest.identity] = tuple(dict.fromkeys(self._look(manifest)))
        return self._found[manifest.identity]

    def _look(self, manifest: Manifest) -> Iterator[Identity]:
        for reference in called(manifest):
            service = self._services.get(reference)
            if service is not None:
                yield reference
                yield from self._behind(service)

    def _behind(self, service: Manifest) -> Iterator[Identity]:
        selector = at(service.body, "spec", "selector")
        if not isinstance(selector, Mapping) or not selector:
            return
        for workload in self._workloads.get(service.namespace, ()):
            labels = at(workload.body, *_TEMPLATES[workload.group, workload.kind], "metadata", "labels")
            if isinstance(labels, Mapping) and _selects(selector, labels):
                yield workload.identity


def _selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    return all(labels.get(key) == value for key, value in selector.items())


def called(manifest: Manifest) -> Iterator[Identity]:
    """The Services that a webhook configuration, an APIService or a CRD's conversion names."""
    for client in _clients(manifest):
        namespace, name = at(client, "namespace"), at(client, "name")
        if isinstance(namespace, str) and isinstance(name, str):
            yield Identity("", "Service", namespace, name)


def _clients(manifest: Manifest) -> Iterator[Any]:
    if manifest.group == "admissionregistration.k8s.io" and manifest.kind in _WEBHOOKS:
        webhooks = at(manifest.body, "webhooks")
        for webhook in webhooks if isinstance(webhooks, list) else ():
            yield at(webhook, "clientConfig", "service")
    elif (manifest.group, manifest.kind) == ("apiregistration.k8s.io", "APIService"):
        yield at(manifest.body, "spec", "service")
    elif (manifest.group, manifest.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        yield at(manifest.body, "spec", "conversion", "webhook", "clientConfig", "service")


def at(value: Any, *path: str) -> Any:
    """The value at ``path`` of nested mappings, or None."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
