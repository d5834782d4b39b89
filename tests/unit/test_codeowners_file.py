"""The owners of code are read where GitHub reads them, or from the file that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.codeowners_file import PLACES, codeowners
from onestack.errors import CodeownersMissing


def test_the_first_place_of_githubs_counts(tmp_path: Path) -> None:
    for place in reversed(PLACES):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(f"* @{place}\n")
        assert codeowners(tmp_path, True) == f"* @{place}\n"
    assert codeowners(tmp_path, "CODEOWNERS") == "* @CODEOWNERS\n"
    assert codeowners(tmp_path, False) == ""


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CodeownersMissing, match="github/CODEOWNERS or CODEOWNERS or docs"):
        codeowners(tmp_path, True)
    for place in ("OWNERS", "../OWNERS"):
        (tmp_path.parent / "OWNERS").write_text("* @mallory")
        with pytest.raises(CodeownersMissing, match="there is no such file"):
            codeowners(tmp_path, place)


def test_a_file_that_github_ignores_is_said(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("#" * (3 * 1024 * 1024 + 1))
    with pytest.raises(CodeownersMissing, match="larger than 3 MB"):
        codeowners(tmp_path, True)
