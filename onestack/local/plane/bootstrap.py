"""The objects a fresh cluster needs before real manifests can become ready. Pure."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from onestack.local.plane.configuration import NODE_NAME

STORAGE_CLASS: Final = "standard"
CONTROL_PLANE: Final = "node-role.kubernetes.io/control-plane"

_ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_KWOK: Final = "onestack:kwok"


@dataclass(frozen=True)
class Object:
    """One object and the path it is applied to."""

    path: str
    body: Mapping[str, Any]


def objects(kubernetes_version: str, *, reserved: bool = False) -> tuple[Object, ...]:
    """What is applied at every start, in this order.

    ``reserved``: nothing is to run on the plane's own node, as on that of a real control plane.
    """
    return (_kwok_role(), _kwok_binding(), _storage_class(), _node(kubernetes_version, reserved=reserved))


def _node(kubernetes_version: str, *, reserved: bool) -> Object:
    labels = {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": _ARCHITECTURES.get(platform.machine().lower(), "amd64"),
        "kubernetes.io/hostname": NODE_NAME,
        "topology.kubernetes.io/region": "local",
        "topology.kubernetes.io/zone": "local-a",
        "node.kubernetes.io/instance-type": "simulated",
    }
    metadata = {
        "name": NODE_NAME,
        "labels": labels,
        "annotations": {"onestack.dev/kubernetes-version": f"v{kubernetes_version or '1.0.0'}"},
    }
    node = {"apiVersion": "v1", "kind": "Node", "metadata": metadata}
    if reserved:
        node["spec"] = {"taints": [{"key": CONTROL_PLANE, "effect": "NoSchedule"}]}
    return Object(f"/api/v1/nodes/{NODE_NAME}", node)


def _storage_class() -> Object:
    return Object(
        f"/apis/storage.k8s.io/v1/storageclasses/{STORAGE_CLASS}",
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": STORAGE_CLASS,
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            # Not the controller manager's hostPath provisioner: that one writes below the
            # machine's /tmp/hostpath_pv, which planes and people would share.
            "provisioner": "onestack.dev/simulated",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
            "allowVolumeExpansion": False,
        },
    )


def _kwok_role() -> Object:
    """All that the stages of this package do, and no more."""
    read = ["get", "list", "watch"]
    change = ["update", "patch"]
    rules = [
        _rule("", ["nodes", "pods", "services", "persistentvolumeclaims", "persistentvolumes"], read),
        _rule("", ["nodes/status", "pods/status", "services/status"], change),
        _rule("", ["pods"], ["delete"]),
        _rule("", ["persistentvolumes"], ["create", "update", "patch", "delete"]),
        _rule("networking.k8s.io", ["ingresses"], read),
        _rule("networking.k8s.io", ["ingresses/status"], change),
        _rule("", ["events"], ["create", *change]),
        _rule("events.k8s.io", ["events"], ["create", *change]),
    ]
    return Object(
        f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{_KWOK}",
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": _KWOK},
            "rules": rules,
        },
    )


def _kwok_binding() -> Object:
    group = "rbac.authorization.k8s.io"
    return Object(
        f"/apis/{group}/v1/clusterrolebindings/{_KWOK}",
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": _KWOK},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": _KWOK},
            "subjects": [{"apiGroup": group, "kind": "User", "name": _KWOK}],
        },
    )


def _rule(group: str, resources: list[str], verbs: list[str]) -> dict[str, list[str]]:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}
