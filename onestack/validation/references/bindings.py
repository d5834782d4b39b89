"""Who is bound to which role. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import Manifest
from onestack.validation.parts import EACH, Path, labels, mappings, text, texts
from onestack.validation.references.broken import Broken
from onestack.validation.references.index import OF_THE_CLUSTER, Index
from onestack.validation.references.missing import missing
from onestack.validation.references.rights import GROUP

_BUILT_IN: Final = frozenset({"admin", "cluster-admin", "edit", "view"})
_OF_OTHERS: Final = ("system:", "kubeadm:", "gce:", "eks:", "aks:", "openshift:")
_TOKEN: Final = "kubernetes.io/service-account-token"  # noqa: S105 - a type of Secrets
_OF_ACCOUNT: Final = "kubernetes.io/service-account.name"


def binding(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """Its role must be there, and so must the ServiceAccounts among its subjects."""
    kind, name = text(manifest.body, "roleRef", "kind"), text(manifest.body, "roleRef", "name")
    # The API server itself refuses a Role here, as a schema's rule says.
    checked = kind == "ClusterRole" or (kind == "Role" and manifest.namespace is not None)
    if checked and not (kind == "ClusterRole" and (name in _BUILT_IN or name.startswith(_OF_OTHERS))):
        yield from _role(manifest, index, kind, name)
    for path, subject in mappings(manifest.body, "subjects", EACH):
        if subject.get("kind") == "ServiceAccount":
            yield from _account(manifest, index, path, subject)


def _role(manifest: Manifest, index: Index, kind: str, name: str) -> Iterator[Broken]:
    other = "ClusterRole" if kind == "Role" else "Role"
    space = None if other == "ClusterRole" else manifest.namespace
    swapped = index.get(GROUP, kind, manifest.namespace if kind == "Role" else None, name) is None
    if (
        swapped
        and manifest.namespace not in OF_THE_CLUSTER
        and index.get(GROUP, other, space, name) is not None
    ):
        where = f"namespace '{manifest.namespace}' has" if kind == "Role" else "this set has"
        what = f"{where} no {kind} '{name}'"
        yield Broken(
            manifest, ("roleRef", "kind"), what, f"there is a {other} of that name: write 'kind: {other}'"
        )
        return
    namespace = None if kind == "Role" else ""
    yield from missing(index, manifest, ("roleRef", "name"), kind, name, group=GROUP, namespace=namespace)


def _account(manifest: Manifest, index: Index, path: Path, subject: Mapping[str, Any]) -> Iterator[Broken]:
    name, namespace = text(subject, "name"), text(subject, "namespace") or manifest.namespace
    if namespace is None or name == "default":
        return
    # Of a namespace in which this set has nothing only a slip is told: it is somebody else's.
    if index.holds(namespace) or index.elsewhere("", "ServiceAccount", namespace, name):
        at = (*path, "name")
        yield from missing(index, manifest, at, "ServiceAccount", name, namespace=namespace)


def service_account(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """The Secrets that it hands to its pods must be there."""
    for path, name in texts(manifest.body, "imagePullSecrets", EACH, "name"):
        yield from missing(index, manifest, path, "Secret", name)


def token(manifest: Manifest, index: Index) -> Iterator[Broken]:
    """The ServiceAccount that a Secret holds the token of must be there, else the Secret is deleted."""
    name = labels(manifest.body, "metadata", "annotations").get(_OF_ACCOUNT, "")
    if text(manifest.body, "type") == _TOKEN and name not in {"", "default"}:
        path = ("metadata", "annotations", _OF_ACCOUNT)
        yield from missing(index, manifest, path, "ServiceAccount", name)
