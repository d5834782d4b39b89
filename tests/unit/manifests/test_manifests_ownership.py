"""Whose an object is, and the digest of a set."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from onestack.errors import InvalidOwner
from onestack.manifests.manifest import Identity, Location, Manifest
from onestack.manifests.ownership import digest, is_ours, object_id, owned

TEMPLATE = {"metadata": {"labels": {"app": "web"}}}
BODY: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
}
WEB = Manifest("app", "apps/v1", "Deployment", "web", "shop", BODY, Location("a.yaml", 1, 1))


def test_owning_marks_the_objects_own_metadata_and_nothing_else() -> None:
    before = copy.deepcopy(BODY)
    ours = owned(WEB, project="onestack", stack="dev")
    assert before == BODY
    assert ours.body["metadata"] == {
        "name": "web",
        "namespace": "shop",
        "labels": {"app": "web", "onestack.dev/stack": "dev"},
        "annotations": {"onestack.dev/id": "onestack/dev/apps/Deployment/shop/web"},
    }
    assert ours.body["spec"] is BODY["spec"]
    assert owned(ours, project="onestack", stack="dev") == ours


def test_an_id_always_has_six_parts() -> None:
    role = Identity("rbac.authorization.k8s.io", "ClusterRole", None, "system:x")
    assert object_id(role, project="p", stack="s") == "p/s/rbac.authorization.k8s.io/ClusterRole//system:x"
    assert object_id(Identity("", "Namespace", None, "a"), project="p", stack="s") == "p/s//Namespace//a"


def test_only_the_object_that_the_annotation_names_is_ours() -> None:
    live = owned(WEB, project="p", stack="s").body
    assert is_ours(live, WEB.identity, "p", "s")
    assert not is_ours(live, WEB.identity, "p", "other")
    assert not is_ours(live, WEB.identity, "other", "s")
    assert not is_ours(BODY, WEB.identity, "p", "s")
    assert not is_ours({}, WEB.identity, "p", "s")
    # A controller copied the annotation to an object of another kind, or of another name.
    copied = Identity("apps", "ReplicaSet", "shop", "web")
    assert not is_ours(live, copied, "p", "s")
    renamed = {**live, "metadata": {**live["metadata"], "name": "web-7d4"}}
    assert not is_ours(renamed, WEB.identity, "p", "s")
    assert not is_ours(renamed, Identity("apps", "Deployment", "shop", "web-7d4"), "p", "s")


@pytest.mark.parametrize("name", ["", "a/b", "-a", "a" * 64, "ä"])
def test_a_name_that_can_not_be_written_on_objects_is_refused(name: str) -> None:
    with pytest.raises(InvalidOwner):
        owned(WEB, project="p", stack=name)
    with pytest.raises(InvalidOwner) as raised:
        owned(WEB, project=name, stack="s")
    assert raised.value.exit_code == 2


def test_the_digest_is_of_content_not_of_order_or_place() -> None:
    other = Manifest(
        "b", "v1", "Secret", "x", "shop", {"kind": "Secret", "a": 1, "b": 2}, Location("b.yaml", 1, 1)
    )
    turned = Manifest(
        "c", "v1", "Secret", "x", "shop", {"b": 2, "a": 1, "kind": "Secret"}, Location("c.yaml", 9, 9)
    )
    changed = Manifest(
        "b", "v1", "Secret", "x", "shop", {"kind": "Secret", "a": 1, "b": 3}, Location("b.yaml", 1, 1)
    )
    assert digest([WEB, other]) == digest([turned, WEB])
    assert len({digest([WEB, other]), digest([WEB, changed]), digest([WEB]), digest([])}) == 4
