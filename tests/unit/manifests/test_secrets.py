"""What rolls when a secret is rotated, what is masked, what is shown."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.ownership import digest
from onestack.manifests.secrets import ANNOTATION, plaintexts, rolled, shown, taken
from onestack.masking import Mask

CIPHERTEXTS = {"db": "v1:aaa", "api": "v1:bbb", "other": "v1:ccc"}


def manifest(kind: str, name: str, *, namespace: str = "shop", api: str = "v1", **content: Any) -> Manifest:
    body = {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **content}
    return Manifest("app", api, kind, name, namespace, body, Location("f.yaml", 1, 1))


def secret(name: str, namespace: str = "shop", **values: str) -> Manifest:
    return manifest("Secret", name, namespace=namespace, stringData=values)


def workload(kind: str, pod: dict[str, Any], name: str = "web", namespace: str = "shop") -> Manifest:
    return manifest(
        kind, name, namespace=namespace, api="apps/v1", spec={"replicas": 1, "template": {"spec": pod}}
    )


CREDENTIALS = secret("credentials", password="${secrets:db}", url="x:${secrets:api}")
FROM_ENV: dict[str, Any] = {
    "containers": [
        {"name": "a", "env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "credentials"}}}]}
    ]
}
REFERENCES: dict[str, dict[str, Any]] = {
    "env": FROM_ENV,
    "env of an init container": {"initContainers": FROM_ENV["containers"]},
    "envFrom": {"containers": [{"name": "a", "envFrom": [{"secretRef": {"name": "credentials"}}]}]},
    "volume": {"volumes": [{"name": "v", "secret": {"secretName": "credentials"}}]},
    "projected": {
        "volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "credentials"}}]}}]
    },
}


def mark(one: Manifest) -> str | None:
    template = one.body["spec"]["template"] if "spec" in one.body else one.body
    found: str | None = ((template.get("metadata") or {}).get("annotations") or {}).get(ANNOTATION)
    return found


def after(change: dict[str, str], *manifests: Manifest) -> list[str | None]:
    return [mark(one) for one in rolled(manifests, {**CIPHERTEXTS, **change})]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_rotated_secret_rolls_what_takes_it(kind: str, reference: str) -> None:
    before = after({}, CREDENTIALS, workload(kind, REFERENCES[reference]))
    now = after({"api": "v1:new"}, CREDENTIALS, workload(kind, REFERENCES[reference]))
    assert all(before)
    assert all(one != other for one, other in zip(before, now, strict=True))
    assert before == after({"other": "v1:new"}, CREDENTIALS, workload(kind, REFERENCES[reference]))
    assert all(len(str(one)) == 16 for one in before)


def test_a_rotation_changes_the_release_though_nothing_takes_the_secret() -> None:
    assert digest(rolled([CREDENTIALS], CIPHERTEXTS)) != digest(
        rolled([CREDENTIALS], {**CIPHERTEXTS, "db": "x"})
    )


def test_what_does_not_take_it_stays_the_very_manifest() -> None:
    others = (
        workload("Deployment", {"containers": [{"name": "a"}]}),
        workload("Deployment", FROM_ENV, name="elsewhere", namespace="other"),
        manifest("Job", "migrate", api="batch/v1", spec={"template": {"spec": FROM_ENV}}),
        manifest("Deployment", "custom", api="example.org/v1", spec={"template": {"spec": FROM_ENV}}),
        secret("plain", password="not-a-real-password"),
        manifest("ConfigMap", "settings", data={"k": "v"}),
    )
    assert rolled((CREDENTIALS, *others), CIPHERTEXTS)[1:] == others


def test_annotations_that_are_there_stay_and_nothing_given_is_changed() -> None:
    held = {"template": {"metadata": {"annotations": {"a": "b"}, "labels": {"l": "m"}}, "spec": FROM_ENV}}
    given = manifest("Deployment", "web", api="apps/v1", spec=held)
    made = rolled([CREDENTIALS, given], CIPHERTEXTS)[1].body["spec"]["template"]["metadata"]
    assert made == {
        "labels": {"l": "m"},
        "annotations": {"a": "b", ANNOTATION: made["annotations"][ANNOTATION]},
    }
    assert held["template"]["metadata"] == {"annotations": {"a": "b"}, "labels": {"l": "m"}}


def test_no_ciphertext_stands_in_a_mark() -> None:
    marks = after({}, CREDENTIALS, workload("Deployment", FROM_ENV))
    assert not any(held in str(one) for one in marks for held in CIPHERTEXTS.values())


@pytest.mark.parametrize(
    "pod", [{}, {"containers": None}, {"containers": ["x"], "volumes": {}}, {"volumes": [None]}]
)
def test_a_malformed_pod_takes_nothing(pod: dict[str, Any]) -> None:
    assert taken(pod) == frozenset()


def test_plain_text_values_are_known_decoded_but_not_names_of_things() -> None:
    held = {"a": base64.b64encode(b"hunter2").decode()}
    named = secret("s", user="shop", app="app", own="s", password="${secrets:db}", pin="hunter3")
    assert plaintexts([manifest("Secret", "t", data=held), named]) == Mask(
        frozenset({b"hunter2", b"hunter3"})
    )


@pytest.mark.parametrize(
    ("value", "is_word"),
    [
        ("password", True),
        ("Value", True),
        ("ADMIN", True),
        ("5432", True),
        ("env", True),
        ("shop-credentials", True),  # in an object's name
        ("apps/shop.yaml", True),
        ("swordfish-1", False),
        ("correcthorsebattery", False),
        ("pAssword", False),
        ("123456", False),
        ("two words", False),
    ],
)
def test_values_that_every_line_may_say_are_words(value: str, *, is_word: bool) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "stringData": {"a": value}}
    its = Manifest("a", "v1", "Secret", "my-shop-credentials", "n", body, Location("apps/shop.yaml", 1, 1))
    one = frozenset({value.encode()})
    assert plaintexts([its]) == (Mask(words=one) if is_word else Mask(one))


def test_a_secret_is_shown_without_its_values_and_with_its_placeholders() -> None:
    encoded = base64.b64encode(b"${secrets:db}").decode()
    body = {
        **secret("s", a="hunter2", b="x${secrets:db}", c="").body,
        "data": {"d": "aHVudGVyMg==", "e": encoded},
    }
    made = shown(body)
    assert made["stringData"] == {"a": "[secret]", "b": "x${secrets:db}", "c": ""}
    assert made["data"] == {"d": "[secret]", "e": encoded}
    assert shown(CREDENTIALS.body) == CREDENTIALS.body
