"""What the engine is told of an object: names, order, needs, aliases, and how long it may take."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.manifests.aliases import Aliases
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.order import dependencies
from onestack.manifests.registration import Names, Registration, registrations

NAMES = Names("onestack", "test")


def manifest(
    kind: str, name: str, namespace: str | None = "shop", api_version: str = "v1", **annotations: str
) -> Manifest:
    """A manifest made by code."""
    metadata: dict[str, Any] = {"name": name, "annotations": annotations}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata}
    return Manifest("shop", api_version, kind, name, namespace, body, Location("f.yaml", 1, 1))


def registered(*manifests: Manifest) -> tuple[Registration, ...]:
    """What the engine is told of manifests."""
    return registrations(manifests, dependencies(manifests), Aliases(manifests), NAMES, hook_seconds=60)


def test_names_are_the_engines() -> None:
    namespace, web = registered(
        manifest("Deployment", "web", api_version="apps/v1"), manifest("Namespace", "shop", None)
    )
    assert namespace.urn == "urn:pulumi:test::onestack::kubernetes:core/v1:Namespace::shop"
    assert web.urn == "urn:pulumi:test::onestack::kubernetes:apps/v1:Deployment::shop/web"
    assert (web.token, web.name) == ("kubernetes:apps/v1:Deployment", "shop/web")


def test_what_is_needed_comes_first_and_is_named_once_in_one_order() -> None:
    named = "/namespaces/shop/Secret/c,/namespaces/shop/ConfigMap/b,/Namespace/shop"
    waiting = manifest("ConfigMap", "a", **{"config.kubernetes.io/depends-on": named})
    needed = (manifest("ConfigMap", "b"), manifest("Secret", "c"), manifest("Namespace", "shop", None))
    found = registered(waiting, *needed)
    assert [one.name for one in found] == ["shop", "shop/b", "shop/c", "shop/a"]
    assert found[-1].needs == tuple(sorted(NAMES.of(one) for one in needed))


def test_what_is_needed_and_not_among_them_is_left_out() -> None:
    web, space = manifest("ConfigMap", "web"), manifest("Namespace", "shop", None)
    (found,) = registrations((web,), dependencies((web, space)), Aliases((web,)), NAMES, hook_seconds=60)
    assert found.needs == ()


def test_aliases_are_the_object_in_its_other_versions() -> None:
    (found,) = registered(manifest("HorizontalPodAutoscaler", "web", api_version="autoscaling/v2"))
    assert NAMES.urn("kubernetes:autoscaling/v1:HorizontalPodAutoscaler", "shop/web") in found.aliases
    assert found.urn not in found.aliases
    assert registered(manifest("ConfigMap", "a"))[0].aliases == ()


@pytest.mark.parametrize(
    ("annotations", "seconds"),
    [
        ({}, None),
        ({"helm.sh/hook": "pre-install"}, 60),
        ({"helm.sh/hook": "pre-install", "pulumi.com/timeoutSeconds": "5"}, None),
    ],
    ids=["no hook", "a hook", "a hook that says so itself"],
)
def test_only_a_hook_that_says_nothing_itself_is_given_its_time(
    annotations: dict[str, str], seconds: float | None
) -> None:
    assert registered(manifest("ConfigMap", "a", **annotations))[0].seconds == seconds


@pytest.mark.parametrize(
    ("body", "inputs", "same"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1, "b": [None, {}]}, {"b": [None, {}], "a": 1}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": [0]}, {"a": [False]}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": None}, {}, False),
        ({"a": {}}, {"a": None}, False),
        ({"a": []}, {"a": {}}, False),
        ({}, None, False),
    ],
)
def test_inputs_are_its_own_to_the_letter(body: dict[str, Any], inputs: object, same: bool) -> None:
    assert Registration("urn", "token", "name", body).equals(inputs) is same
