"""What a check says of whole sets, and its parts where a case file would say too little."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from onestack.errors import UnknownKubernetes
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import Kind, builtin, superseded
from onestack.manifests.text import Text
from onestack.validation import celrules
from onestack.validation.builtin import release
from onestack.validation.check import check
from onestack.validation.effort import Effort
from onestack.validation.finding import Rule, Severity, Weights
from onestack.validation.formats import is_base64, is_time
from onestack.validation.openapi import defaulted
from onestack.validation.quantities import amount, is_quantity
from onestack.validation.schedules import wrong_schedule
from onestack.validation.verdict import State

CASES = Path(__file__).parents[2] / "data" / "validation"


def read(*names: str) -> tuple[Manifest, ...]:
    texts = [
        Text(Application(name, namespace=name), f"{name}.yaml", (CASES / f"{name}.yaml").read_bytes())
        for name in names
    ]
    return load(texts)


def test_a_release_that_nobody_knows_is_a_usage_error() -> None:
    with pytest.raises(UnknownKubernetes) as raised:
        check((), kubernetes="1.99", weights=Weights())
    assert raised.value.exit_code == 2
    assert "1.25 to 1.37 are" in str(raised.value)


def test_the_findings_stand_in_the_order_of_the_objects_whatever_rule_they_are_of() -> None:
    manifests = read("twice-mount", "field-misspelt", "valid-secret")
    found = check(manifests, kubernetes="1.36", weights=Weights())
    places = [manifest.identity for manifest in manifests]
    order = [places.index(finding.identity) for finding in found.findings if finding.identity is not None]
    assert len(order) == len(found.findings)
    assert order == sorted(order)
    assert {finding.rule for finding in found.findings} >= {Rule.SCHEMA, Rule.NAMESPACE}
    assert found == check(manifests, kubernetes="1.36", weights=Weights())


def test_an_object_with_only_warnings_is_valid() -> None:
    weights = Weights(namespace=Severity.WARNING)
    found = check(read("valid-claim"), kubernetes="1.36", weights=weights)
    assert [finding.severity for finding in found.findings] == [Severity.WARNING]
    assert [verdict.state for verdict in found.verdicts] == [State.VALID]
    assert found.errors == ()


def test_what_is_deprecated_weighs_as_the_settings_say() -> None:
    manifests = read("version-deprecated-for-good")
    silent = {"namespace": Severity.OFF, "reference": Severity.OFF}
    for severity, count in ((Severity.ERROR, 1), (Severity.WARNING, 1), (Severity.OFF, 0)):
        found = check(manifests, kubernetes="1.36", weights=Weights(deprecated=severity, **silent))
        assert [finding.severity for finding in found.findings] == [severity] * count
        assert found.verdicts[0].state is (State.INVALID if severity is Severity.ERROR else State.VALID)
    assert check(manifests, kubernetes="1.32", weights=Weights(**silent)).findings == ()


def test_every_kind_that_is_served_has_a_schema() -> None:
    for kind, minor in itertools.product(builtin().values(), (36, 37)):
        for version in kind.api_versions():
            shape = release(f"1.{minor}").shape(version, kind.kind)
            assert shape is not None
            assert shape.validator.is_valid({}) in {True, False}


def test_what_is_superseded_is_served_just_until_it_was_removed() -> None:
    for gone in superseded():
        for kind, minor in itertools.product(gone.kinds, range(25, 38)):
            is_left = not gone.removed or minor < int(gone.removed.partition(".")[2])
            # What was never on by default may still be in the schemas.
            if not is_left or gone.deprecated:
                assert release(f"1.{minor}").knows(gone.version, kind) in {is_left, is_left and minor >= 26}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("0.5", Fraction(1, 2)), (".5", Fraction(1, 2)), ("5.", 5), ("-1", -1),
        ("100m", Fraction(1, 10)),
        ("1k", 1000), ("1Ki", 1024), ("1e3", 1000), ("1E", 10**18), ("1Ei", 2**60), ("1E2", 100),
        ("1n", Fraction(1, 10**9)), ("1e-2", Fraction(1, 100)),
    ],
)  # fmt: skip
def test_quantities(text: str, value: Fraction) -> None:
    assert is_quantity(text)
    assert amount(text) == value


@pytest.mark.parametrize(
    "text", ["", "a", "1 Gi", "1GB", "1K", "e3", ".", "1.2.3", "++1", "1kk", "1\n", "1e99999"]
)
def test_no_quantities(text: str) -> None:
    assert not is_quantity(text)
    assert amount(text) is None
    assert amount(value=True) is None


@pytest.mark.parametrize("text", ["", "YQ==", "Y\nQ=\r\n=", "+/+/"])
def test_base64(text: str) -> None:
    assert is_base64(text)


@pytest.mark.parametrize("text", ["YQ", "Y Q==", "é", "-_-_", "YQ==YQ=="])
def test_no_base64(text: str) -> None:
    assert not is_base64(text)


def test_times() -> None:
    assert is_time("2026-01-31T12:00:00Z")
    assert is_time("2026-01-31t12:00:00.123456+01:00")
    assert not is_time("2026-01-31")
    assert not is_time("2026-13-31T12:00:00Z")


@pytest.mark.parametrize("text", ["* * * * *", "0 0 1 1 0", "@every 90s", "1-5/2,7 ? * JAN-feb sat"])
def test_schedules(text: str) -> None:
    assert wrong_schedule(text) == ""


@pytest.mark.parametrize(
    "text", ["", "* * * * * *", "* * * * 7", "@every", "@every soon", "a * * * *", "-1 * * * *"]
)
def test_no_schedules(text: str) -> None:
    assert wrong_schedule(text)


def test_defaults_come_before_anything_is_asked_and_in_place_of_nulls() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "object", "default": {}, "properties": {"b": {"type": "integer", "default": 1}}},
            "c": {"type": "string"},
            "d": {"type": "string", "nullable": True, "default": "x"},
            "e": {"type": "string", "default": "y"},
        },
    }
    value = {"c": None, "d": None, "e": None, "f": None}
    dropped = {"a": {"b": 1}, "d": None, "e": "y", "f": None}
    assert defaulted(schema, value, Effort()) == {**dropped, "c": None}
    assert defaulted(schema, value, Effort(), dropping=True) == dropped
    assert value == {"c": None, "d": None, "e": None, "f": None}


def cel(rule: str, value: Any, schema: Any = None) -> tuple[bool, str]:
    """Whether the rule is broken, and what is said of it if it can't be evaluated."""
    tally = celrules.Tally(celrules.Budget())
    whole = {**(schema or {"type": "object"}), "x-kubernetes-validations": [{"rule": rule}]}
    return bool(list(celrules.broken(whole, value, tally))), str(tally)


def test_rules_that_hold_and_rules_that_dont() -> None:
    assert cel("self.a > 1", {"a": 2}) == (False, "")
    assert cel("self.a > 1", {"a": 1}) == (True, "")
    assert cel("self.a > 1", {}) == (True, "")
    assert cel("!has(self.a) || self.a > 1", {}) == (False, "")
    number = {"type": "object", "properties": {"a": {"type": "number"}}}
    assert cel("self.a == 1.0", {"a": 1}, number) == (False, "")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("self == oldSelf", "they compare with the object before the change"),
        ("isURL(self.a)", "they use 'isURL', which the library doesn't know"),
        ("self.?a.hasValue()", "they use syntax that the library doesn't know"),
        ("self.a +", "they use syntax that the library doesn't know"),
        ("self.a", "the library fails on them"),
        ("size(self.u) == 3", "they count letters that aren't ASCII"),
        ("self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))", "they would take too long"),
        ("self.l.map(a, self.l).size() > 0", "they would take too long"),
        ("(" * 500 + "true" + ")" * 500, "they use syntax that the library doesn't know"),
        ("self.t < self.t", "they look at times, durations or bytes"),
    ],
)
def test_rules_that_cant_be_evaluated_are_told_not_taken_as_kept(rule: str, why: str) -> None:
    schema = {"type": "object", "properties": {"t": {"type": "string", "format": "date-time"}}}
    value = {"a": "x", "u": "äöü", "l": list(range(200)), "t": "2026-01-01T00:00:00Z"}
    assert cel(rule, value, schema) == (False, f"1 of 1 CEL rules could not be evaluated, because {why}")


def test_what_the_schema_refuses_is_not_told_again_as_a_reference() -> None:
    found = check(read("probe-port-name"), kubernetes="1.36", weights=Weights(namespace=Severity.OFF))
    assert [finding.rule for finding in found.findings] == [Rule.SCHEMA]


def test_a_custom_kind_from_elsewhere_is_not_checkable_and_never_silently_valid() -> None:
    kind = Kind("example.com", "Thing", ("v1",), namespaced=True)
    text = b"apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: it}\nspec: {anything: 1}\n"
    manifests = load([Text(Application("app", namespace="app"), "it.yaml", text)], known_kinds=[kind])
    weights = Weights(namespace=Severity.OFF)
    found = check(manifests, kubernetes="1.36", weights=weights, known_kinds=[kind])
    assert found.verdicts[0].state is State.NOT_CHECKABLE
    assert found.verdicts[0].because == "its CustomResourceDefinition is not in the set"
    assert found.findings == ()


def undefined(weight: Severity, *texts: str) -> tuple[list[str], set[str]]:
    """What is told of custom kinds that nothing defines, and the reasons for verdicts."""
    application = Application("app", namespace="app")
    manifests = load([Text(application, "it.yaml", "\n---\n".join(texts).encode())])
    found = check(manifests, kubernetes="1.36", weights=Weights(reference=weight, namespace=Severity.OFF))
    return [f"{one.severity}: {one.problem}" for one in found.findings], {v.because for v in found.verdicts}


def thing(name: str, api_version: str = "example.com/v1", kind: str = "Thing") -> str:
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: {name}, namespace: app}}}}"


def to_do(kind: str) -> str:
    setting = f"'{kind}.example.com: Namespaced' in onestack:manifests.knownKinds"
    return f"add it, or if the cluster has it write {setting}"


def test_a_kind_without_a_definition_is_told_once_as_the_settings_weigh_it() -> None:
    for weight in (Severity.WARNING, Severity.ERROR):
        told, because = undefined(weight, thing("a"), thing("b"), thing("c", kind="Other"))
        missing = "the set has no CustomResourceDefinition of"
        first = f"it.yaml:1:14: {missing} Thing in example.com for 'a', nor for 1 other; {to_do('Thing')}"
        second = f"it.yaml:5:14: {missing} Other in example.com for 'c'; {to_do('Other')}"
        assert told == [f"{weight}: {first}", f"{weight}: {second}"]
        assert "its CustomResourceDefinition is not in the set" in because
    assert undefined(Severity.OFF, thing("a")) == ([], {"its CustomResourceDefinition is not in the set"})


def test_kinds_that_an_aggregated_server_of_the_set_serves_need_no_definition() -> None:
    served = """
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.example.com}
spec:
  group: example.com
  version: v1
  groupPriorityMinimum: 1
  versionPriority: 1
  service: {name: a, namespace: app, port: 443}"""
    told, _ = undefined(Severity.WARNING, served, thing("a"))
    assert not [one for one in told if "CustomResourceDefinition" in one]
