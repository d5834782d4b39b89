from __future__ import annotations

import pytest

from onestack.errors import UnrecognizedType
from onestack.local.kubernetes.identity import (
    Kind,
    Urn,
    id_of,
    is_list,
    is_patch,
    kind_of,
    known_scope,
    parse_id,
)


def urn(token: str, name: str = "shop/web") -> Urn:
    return Urn.parse(f"urn:pulumi:prod::onestack::{token}::{name}")


def test_ids_are_namespace_and_name() -> None:
    assert id_of({"metadata": {"name": "web", "namespace": "shop"}}) == "shop/web"
    assert id_of({"metadata": {"name": "shop"}}) == "shop"
    assert parse_id("shop/web") == ("shop", "web")
    assert parse_id("shop") == ("", "shop")


def test_a_type_token_names_a_kind() -> None:
    assert urn("kubernetes:apps/v1:Deployment").kind == Kind("apps", "v1", "Deployment")
    assert urn("kubernetes:core/v1:Service").kind == Kind("", "v1", "Service")
    nested = urn("onestack:Workloads$kubernetes:core/v1:Service", "a::b")
    assert (nested.type, nested.name) == ("kubernetes:core/v1:Service", "a::b")


@pytest.mark.parametrize("token", ["aws:s3/bucket:Bucket", "kubernetes:v1:Service"])
def test_other_type_tokens_are_refused(token: str) -> None:
    with pytest.raises(UnrecognizedType):
        _ = urn(token).kind


def test_an_object_names_its_kind() -> None:
    assert kind_of({"apiVersion": "apps/v1", "kind": "Deployment"}).api_version == "apps/v1"
    assert kind_of({"apiVersion": "v1", "kind": "Pod"}) == Kind("", "v1", "Pod")


def test_scopes_of_built_in_kinds_need_no_cluster() -> None:
    assert known_scope(Kind("apps", "v1", "DeploymentPatch")) is True
    assert known_scope(Kind("", "v1", "Namespace")) is False
    assert known_scope(Kind("example.org", "v1", "Deployment")) is None


def test_patches_and_lists_are_told_from_custom_kinds() -> None:
    assert is_patch(urn("kubernetes:apps/v1:DeploymentPatch"), "Deployment")
    assert not is_patch(urn("kubernetes:example.org/v1:DeploymentPatch"), "DeploymentPatch")
    assert is_list(Kind("", "v1", "PodList"))
    assert not is_list(Kind("example.org", "v1", "PodList"))
