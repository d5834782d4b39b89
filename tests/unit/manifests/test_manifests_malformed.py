"""Every malformed input under tests/data/manifests/malformed ends in exactly the message beside it.

After a change of wording, ``ONESTACK_REFRESH=1 pytest <this file>`` writes the messages anew: review
the difference.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from onestack.errors import InvalidManifests
from onestack.manifests.application import Application
from tests.reading import loaded

CASES = Path(__file__).parents[2] / "data" / "manifests" / "malformed"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_malformed_input_says_what_is_wrong_and_what_to_write(case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "manifests" / "app"
    folder.mkdir(parents=True)
    shutil.copy(case, folder / "it.yaml")
    with pytest.raises(InvalidManifests) as raised:
        loaded(tmp_path, "manifests", [Application("app", namespace="app")])
    said = "".join(f"{problem}\n" for problem in raised.value.problems)
    expected = case.with_suffix(".expected")
    if os.environ.get("ONESTACK_REFRESH"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
    assert said.startswith("manifests/app/it.yaml:")


def test_no_two_inputs_are_there_for_the_same_reason() -> None:
    said = [path.read_text(encoding="utf-8") for path in CASES.glob("*.expected")]
    assert len(said) == len(list(CASES.glob("*.yaml"))) == len(set(said))
