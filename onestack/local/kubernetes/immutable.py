"""Fields that can't be changed in place: a change of one replaces the object.

The table is the official plugin's (its ``forceNew``), which does not know every field that the API
server refuses to change; ConfigMaps and Secrets are its own convention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from onestack.local.kubernetes.identity import Kind, kind_of

IDENTITY: Final = (".metadata.name", ".metadata.namespace")

_SELECTOR: Final = (".spec.selector",)
_VOLUME_SOURCES: Final = (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk "
    "glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos "
    "vsphereVolume"
)
_POD: Final = (
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC "
    "hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority "
    "priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext "
    "serviceAccount serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes"
)
_CONTAINER: Final = (
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources "
    "securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices "
    "volumeMounts workingDir"
)
_STATEFUL_SET: Final = tuple(
    f".spec.{name}"
    for name in (
        "podManagementPolicy",
        "revisionHistoryLimit",
        "selector",
        "serviceName",
        "volumeClaimTemplates",
    )
)
_ROLE_REF: Final = (".roleRef",)
_JOB: Final = tuple(f".spec.{name}" for name in ("completions", "parallelism", "selector", "template"))

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "apps/v1beta1/StatefulSet": _STATEFUL_SET,
    **{
        f"apps/{version}/{kind}": fields
        for version in ("v1beta2", "v1")
        for kind, fields in {
            "DaemonSet": _SELECTOR,
            "Deployment": _SELECTOR,
            "StatefulSet": _STATEFUL_SET,
        }.items()
    },
    **{f"batch/{version}/Job": _JOB for version in ("v1beta1", "v1", "v2alpha1")},
    "policy/v1beta1/PodDisruptionBudget": (".spec",),
    **{
        f"rbac.authorization.k8s.io/{version}/{kind}": _ROLE_REF
        for version in ("v1alpha1", "v1beta1", "v1")
        for kind in ("ClusterRoleBinding", "RoleBinding")
    },
    "storage.k8s.io/v1/StorageClass": (".parameters", ".provisioner"),
    "v1/PersistentVolume": tuple(f".spec.{name}" for name in _VOLUME_SOURCES.split()),
    "v1/PersistentVolumeClaim": (
        ".spec.accessModes",
        ".spec.selector",
        ".spec.storageClassName",
        ".spec.volumeName",
    ),
    "v1/Pod": (
        *(f".spec.{name}" for name in _POD.split()),
        *(
            f".spec.{list_}[*].{name}"
            for list_ in ("containers", "initContainers")
            for name in _CONTAINER.split()
        ),
    ),
    "v1/ResourceQuota": (".spec.scopes",),
    "v1/Secret": (".type",),
    "v1/Service": (".spec.clusterIP",),
}


def immutable_fields(
    obj: Mapping[str, Any], *, mutable_config_maps: bool, mutable_secrets: bool
) -> tuple[str, ...]:
    """Paths, as ``.spec.selector``, whose change replaces an object like this one."""
    kind = kind_of(obj)
    frozen = obj.get("immutable") is True
    if kind == Kind("", "v1", "Secret") and (frozen or not mutable_secrets):
        return (*IDENTITY, ".type", ".stringData", ".data")
    if kind == Kind("", "v1", "ConfigMap") and (frozen or not mutable_config_maps):
        return (*IDENTITY, ".binaryData", ".data")
    return (*IDENTITY, *_FIELDS.get(f"{kind.api_version}/{kind.kind}", ()))


def changes_one_of(path: Sequence[str | int], value: Any, fields: Sequence[str]) -> bool:
    """True where setting ``path`` to ``value`` touches one of the fields.

    That is where the path lies at or below a field, or the value set above it contains it.
    """
    return any(_touches(path, value, _steps(field)) for field in fields)


def _touches(path: Sequence[str | int], value: Any, field: tuple[str, ...]) -> bool:
    for step, wanted in zip(path, field, strict=False):
        if not (isinstance(step, int) if wanted == "*" else step == wanted):
            return False
    return len(path) >= len(field) or _contains(value, field[len(path) :])


def _contains(value: Any, rest: tuple[str, ...]) -> bool:
    if not rest:
        return True
    if rest[0] == "*":
        # The official plugin evaluates a JSONPath, and only "not found" counts as untouched: an empty
        # list has no item to miss anything in, and what isn't a list fails in another way.
        return not isinstance(value, list) or not value or any(_contains(item, rest[1:]) for item in value)
    return isinstance(value, dict) and rest[0] in value and _contains(value[rest[0]], rest[1:])


@cache
def _steps(field: str) -> tuple[str, ...]:
    return tuple(field.removeprefix(".").replace("[*]", ".*").split("."))
