"""Placeholders: where they are found, what is wrong with them, what they become."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.manifests.placeholders import (
    Placeholder,
    literal,
    names,
    placeholders,
    plaintext,
    plaintext_paths,
    substituted,
)


def secret(**content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, **content}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def filled(text: str) -> str:
    value: str = substituted("stringData", {"k": text}, lambda name: f"<{name}>")["k"]
    return value


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("${secrets:db-password}", "<db-password>"),
        ("postgres://app:${secrets:db.pass_1}@db/app", "postgres://app:<db.pass_1>@db/app"),
        ("${secrets:a}${secrets:b}", "<a><b>"),
        ("$${secrets:a}", "${secrets:a}"),
        ("$$${secrets:a}", "$<a>"),
        ("$$$${secrets:a}", "$${secrets:a}"),
        ("$$ ${HOME} {secrets:a} ${secret:a}", "$$ ${HOME} {secrets:a} ${secret:a}"),
        ("grüße ${secrets:a}", "grüße <a>"),
        ("", ""),
    ],
)
def test_a_placeholder_becomes_its_value_and_an_escape_its_text(text: str, becomes: str) -> None:
    assert filled(text) == becomes


def test_in_data_it_is_replaced_inside_the_base64() -> None:
    held = {"url": encoded("http://u:${secrets:p}@h\n"), "broken": encoded("x")[:-1], "plain": encoded("y")}
    made = substituted("data", held, lambda _name: "pässword")
    assert base64.b64decode(made["url"]).decode() == "http://u:pässword@h\n"
    assert (made["broken"], made["plain"]) == (held["broken"], held["plain"])


def test_base64_over_several_lines_is_read_as_the_api_server_reads_it() -> None:
    folded = encoded("a long text with ${secrets:p} in it")
    folded = f"{folded[:20]}\n{folded[20:]}\n"
    assert names(secret(data={"k": folded})) == {"p"}
    made = substituted("data", {"k": folded}, lambda _name: "v")["k"]
    assert base64.b64decode(made) == b"a long text with v in it"


@given(
    before=st.binary(max_size=30),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    after=st.binary(max_size=30),
)
def test_filling_through_base64_changes_the_placeholder_and_nothing_else(
    before: bytes, value: str, after: bytes
) -> None:
    if b"$" in before or b"{secrets:" in before + after:
        return
    held = {"k": base64.b64encode(before + b"${secrets:x}" + after).decode()}
    made = substituted("data", held, lambda _name: value)["k"]
    assert base64.b64decode(made, validate=True) == before + value.encode() + after


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=60), max_size=3))
def test_whatever_stands_in_a_secret_is_read_without_failing(held: dict[str, str]) -> None:
    for field in ("data", "stringData"):
        body = secret(**{field: held})
        assert names(body) == {one.name for one in placeholders(body) if not one.fault}
        substituted(field, held, str)


def test_a_value_is_not_filled_again() -> None:
    assert substituted("stringData", {"k": "${secrets:a}"}, lambda _n: "${secrets:b}") == {
        "k": "${secrets:b}"
    }


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (secret(stringData={"k": "${secrets:}"}), Placeholder("", ("stringData", "k"), "name")),
        (secret(stringData={"k": "${secrets:-a}"}), Placeholder("-a", ("stringData", "k"), "name")),
        (secret(stringData={"k": "${secrets:a/b}"}), Placeholder("a/b", ("stringData", "k"), "name")),
        (secret(stringData={"k": "${secrets:a"}), Placeholder("a", ("stringData", "k"), "unclosed")),
        (secret(stringData={"k": "${secrets: a}"}), Placeholder("", ("stringData", "k"), "unclosed")),
        (secret(data={"k": "${secrets:a}"}), Placeholder("a", ("data", "k"), "raw")),
        (
            secret(stringData={"${secrets:a}": "x"}),
            Placeholder("a", ("stringData", "${secrets:a}"), "place", True),
        ),
        (secret(type="${secrets:a}"), Placeholder("a", ("type",), "place")),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": ["${secrets:a}"]}},
            Placeholder("a", ("data", "k", 0), "place"),
        ),
        (
            {"apiVersion": "example.org/v1", "kind": "Secret", "data": {"k": "${secrets:a}"}},
            Placeholder("a", ("data", "k"), "place"),
        ),
    ],
)
def test_what_is_wrong_is_found_with_its_place(body: dict[str, Any], found: Placeholder) -> None:
    assert placeholders(body) == (found,)
    assert names(body) == set()


def test_elsewhere_another_systems_own_placeholders_are_left_alone() -> None:
    strimzi = {"kind": "KafkaConnector", "spec": {"config": {"password": "${secrets:ns/name:key}"}}}
    assert placeholders(strimzi) == ()
    assert literal(strimzi) == strimzi


def test_an_escape_becomes_its_text_outside_secrets_too() -> None:
    body = {"kind": "ConfigMap", "data": {"k": ["say $${secrets:a}"]}}
    assert placeholders(body) == ()
    assert literal(body) == {"kind": "ConfigMap", "data": {"k": ["say ${secrets:a}"]}}
    assert literal(escaped := secret(stringData={"k": "$${secrets:a}"})) is escaped


@pytest.mark.parametrize(
    ("body", "is_plain"),
    [
        (secret(stringData={"k": "v"}), True),
        (secret(data={"k": encoded("v")}), True),
        (secret(data={"k": "not base64!"}), True),
        (secret(stringData={"k": 1234}), True),
        (secret(stringData={"k": "$${secrets:a}"}), True),
        (secret(stringData={"k": "${secrets:a/b}"}), True),
        (secret(stringData={"k": "x${secrets:a}y"}), False),
        (secret(data={"k": encoded("x${secrets:a}y")}), False),
        (secret(data={"k": "", "l": None}, stringData={}), False),
        (secret(data=None), False),
        (secret(data=["v"]), False),
        (secret(), False),
        ({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "v"}}, False),
        ({"apiVersion": "v1", "kind": "List", "items": [secret(stringData={"k": "v"}), None]}, True),
        ({"apiVersion": "v1", "kind": "SecretList", "items": [secret(stringData={"k": ""})]}, False),
    ],
)
def test_plain_text_is_every_value_that_takes_no_placeholder(body: dict[str, Any], *, is_plain: bool) -> None:
    assert plaintext(body) is is_plain


def test_the_keys_in_plain_text_are_told() -> None:
    body = secret(data={"a": encoded("v"), "b": encoded("${secrets:x}")}, stringData={"c": "", "d": "v"})
    assert plaintext_paths(body) == (("data", "a"), ("stringData", "d"))
