"""Sixty objects of the usual kinds in two versions that differ: what is killed at every boundary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Object = dict[str, Any]

COUNT: Final = 60
_PLAIN: Final = 38


def sixty(space: str, version: str) -> tuple[Object, ...]:
    """``version`` is a or b: b changes a third of the objects, lacks five of a's and has five others.

    ``space`` makes the names of what belongs to no namespace unique.
    """
    return tuple(_objects(space, version))


def _objects(space: str, version: str) -> Iterator[Object]:
    yield _object("v1", "Namespace", space, None)
    yield _object("v1", "Namespace", f"{space}-more", None)
    for number in range(_PLAIN):
        value = version if number % 3 == 0 else "kept"
        yield _object("v1", "ConfigMap", f"c{number}", space, data={"a": value})
    for number in range(5):
        yield _object("v1", "ConfigMap", f"{version}{number}", f"{space}-more", data={"a": "own"})
    for number in range(3):
        value = version if number == 0 else "kept"
        yield _object("v1", "Secret", f"s{number}", space, stringData={"a": f"not-a-real-{value}"})
        yield _object("v1", "ServiceAccount", f"a{number}", space)
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get" if version == "a" else "list"]}]
    yield _object("rbac.authorization.k8s.io/v1", "Role", "reader", space, rules=rules)
    yield _object(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "reader",
        space,
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        subjects=[{"kind": "ServiceAccount", "name": "a0", "namespace": space}],
    )
    ports = [{"port": 80 if version == "a" else 81}]
    yield _object("v1", "Service", "web", space, spec={"selector": {"app": "web"}, "ports": ports})
    yield _deployment(space, version)
    yield from _custom(space, version)


def _deployment(space: str, version: str) -> Object:
    container = {"name": "web", "image": f"example.org/web:{version}"}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return _object("apps/v1", "Deployment", "web", space, spec=spec)


def _custom(space: str, version: str) -> Iterator[Object]:
    """A definition of a kind of its own for each trial, and some objects of it."""
    group = f"{space}.example.org"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [served]}
    yield _object("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"things.{group}", None, spec=spec)
    for number in range(4):
        yield _object(f"{group}/v1", "Thing", f"t{number}", space, spec={"a": version if number else "kept"})


def _object(api_version: str, kind: str, name: str, namespace: str | None, **content: Any) -> Object:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
