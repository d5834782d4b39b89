"""A small stack of many kinds as a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

Document = dict[str, Any]

SPACES: Final = ("parts", "parts-more")
GROUP: Final = "parts.example.org"
DEPENDS_ON: Final = "config.kubernetes.io/depends-on"


@dataclass(frozen=True)
class Placed:
    """An object and where it is written."""

    application: str
    file: str
    body: Document

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def space(self) -> str | None:
        """The namespace that it lives in."""
        found = self.body["metadata"].get("namespace")
        return None if found is None else str(found)


World = Mapping[str, Placed]
"""The objects of the stack by a name that stays."""


def files(world: World) -> dict[str, str]:
    """The manifests as files, by path."""
    texts: dict[str, list[str]] = {}
    for one in world.values():
        texts.setdefault(f"manifests/{one.application}/{one.file}", []).append(yaml.safe_dump(one.body))
    return {path: "---\n".join(documents) for path, documents in texts.items()}


def baseline() -> World:
    """What every example begins with."""
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a", "image": "a/a:1"}]}}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    rbac = "rbac.authorization.k8s.io/v1"
    job_pod = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a/a:1"}]}}
    filled = document("v1", "Secret", "filled", stringData={"url": "db://${secrets:password}@db"})
    hook = document("v1", "ConfigMap", "told", data={"a": "b"})
    hook["metadata"]["annotations"] = {"helm.sh/hook": "post-install,post-upgrade"}
    waiting = document("v1", "ConfigMap", "waiting", data={"a": "b"})
    waiting["metadata"]["annotations"] = {DEPENDS_ON: target("settings")}
    objects = {
        "base": [
            *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}} for space in SPACES),
            _definition(),
        ],
        "shop": [
            document("v1", "ConfigMap", "settings", data={"mode": "blue"}),
            document("v1", "ConfigMap", "frozen", data={"mode": "blue"}, immutable=True),
            waiting,
            document("v1", "Secret", "plain", stringData={"token": "in-git"}),
            filled,
            document(
                "apps/v1",
                "Deployment",
                "web",
                spec={"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": pod},
            ),
            document("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}),
            scaler(1),
        ],
        "more": [
            document(f"{GROUP}/v1", "Book", "novel", spec={"title": "one"}),
            document(rbac, "Role", "reader", rules=rules),
            document(
                rbac,
                "RoleBinding",
                "reader",
                roleRef=role,
                subjects=[{"kind": "Group", "name": "readers", "apiGroup": role["apiGroup"]}],
            ),
            document("batch/v1", "Job", "once", spec={"template": job_pod}),
            hook,
        ],
    }
    return {
        f"{body['kind']} {body['metadata']['name']}": Placed(application, "all.yaml", body)
        for application, bodies in objects.items()
        for body in bodies
    }


def scaler(version: int) -> Document:
    """The same autoscaler in either version of its kind."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec: Document = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 3}
    if version == 1:
        spec["targetCPUUtilizationPercentage"] = 80
    else:
        cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
        spec["metrics"] = [{"type": "Resource", "resource": cpu}]
    return document(f"autoscaling/v{version}", "HorizontalPodAutoscaler", "web", spec=spec)


def document(api_version: str, kind: str, name: str, **content: Any) -> Document:
    metadata = {"name": name, "namespace": SPACES[0]}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}


def _definition() -> Document:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [
        {"name": name, "served": True, "storage": name == "v1", "schema": schema}
        for name in ("v1", "v1alpha1")
    ]
    names = {"kind": "Book", "plural": "books", "singular": "book"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"books.{GROUP}"},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": names, "versions": versions},
    }


def target(name: str) -> str:
    return f"/namespaces/{SPACES[0]}/ConfigMap/{name}"
