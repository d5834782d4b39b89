"""Every repository under tests/data/repositories ends in exactly the words beside it, within bounds.

``expected.txt`` holds exit code, stdout and stderr of the command that `tests.hostile` runs; after a change
of wording ``ONESTACK_REFRESH=1 pytest <this file>`` writes it anew: review the difference.
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

import pytest

from tests.bounded import Run, run_all
from tests.hostile import REPOSITORIES, ran

FILES = sorted((Path(__file__).parents[1] / "data" / "manifests" / "malformed").glob("*.yaml"))
# Twice what they take on a quiet machine: on a busy one a second of CPU does less.
SECONDS = 4.0
MEBIBYTES = 512
CHARACTERS = 100_000


@functools.cache
def files() -> dict[str, Run]:
    """All files of one application, run at once."""
    runs = run_all(["check", "--manifests", str(file)] for file in FILES)
    return {file.stem: run for file, run in zip(FILES, runs, strict=True)}


@pytest.mark.parametrize("case", REPOSITORIES, ids=lambda path: path.name)
def test_a_hostile_repository_is_refused_in_these_words(case: Path) -> None:
    run = ran().runs[case.name]
    assert run.exit_code in {1, 2, 4}, run.errors
    assert_bounded(run)
    words = re.sub(r"\(\d{1,2}\.\d s\)", "(0.0 s)", f"exit code {run.exit_code}\n{run.output}{run.errors}")
    words = re.sub(r"\d{1,2}:\d\d\)", "0:00)", re.sub(r"/tmp/\w+/", "/tmp/", words))  # noqa: S108 - words
    # What goes on for longer, on a busy machine, is said again.
    words = re.sub(r"^checking test, 1 of 1: .*\n", "", words, flags=re.MULTILINE)
    expected = case / "expected.txt"
    if os.environ.get("ONESTACK_REFRESH"):
        expected.write_text(words, encoding="utf-8")
    assert words == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", FILES, ids=lambda path: path.stem)
def test_a_hostile_file_costs_little(case: Path) -> None:
    run = files()[case.stem]
    # Without a stack nothing is applied, so that it doesn't matter where the unknown kind would live.
    assert run.exit_code == (0 if case.stem == "kind-custom-unknown" else 1), run.errors
    assert_bounded(run)


def assert_bounded(run: Run) -> None:
    assert "Traceback" not in run.errors
    assert run.seconds < SECONDS
    assert run.mebibytes < MEBIBYTES
    assert len(run.output) + len(run.errors) < CHARACTERS


def test_no_two_repositories_are_there_for_the_same_reason() -> None:
    said = [(case / "expected.txt").read_text(encoding="utf-8") for case in REPOSITORIES]
    assert len(said) == len(set(said))
