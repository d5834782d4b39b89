"""Every reference under tests/data/references that can't hold ends in exactly the message beside it.

What is below ``silent`` is right, or not ours to tell. After a change of wording,
``ONESTACK_REFRESH=1 pytest <this file>`` writes the messages anew: review the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onestack.manifests.manifest import Manifest
from onestack.validation import namespaces, references
from onestack.validation.finding import Finding, Rule, Severity, Weights
from tests.references import CASES, read


def found(manifests: tuple[Manifest, ...], weights: Weights | None = None) -> list[Finding]:
    weighed = weights or Weights()
    return [*namespaces.findings(manifests, weighed), *references.findings(manifests, weighed)]


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_reference_that_cannot_hold_says_where_and_what_was_meant(case: Path) -> None:
    findings = found(read(case))
    said = "".join(f"{finding.identity}: {finding.problem}\n" for finding in findings)
    expected = case.with_suffix(".expected")
    if os.environ.get("ONESTACK_REFRESH"):
        expected.write_text(said, encoding="utf-8")
    assert said
    assert said == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", sorted(CASES.glob("silent/*.yaml")), ids=lambda path: path.stem)
def test_what_holds_or_may_be_elsewhere_is_not_told(case: Path) -> None:
    assert [str(finding.problem) for finding in found(read(case))] == []


def test_no_two_cases_are_there_for_the_same_reason() -> None:
    said = [path.read_text(encoding="utf-8") for path in CASES.glob("*.expected")]
    assert len(said) == len(list(CASES.glob("*.yaml"))) == len(set(said)) >= 60
    assert len(list(CASES.glob("silent/*.yaml"))) >= 60


def test_of_what_a_tool_rendered_the_object_and_the_field_are_named() -> None:
    (finding,) = found(read(CASES / "service-target-name-typo.yaml", rendered=True))
    assert str(finding.problem).startswith(
        "it.yaml: Service default/web spec.ports[0].targetPort: no container"
    )


def test_a_rule_that_is_off_looks_for_nothing_and_the_weight_is_the_settings() -> None:
    manifests = read(CASES / "namespace-typo.yaml") + read(CASES / "webhook-nowhere.yaml")
    off = Weights(reference=Severity.OFF, namespace=Severity.OFF)
    turned = Weights(reference=Severity.ERROR, namespace=Severity.WARNING)
    assert found(manifests, off) == []
    assert {(one.rule, one.severity) for one in found(manifests, turned)} == {
        (Rule.NAMESPACE, Severity.WARNING),
        (Rule.REFERENCE, Severity.ERROR),
    }
