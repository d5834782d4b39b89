"""Plans and objects to decide on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestack.graph import Resource
from onestack.manifests.manifest import Location, Manifest
from onestack.plan import Change, Op, Plan, Risk

DIGEST = "sha256:" + "0123456789abcdef" * 4
GRAVE = Risk("deletes-data", "StatefulSet shop/database", "Deleting it deletes its volume.")


def change(
    op: Op, name: str = "shop/web", kind: str = "Deployment", application: str | None = "shop"
) -> Change:
    return Change(op, f"urn::{name}", f"kubernetes:apps/v1:{kind}", name, "shop", application)


def plan(*changes: Change, same: int = 0, risks: tuple[Risk, ...] = ()) -> Plan:
    return Plan("onestack", "live", "tree", "settings", "state", changes, same, risks)


def obj(kind: str, body: Mapping[str, Any], *, version: str = "v1", name: str = "web") -> Manifest:
    whole = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **body}
    return Manifest("shop", version, kind, name, "shop", whole, Location(f"manifests/shop/{name}.yaml", 1, 1))


def deployment(pod: Mapping[str, Any], *, replicas: int = 1, name: str = "web") -> Manifest:
    labels = {"app": name}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return obj("Deployment", {"spec": spec}, version="apps/v1", name=name)


def container(**more: Any) -> dict[str, Any]:
    """A container that nobody objects to."""
    return {
        "name": "web",
        "image": "shop/web:1.2.3",
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {"runAsNonRoot": True},
        **more,
    }


def cloud(kind: str, inputs: Mapping[str, Any]) -> Resource:
    return Resource(f"urn::{kind}", kind, "one", inputs=inputs)
