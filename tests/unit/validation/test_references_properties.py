"""Whatever shape a manifest has, looking at its references comes to an end without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from onestack.manifests.manifest import Location, Manifest
from onestack.validation import namespaces, references
from onestack.validation.finding import Rule, Weights
from tests.references import CASES, read

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**70,
        1.5,
        "",
        "²%",
        "9" * 5000 + "%",
        "x",
        [],
        [None],
        [[]],
        {},
        {"a": {}},
        {"": ""},
    ]
)


SETS = [read(file) for file in sorted(CASES.glob("**/*.yaml"))]


@settings(max_examples=400)
@given(st.data())
def test_a_value_of_any_other_shape_is_no_traceback(data: st.DataObject) -> None:
    manifests = list(data.draw(st.sampled_from(SETS)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(manifests) - 1))
        path = data.draw(st.sampled_from(list(_paths(manifests[at].body))))
        body = _changed(manifests[at].body, path, data.draw(JUNK))
        manifests[at] = replace(manifests[at], body=body)
    for found in (references, namespaces):
        findings = list(found.findings(manifests, Weights()))
        assert findings == list(found.findings(manifests, Weights()))
        assert all("\n" not in str(finding.problem) and finding.problem.what for finding in findings)


def test_after_a_thousand_the_rest_is_not_looked_for_and_that_is_said() -> None:
    body = {"spec": {"serviceAccountName": "nobody"}}
    pods = [
        Manifest("a", "v1", "Pod", f"p{n}", "default", body, Location("f.yaml", 0, 0)) for n in range(1500)
    ]
    findings = list(references.findings(pods, Weights()))
    assert len(findings) == references.MOST + 1
    assert {finding.rule for finding in findings} == {Rule.REFERENCE}
    assert "1000 references that cannot hold were found" in findings[-1].problem.what


def _paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Every path below the name and kind of an object."""
    for key, held in value.items() if isinstance(value, dict) else enumerate(value):
        yield (key,)
        if isinstance(held, (dict, list)):
            yield from ((key, *path) for path in _paths(held))


def _changed(value: Any, path: tuple[str | int, ...], to: Any) -> Any:
    if not path:
        return to
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(value[path[0]], path[1:], to)
    return copy
