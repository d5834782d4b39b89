"""Objects and resources of two revisions are compared by what they are, and no secret is said."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from onestack.comparison import Comparison, Thing, differences, document, lines, masked, summary
from onestack.comparison.difference import of_cloud, of_manifest
from onestack.graph import Graph, from_steps
from onestack.manifests.manifest import Location, Manifest
from onestack.masking import Mask

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
URN = "urn:pulumi:dev::shop::"


def made(kind: str, name: str, application: str = "shop", version: str = "v1", **body: Any) -> Thing:
    whole = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "n"}, **body}
    return of_manifest(Manifest(application, version, kind, name, "n", whole, Location("a.yaml", 1, 1)))


def compared(before: list[Thing], after: list[Thing]) -> Comparison:
    return Comparison("one", "two", *differences(before, after))


def said(found: Comparison) -> list[str]:
    return [line.plain for line in lines(found)]


def test_created_removed_and_changed_things_are_told_by_application() -> None:
    found = compared(
        [made("ConfigMap", "gone"), made("ConfigMap", "kept", data={"a": "1"}), made("Service", "same")],
        [
            made("ConfigMap", "kept", data={"a": "2"}),
            made("Service", "same", application="moved"),
            made("Deployment", "new", "apps", "apps/v1"),
        ],
    )
    assert said(found) == [
        "application apps",
        "  + Deployment n/new",
        "application shop",
        "  - ConfigMap n/gone",
        "  ~ ConfigMap n/kept",
        "      data.a: 1 -> 2",
    ]
    assert summary(found) == "one -> two: 1 created, 1 removed, 1 changed, 1 the same"


def test_another_version_of_an_object_is_a_change_of_it() -> None:
    found = compared(
        [made("Deployment", "web", version="apps/v1beta1")], [made("Deployment", "web", version="apps/v1")]
    )
    assert said(found)[1:] == ["  ~ Deployment n/web", "      apiVersion: apps/v1beta1 -> apps/v1"]


def test_nothing_that_differs_is_said_in_words() -> None:
    assert summary(compared([made("Service", "a")], [made("Service", "a")])) == (
        "one -> two: nothing differs, 1 the same"
    )
    # Nothing was looked at, so nothing is counted.
    assert summary(Comparison("one", "two", ())) == "one -> two: nothing differs: their files are the same"


def test_values_of_secrets_are_not_said_wherever_they_come_or_go() -> None:
    def secret(**fields: Any) -> Thing:
        return made("Secret", "s", **fields)

    encoded = base64.b64encode(b"hunter2").decode()
    pairs = [
        (secret(data={"a": encoded}), secret(data={"a": encoded[::-1]})),
        (secret(stringData={"a": "hunter2"}), secret(stringData={"a": "${secrets:a}"})),
        (secret(), secret(stringData={"a": "hunter2"})),
        (secret(stringData={"a": "hunter2", "b": "c"}), secret(stringData={"b": "c"})),
        (secret(data={"tls.key": encoded}), secret(data={"tls.key": "eA=="})),
    ]
    for before, after in pairs:
        for one in (compared([before], [after]), compared([after], [before])):
            written = "\n".join(said(one)) + orjson.dumps(document(one)).decode()
            assert len(one.differences) == 1
            assert "hunter2" not in written
            assert encoded not in written
            assert encoded[::-1] not in written
            assert "secret" in written


def test_a_secret_elsewhere_is_taken_out_before_a_value_is_cut_or_split() -> None:
    key = "BEGIN\nc2VjcmV0LW9mLXRoZS1saW5l\nEND-of-it"
    before = made("ConfigMap", "c", data={"long": "x" * 60 + "hunter2-hunter2", "key": key, "list": ["a"]})
    after = made("ConfigMap", "c", data={"long": "y", "key": "BEGIN\nother", "list": ["a", key]})
    mask = Mask(frozenset({b"hunter2-hunter2", key.encode()}))
    found = masked(compared([before], [after]), mask)
    assert said(found)[2:] == [
        "      data.key: line 1: [secret] -> BEGIN",
        '      data.list: ["a"] -> ["a","[secret]"]',
        f"      data.long: {'x' * 60}[secret] -> y",
    ]
    assert "hunter" not in str(document(found))


def test_a_placeholder_is_no_secret() -> None:
    found = compared(
        [made("Secret", "s", stringData={"a": "${secrets:a}"})],
        [made("Secret", "s", stringData={"a": "${secrets:b}"})],
    )
    assert said(found)[-1] == "      stringData.a: ${secrets:a} -> ${secrets:b}"


def test_texts_are_shown_by_the_first_line_that_differs_and_kept_short() -> None:
    before = made("ConfigMap", "c", data={"f": "a\nb\nc", "g": "x" * 500, "h": 1})
    after = made("ConfigMap", "c", data={"f": "a\nB\nc\nd", "g": "y" * 500, "h": ""})
    assert said(compared([before], [after]))[2:] == [
        "      data.f: line 2: b -> B",
        f"      data.g: {'x' * 70}... -> {'y' * 70}...",
        '      data.h: 1 -> ""',
    ]


def test_a_hostile_name_stays_in_its_line() -> None:
    found = compared([], [made("ConfigMap", "[red]x\n::error::y\x1b[2J")])
    assert said(found)[1] == "  + ConfigMap n/[red]x | ::error::y\\x1b[2J"


def step(token: str, name: str, op: str = "create", **inputs: Any) -> dict[str, Any]:
    urn = f"{URN}{token}::{name}"
    state = {"urn": urn, "type": token, "inputs": inputs, "custom": not token.startswith("onestack:")}
    return {"op": op, "urn": urn, "newState": state}


def cloud(*steps: dict[str, Any]) -> list[Thing]:
    return list(of_cloud(Graph(from_steps(steps))))


def test_of_a_plan_the_cloud_is_compared_without_the_engine_s_own() -> None:
    network = "gcp:compute/subnetwork:Subnetwork"
    own = (
        step("pulumi:pulumi:Stack", "shop-dev"),
        step("pulumi:providers:gcp", "google", project="p"),
        step("onestack:gcp:Network", "network"),
        step("kubernetes:core/v1:ConfigMap", "n/c", data={}),
    )
    before = cloud(*own, step(network, "subnet", range="1", peer=UNKNOWN, __defaults=["a"]))
    after = cloud(*own, step(network, "subnet", range="2", peer="known", __defaults=[]))
    assert said(compared(before, after)) == [
        "cloud: Network",
        "  ~ Subnetwork subnet",
        "      peer: (known when deployed) -> known",
        "      range: 1 -> 2",
    ]


def test_programs_read_every_field_and_why_a_value_is_not_there() -> None:
    before = [made("Secret", "s", stringData={"a": "hunter2"}), made("ConfigMap", "c", data={"a": None})]
    after = [made("Secret", "s", stringData={"a": "hunter3"}), made("ConfigMap", "c", data={})]
    config, secret = document(compared(before, after))["differences"]
    assert config == {
        "op": "changed", "where": "cluster", "group": "shop", "kind": "ConfigMap", "name": "n/c",
        "fields": [{"path": "data.a", "before": None, "afterMissing": "absent"}],
    }  # fmt: skip
    assert secret["fields"] == [{"path": "stringData.a", "beforeMissing": "hidden", "afterMissing": "hidden"}]
