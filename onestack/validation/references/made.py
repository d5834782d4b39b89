"""What comes to be by way of other objects of the set: by custom resources, or by its own pods. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import is_builtin
from onestack.validation.parts import EACH, labels, text, texts
from onestack.validation.pods import Pods, PodTemplate, label_maps, told
from onestack.validation.references.rights import Rights
from onestack.validation.selectors import Selector

_SECRET_FIELDS: Final[tuple[tuple[str | int, ...], ...]] = (
    ("spec", "secretName"),  # cert-manager's Certificate and many others
    ("spec", "target", "name"),  # ExternalSecret
    ("spec", "template", "metadata", "name"),  # SealedSecret
    ("spec", "destination", "name"),  # VaultStaticSecret and its like
    ("spec", "externalSecretName"),  # ClusterExternalSecret
    ("spec", "managedSecretReference", "secretName"),  # InfisicalSecret
    ("spec", "acme", "privateKeySecretRef", "name"),  # Issuer
    ("spec", "secretObjects", EACH, "secretName"),  # SecretProviderClass
    ("spec", "secretTemplates", EACH, "name"),  # SopsSecret
    ("spec", "writeConnectionSecretToRef", "name"),  # Crossplane
)
# Their objects often are called as the application is, and make nothing that others refer to.
_MAKE_NOTHING: Final = frozenset(
    {
        "gateway.networking.k8s.io",
        "keda.sh",
        "kyverno.io",
        "monitoring.coreos.com/PodMonitor",
        "monitoring.coreos.com/PrometheusRule",
        "monitoring.coreos.com/ServiceMonitor",
        "networking.istio.io",
        "security.istio.io",
        "traefik.io",
    }
)
_OF_OPERATORS: Final = frozenset({"Secret", "Service", "ServiceAccount", "PersistentVolumeClaim"})


class Made:
    """What may be there though no manifest declares it."""

    def __init__(self, manifests: Iterable[Manifest], pods: Pods, rights: Rights) -> None:
        self._rights, self._pods = rights, pods
        self._told: dict[tuple[str, str], set[str]] = {}
        self._labelling: dict[str, list[PodTemplate]] = {}
        self._operated: dict[str, bool] = {}
        self._secrets: set[tuple[str, str]] = set()
        self._names: dict[str, set[str]] = defaultdict(set)
        self._custom: dict[str, list[Manifest]] = defaultdict(list)
        self._labels: dict[str, list[Any]] = {}
        self.bundles: set[str] = set()
        for manifest in manifests:
            if not is_builtin(manifest.group, manifest.kind):
                self._take(manifest)

    def _take(self, manifest: Manifest) -> None:
        namespace = manifest.namespace or ""
        self._secrets.update(
            (namespace, name) for field in _SECRET_FIELDS for _, name in texts(manifest.body, *field)
        )
        if (manifest.group, manifest.kind) == ("trust.cert-manager.io", "Bundle"):
            self.bundles.add(manifest.name)
        if not _MAKE_NOTHING & {manifest.group, f"{manifest.group}/{manifest.kind}"}:
            self._custom[namespace].append(manifest)
            self._names[namespace].add(manifest.name)

    def may_make(self, kind: str, namespace: str, name: str) -> bool:
        """Whether a custom resource or a pod of the set may make the object."""
        if kind == "Secret" and {(namespace, name), ("", name)} & self._secrets:
            return True
        if kind == "ConfigMap" and (name == "kube-root-ca.crt" or name in self.bundles):
            return True
        if self._rights.may_make(kind, namespace, name) or name in self._names_told(kind, namespace):
            return True
        same = any(name in self._names[space] for space in (namespace, ""))
        return same or (
            kind in _OF_OPERATORS and any(part in self._names[namespace] for part in _beginnings(name))
        )

    def _names_told(self, kind: str, namespace: str) -> set[str]:
        """The words told to pods of the namespace that may make objects of the kind: also names of such."""
        if (kind, namespace) not in self._told:
            self._told[kind, namespace] = {
                word
                for pod in self._pods.all(namespace)
                if self._rights.may_create(kind, namespace, pod.service_account)
                for word in told(pod)
            }
        return self._told[kind, namespace]

    def may_make_pods(self, namespace: str, wanted: Selector) -> bool:
        """Whether a custom resource of the namespace looks as if it made pods that the selector takes."""
        names = self._names[namespace]
        if any(value in names for one in wanted.requirements for value in one.values):
            return True
        return any(wanted.matches(held) for held in self._held_labels(namespace))

    def labelling(self, namespace: str) -> list[PodTemplate]:
        """The templates whose pods may change labels of pods."""
        if namespace not in self._labelling:
            self._labelling[namespace] = [
                pod
                for pod in self._pods.all(namespace)
                if self._rights.may_label_pods(namespace, pod.service_account)
            ]
        return self._labelling[namespace]

    def operated(self, namespace: str) -> bool:
        """Whether an operator runs in the namespace: a pod that may make pods."""
        if namespace not in self._operated:
            self._operated[namespace] = any(
                self._rights.may_make_pods(namespace, pod.service_account)
                for pod in self._pods.all(namespace)
            )
        return self._operated[namespace]

    def _held_labels(self, namespace: str) -> list[Any]:
        if namespace not in self._labels:
            found = [held for one in self._custom[namespace] for held in label_maps(one.body.get("spec"))]
            found += [labels(one.body, "metadata", "labels") for one in self._custom[namespace]]
            self._labels[namespace] = found
        return self._labels[namespace]


def _beginnings(name: str) -> Iterator[str]:
    """``a`` and ``a-b`` of ``a-b-c``: operators lengthen the name of what they make things for."""
    for at, letter in enumerate(name):
        if letter in "-.":
            yield name[:at]


def fills(manifest: Manifest) -> bool:
    """Whether something fills the Secret or ConfigMap at run time, so that its keys aren't known."""
    if text(manifest.body, "type") == "kubernetes.io/service-account-token":
        return True
    annotations = labels(manifest.body, "metadata", "annotations")
    return any("inject" in key for key in annotations)
