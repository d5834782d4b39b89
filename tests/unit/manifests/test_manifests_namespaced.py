"""What may be left to the deletion of its Namespace, and what is deleted by itself."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.manifests.aliases import Aliases
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.namespaced import goes_with_its_namespace
from onestack.manifests.registration import Names, registrations


def manifest(api_version: str, kind: str, namespace: str | None = "shop", **content: Any) -> Manifest:
    """A manifest made by code."""
    metadata = {"name": "a", **content.pop("metadata", {})}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    return Manifest("shop", api_version, kind, "a", namespace, body, Location("f.yaml", 1, 1))


@pytest.mark.parametrize(
    "goes",
    [
        manifest("v1", "ConfigMap"),
        manifest("v1", "Secret"),
        manifest("v1", "Service", spec={"type": "ClusterIP"}),
        manifest("rbac.authorization.k8s.io/v1", "Role"),
        manifest("batch/v1", "CronJob"),
    ],
    ids=lambda one: one.kind,
)
def test_what_is_nothing_but_an_entry_goes_with_its_namespace(goes: Manifest) -> None:
    assert goes_with_its_namespace(goes)


@pytest.mark.parametrize(
    "stays",
    [
        manifest("v1", "Namespace", None),
        manifest("rbac.authorization.k8s.io/v1", "ClusterRole", None),
        manifest("v1", "Service", spec={"type": "LoadBalancer"}),
        manifest("networking.k8s.io/v1", "Ingress"),
        manifest("v1", "PersistentVolumeClaim"),
        manifest("apps/v1", "Deployment"),
        manifest("apps/v1", "StatefulSet"),
        manifest("v1", "ConfigMap", metadata={"finalizers": ["example.org/wait"]}),
        manifest("example.org/v1", "Widget"),
    ],
    ids=lambda one: f"{one.kind}-{'finalizers' in one.body['metadata']}",
)
def test_what_holds_more_than_itself_is_deleted_by_itself(stays: Manifest) -> None:
    assert not goes_with_its_namespace(stays)


def test_only_a_namespace_of_the_same_stack_takes_its_objects_along() -> None:
    names = Names("onestack", "test")
    held, space = manifest("v1", "ConfigMap"), manifest("v1", "Namespace", None)
    shop = Manifest("shop", "v1", "Namespace", "shop", None, space.body, space.location)
    (alone,) = registrations([held], {}, Aliases([held]), names, hook_seconds=1)
    assert alone.within is None
    both = registrations([held, shop], {}, Aliases([held]), names, hook_seconds=1)
    assert {one.name: one.within for one in both} == {"shop/a": names.of(shop), "shop": None}
