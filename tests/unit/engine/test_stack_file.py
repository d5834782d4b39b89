"""The engine writes a stack's file in place; one that a kill left empty is written back."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.engine import stack_file

TEXT = "config:\n  onestack:platform: embedded\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "stacks" / "Pulumi.dev.yaml"
    made.parent.mkdir()
    made.write_text(TEXT)
    return made


class Killed(BaseException):
    """A run that dies there."""


def killed(root: Path, leaves: Path | None = None) -> None:
    """A run that dies while the engine writes the file; ``leaves`` is one that it leaves empty."""
    with stack_file.kept(root, "dev"):
        if leaves:
            leaves.write_text("")
        raise Killed


def test_an_empty_file_is_written_back(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        killed(tmp_path, file)
    assert stack_file.restore(tmp_path, "dev")
    assert file.read_text() == TEXT
    assert not stack_file.restore(tmp_path, "dev")


def test_one_that_was_written_meanwhile_stays(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        killed(tmp_path)
    file.write_text("config: {}\n")
    assert not stack_file.restore(tmp_path, "dev")
    assert file.read_text() == "config: {}\n"
    file.write_text("")
    assert not stack_file.restore(tmp_path, "dev")


def test_nothing_is_left_of_a_run_that_ended(file: Path, tmp_path: Path) -> None:
    with stack_file.kept(tmp_path, "dev"):
        file.write_text(TEXT + "encryptionsalt: v1\n")
    assert not stack_file.restore(tmp_path, "dev")
    assert [one.name for one in (tmp_path / ".onestack").iterdir()] == []
