"""Slips in a kustomization are told with their line, without running Kustomize."""

from __future__ import annotations

import pytest

from onestack.manifests.problems import Problems
from onestack.manifests.reader import read
from onestack.rendering.kustomize_fields import check_fields


def said(text: str) -> list[str]:
    problems = Problems()
    (document,) = read(text.encode(), "k.yaml").documents
    check_fields(document, problems.of("k.yaml"), ())
    return [str(problem) for problem in problems.found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resurces: []", "1:1: a kustomization knows no field 'resurces' here; did you mean resources?"),
        ("RESOURCE: []", "1:1: a kustomization knows no field 'RESOURCE' here; did you mean resources?"),
        ("resources: a", "1:12: resources is a string, not a list; write '- ' before it"),
        ("resources: [1]", "1:13: resources[0] is the number 1, not a string; write it in quotes"),
        ("images: [{newTag: 1.5}]", "1:19: newTag is the number 1.5, not a string; write it in quotes"),
        ("commonLabels: {a: true}", "1:19: a is true, not a string; write it in quotes"),
        (
            "replicas: [{name: a, count: true}]",
            "1:29: count is true, not a whole number; write a whole number",
        ),
        ("namespace: [a]", "1:12: namespace is a list, not a string; write a string"),
        ("labels: [{zz: a}]", "1:11: a kustomization knows no field 'zz' here; there are fields, "),
    ],
)
def test_slips(text: str, expected: str) -> None:
    (found,) = said(text)
    assert found.startswith(f"k.yaml:{expected}")


def test_all_slips_are_told() -> None:
    assert len(said("a: 1\nnamespace: 2\npatches: [{pach: x}, 3]\n")) == 4


def test_letter_case_and_nulls_are_as_in_go() -> None:
    assert (
        said("RESOURCES: [a]\nnameprefix:\nimages: [{newtag: 'a'}]\nlabels: [{pairs: {a: b, c: null}}]") == []
    )
