"""Schemas that ask for too much: what they cost is bounded, and what was left out is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.text import Text
from onestack.validation.check import Checked, check
from onestack.validation.effort import MOST_FAULTS
from onestack.validation.finding import Severity, Weights
from onestack.validation.verdict import State

MANY = 3_000
TEXT = {"type": "string"}
FIELDS = {f"r{number}": TEXT for number in range(200)}


def checked(field: Mapping[str, Any], value: Any) -> Checked:
    """A kind with one field below spec, and an object of it."""
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": field}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Widget", "plural": "widgets", "singular": "widget"}
    spec = {"group": "x.example", "scope": "Namespaced", "names": names, "versions": [version]}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.x.example"},
        "spec": spec,
    }
    made = {"apiVersion": "x.example/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"a": value}}
    text = b"\n---\n".join(map(orjson.dumps, (definition, made)))
    manifests = load([Text(Application("app", namespace="app"), "it.yaml", text)])
    return check(manifests, kubernetes="1.36", weights=Weights(namespace=Severity.OFF))


def items(**further: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": FIELDS, **further}}


@pytest.mark.parametrize(
    "field", [items(anyOf=[{"required": [name]} for name in FIELDS]), items(required=list(FIELDS))]
)
def test_more_faults_than_can_be_told_end_as_the_first_and_that_there_are_more(field: dict[str, Any]) -> None:
    found = checked(field, [{}] * MANY)
    assert found.verdicts[1].state is State.INVALID
    assert found.errors[0].problem.what.partition(":")[0] == "does not fit its schema"
    assert len(found.errors) == 2
    assert "spec.a[0]" in found.errors[1].problem.what


def test_of_many_faults_the_first_are_told() -> None:
    found = checked({"type": "array", "items": {"type": "string"}}, [1] * MANY)
    assert len(found.errors) == 1 + MOST_FAULTS
    assert "more is wrong with it than the 100 faults" in found.errors[0].problem.what
    assert "spec.a[99]" in found.errors[-1].problem.what


def test_forms_that_fit_are_tried_within_bounds_too() -> None:
    tried = [{"required": [f"q{number}"]} for number in range(5_000)]
    found = checked(items(anyOf=[*tried, {"required": ["r0"]}]), [{"r0": "x"}] * MANY)
    assert found.verdicts[1].state is State.NOT_CHECKABLE
    assert "asks for too much of an object so large" in found.verdicts[1].because


def test_defaults_of_many_items_are_within_bounds() -> None:
    field = items()
    field["items"]["properties"] = {name: {"type": "string", "default": "x"} for name in FIELDS}
    found = checked(field, [{}] * MANY)
    assert found.verdicts[1].state is State.NOT_CHECKABLE
    assert "the defaults in the schema of Widget would take too long" in found.verdicts[1].because


def test_a_default_that_takes_too_long_to_check_is_said() -> None:
    tried = [{"required": [f"q{number}"]} for number in range(5_000)]
    found = checked({**items(anyOf=[*tried, {"required": ["r0"]}]), "default": [{"r0": "x"}] * MANY}, None)
    assert "would take too long" in found.verdicts[0].unchecked


def test_patterns_are_within_bounds() -> None:
    fields = {f"p{number}": {"type": "string", "pattern": "a{9}" * number} for number in range(1, 1_000)}
    found = checked({"type": "object", "properties": fields}, {})
    assert found.verdicts[1].state is State.NOT_CHECKABLE
    assert "would take too long" in found.verdicts[1].because
    assert found.verdicts[0].state is State.VALID
    assert "would take too long" in found.verdicts[0].unchecked


def test_rules_are_read_and_run_within_bounds() -> None:
    long = [{"rule": f"self == '{number}' {'|| true' * 1_000}", "message": "m"} for number in range(60)]
    found = checked({**TEXT, "x-kubernetes-validations": long}, "x")
    assert "there are too many of them" in found.verdicts[1].unchecked
    short = [{"rule": f"self != '{number}'", "message": "m"} for number in range(100)]
    found = checked({"type": "array", "items": {**TEXT, "x-kubernetes-validations": short}}, ["x"] * MANY)
    assert found.verdicts[1].state is State.VALID
    assert "of 300000 CEL rules could not be evaluated" in found.verdicts[1].unchecked
