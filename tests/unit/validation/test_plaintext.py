"""Plain text and placeholders that can't be filled are found, by name, never by value."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from onestack.errors import InvalidManifests
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.text import Text
from onestack.validation import placeholders, plaintext
from onestack.validation.finding import Rule, Severity, Weights

CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0B\n-----END CERTIFICATE-----\n"
KEY = b"-----BEGIN PRIVATE KEY-----\nMIIBIjANBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n"


def read(text: str) -> tuple[Manifest, ...]:
    return load([Text(Application("app", namespace="shop"), "app/s.yaml", text.encode())])


def secret(*lines: str, kind: str = "Secret") -> str:
    return "\n".join(("apiVersion: v1", f"kind: {kind}", "metadata: {name: s}", *lines, "---", ""))


def found(text: str, **weights: Any) -> list[str]:
    return [str(one.problem) for one in plaintext.findings(read(text), Weights(**weights))]


def test_keys_in_plain_text_are_named_at_the_first_of_them_and_values_never() -> None:
    text = secret("stringData:", "  a: hunter2", "  b: ${secrets:x}", "  c: hunter3")
    (said,) = found(text)
    assert said.startswith("app/s.yaml:5:3: the values of this Secret are in git in plain text: a, c; ")
    assert "${secrets:NAME}" in said
    assert "hunter" not in said


def test_the_weight_is_the_settings_and_off_looks_for_nothing() -> None:
    text = secret("stringData: {a: hunter2}")
    (one,) = plaintext.findings(read(text), Weights(plaintext=Severity.ERROR))
    assert (one.rule, one.severity) == (Rule.PLAINTEXT, Severity.ERROR)
    assert found(text, plaintext=Severity.OFF) == []


@pytest.mark.parametrize(
    ("held", "is_told"),
    [(CERTIFICATE, False), (CERTIFICATE * 2, False), (KEY, True), (CERTIFICATE + KEY, True), (b"", False)],
)
def test_certificates_alone_are_public(held: bytes, *, is_told: bool) -> None:
    text = secret(f"data: {{tls: '{base64.b64encode(held).decode()}'}}")
    assert bool(found(text)) is is_told


def test_what_the_cluster_fills_in_is_nothing_to_tell() -> None:
    assert found(secret("type: kubernetes.io/service-account-token", "stringData: {extra: x}")) == []


def wrong(text: str, known: set[str] | None) -> list[str]:
    return [str(one.problem) for one in placeholders.findings(read(text), known, "dev")]


def test_a_name_that_the_stack_lacks_comes_with_the_command_that_sets_it() -> None:
    text = secret("stringData: {a: '${secrets:x}${secrets:y}'}")
    (said,) = wrong(text, {"y"})
    assert said == (
        "app/s.yaml:4:17: stack 'dev' has no secret 'x'; set it: "
        'eval "$(onestack env dev)" && pulumi stack select --create dev && '
        "pulumi config set --secret secrets:x"
    )
    assert wrong(text, None) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            secret("stringData: {a: '${secrets:}'}"),
            "app/s.yaml:4:17: '${secrets:}' has no name that a secret can",
        ),
        (
            secret("stringData: {a: '${secrets:x'}"),
            "app/s.yaml:4:17: a placeholder begins here and does not end",
        ),
        (
            secret("data:", "  a: ${secrets:x}"),
            "app/s.yaml:5:6: '${secrets:x}' stands in data, which holds base64",
        ),
        (
            secret("data: {a: '${secrets:x}'}", kind="ConfigMap"),
            "app/s.yaml:4:11: '${secrets:x}' stands where its",
        ),
        (
            secret("data: {'a${secrets:x}': b}", kind="ConfigMap"),
            "app/s.yaml:4:8: '${secrets:x}' stands where its",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text: str, said: str) -> None:
    (one,) = wrong(text, {"x"})
    assert one.startswith(said)


def test_escapes_are_nothing_to_tell() -> None:
    assert wrong(secret("data: {a: '$${secrets:x}'}", kind="ConfigMap"), set()) == []


def test_problems_of_a_load_never_quote_a_secret() -> None:
    """Another object's mistake quotes the same value; the Secret is among what was read."""
    text = secret("stringData: {a: hunter2-canary!}") + (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {l: hunter2-canary!}}\n"
    )
    with pytest.raises(InvalidManifests) as raised:
        read(text)
    assert "hunter2" not in raised.value.message()
    assert "'[secret]' is no value for the label l" in raised.value.message()


def test_a_placeholder_out_of_place_is_told_under_a_rule_of_its_own() -> None:
    text = secret("data: {a: '${secrets:x}'}", kind="ConfigMap")
    (one,) = placeholders.findings(read(text), {"x"}, "dev")
    assert (one.rule, one.severity) == (Rule.PLACEHOLDER, Severity.ERROR)
    assert "secret" not in set(Rule)  # which would read as the mask
