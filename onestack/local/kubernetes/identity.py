"""What an object is: its kind, its Pulumi type, its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from onestack.errors import UnrecognizedType
from onestack.local.kubernetes.builtin import BUILTIN_VERSIONS, kinds_of

_TYPE_PARTS: Final = 3

_NAMESPACED_NAMES: Final = """
Binding ConfigMap ControllerRevision CronJob CSIStorageCapacity DaemonSet Deployment Endpoints
EndpointSlice Event HorizontalPodAutoscaler Ingress Job Lease LimitRange NetworkPolicy
PersistentVolumeClaim Pod PodDisruptionBudget PodTemplate ReplicaSet ReplicationController
ResourceQuota Role RoleBinding Secret Service ServiceAccount StatefulSet
"""
_CLUSTER_WIDE_NAMES: Final = """
APIService CertificateSigningRequest ClusterRole ClusterRoleBinding CSIDriver CSINode
CustomResourceDefinition FlowSchema IngressClass MutatingWebhookConfiguration Namespace Node
PersistentVolume PodSecurityPolicy PriorityClass PriorityLevelConfiguration RuntimeClass
StorageClass ValidatingWebhookConfiguration VolumeAttachment
"""
_NAMESPACED: Final = frozenset(_NAMESPACED_NAMES.split())
_CLUSTER_WIDE: Final = frozenset(_CLUSTER_WIDE_NAMES.split())


class Kind(NamedTuple):
    """Group (``""`` is core), version and kind."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def __str__(self) -> str:
        """As client-go prints it."""
        return f"{self.group}/{self.version}, Kind={self.kind}"


@dataclass(frozen=True)
class Urn:
    """The parts of a resource's URN that matter here."""

    text: str
    type: str
    name: str

    @staticmethod
    def parse(text: str) -> Urn:
        parts = text.split("::", 3)
        qualified = parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - urn, project, type, name
        return Urn(text, qualified.rsplit("$", 1)[-1], parts[3] if len(parts) == 4 else "")  # noqa: PLR2004

    @property
    def kind(self) -> Kind:
        """The kind that the type token names.

        Raises:
            UnrecognizedType: it isn't ``kubernetes:group/version:Kind``.
        """
        parts = self.type.split(":")
        group, slash, version = parts[1].partition("/") if len(parts) == _TYPE_PARTS else ("", "", "")
        if parts[0] != "kubernetes":
            raise UnrecognizedType(f'unrecognized resource type: "{self.type}" for this provider')
        if not slash:
            raise UnrecognizedType(
                f'apiVersion does not have both a group and a version: "{":".join(parts[1:2])}"'
            )
        return Kind("" if group == "core" else group, version, parts[2])


def kind_of(obj: Mapping[str, Any]) -> Kind:
    """The kind that an object's own ``apiVersion`` and ``kind`` name."""
    api_version = obj.get("apiVersion")
    kind = obj.get("kind")
    group, _, version = (api_version if isinstance(api_version, str) else "").rpartition("/")
    return Kind("" if group == "core" else group, version, kind if isinstance(kind, str) else "")


def is_patch(urn: Urn, kind: str) -> bool:
    """True for ``DeploymentPatch`` and its like, which manage fields of an object of someone else."""
    return urn.type.rsplit(":", 1)[-1] == f"{kind}Patch"


def is_list(kind: Kind) -> bool:
    """True for built-in lists such as ``DeploymentList``, which are no objects."""
    return kind.kind.endswith("List") and kind.kind[:-4] in kinds_of(kind.api_version)


def is_crd(kind: Kind) -> bool:
    return kind.kind == "CustomResourceDefinition" and kind.group == "apiextensions.k8s.io"


def known_scope(kind: Kind) -> bool | None:
    """True for namespaced kinds, False for cluster-wide ones, None where only the cluster knows."""
    if kind.api_version not in BUILTIN_VERSIONS:
        return None
    name = kind.kind.removesuffix("Patch").removesuffix("List")
    if name in _NAMESPACED:
        return True
    return False if name in _CLUSTER_WIDE else None


def metadata_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    """``metadata``, or nothing where it isn't known or isn't a mapping."""
    metadata = obj.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def name_of(obj: Mapping[str, Any]) -> str:
    name = metadata_of(obj).get("name")
    return name if isinstance(name, str) else ""


def namespace_of(obj: Mapping[str, Any]) -> str:
    namespace = metadata_of(obj).get("namespace")
    return namespace if isinstance(namespace, str) else ""


def id_of(obj: Mapping[str, Any]) -> str:
    """``namespace/name``, or ``name`` for what has no namespace."""
    namespace = namespace_of(obj)
    return f"{namespace}/{name_of(obj)}" if namespace else name_of(obj)


def parse_id(text: str) -> tuple[str, str]:
    """Namespace ("" for none) and name in an id."""
    parts = text.split("/")
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
