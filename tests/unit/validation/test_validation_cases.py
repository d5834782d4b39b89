"""Every object under tests/data/validation is judged with exactly the words beside it.

After a change of wording, ``ONESTACK_REFRESH=1 pytest <this file>`` writes the words anew: review the
difference. A first line such as ``# kubernetes: 1.25`` declares another release. That the API server
judges the same is for tests/e2e/test_validation_server.py.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.scope import KUBERNETES
from onestack.manifests.text import Text
from onestack.validation.check import Checked, check
from onestack.validation.finding import Severity, Weights
from onestack.validation.verdict import State

CASES = Path(__file__).parents[2] / "data" / "validation"
SCHEMAS_ALONE = Weights(
    reference=Severity.OFF, namespace=Severity.OFF, hook=Severity.OFF, plaintext=Severity.OFF
)


def checked(case: Path, *, rendered: bool = False) -> Checked:
    content = case.read_bytes()
    declared = re.match(rb"# kubernetes: (\S+)", content)
    text = Text(Application("app", namespace="app"), "it.yaml", content, rendered)
    version = declared[1].decode() if declared else KUBERNETES
    return check(load([text]), kubernetes=version, weights=SCHEMAS_ALONE)


def said(found: Checked) -> str:
    lines = [f"{finding.severity}: {finding.problem}" for finding in found.findings]
    for verdict in found.verdicts:
        because = verdict.because or verdict.unchecked
        lines.append(f"{verdict.identity}: {verdict.state}{f', {because}' if because else ''}")
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_object_is_judged_in_these_words(case: Path) -> None:
    words = said(checked(case))
    expected = case.with_suffix(".expected")
    if os.environ.get("ONESTACK_REFRESH"):
        expected.write_text(words, encoding="utf-8")
    assert words == expected.read_text(encoding="utf-8")
    is_good = case.stem.startswith(("valid-", "note-", "version-deprecated", "version-flow-deprecated"))
    assert is_good == (State.INVALID not in {verdict.state for verdict in checked(case).verdicts})


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_of_a_rendered_object_the_same_is_said_with_its_name(case: Path) -> None:
    plain, rendered = checked(case).findings, checked(case, rendered=True).findings
    assert len(plain) == len(rendered)
    for finding in rendered:
        assert (finding.problem.line, finding.problem.column) == (0, 0)
        assert finding.identity is not None
        assert finding.identity.name in finding.problem.what


def test_no_two_bad_cases_are_there_for_the_same_reason() -> None:
    found = [path.read_text(encoding="utf-8") for path in CASES.glob("*.expected")]
    bad = [words for words in found if words.startswith("error")]
    assert len(bad) == len(set(bad)) > 250
    assert len(found) == len(list(CASES.glob("*.yaml")))


def test_no_value_of_a_secret_is_repeated() -> None:
    for path in CASES.glob("*.expected"):
        assert "correct horse" not in path.read_text(encoding="utf-8")
