"""The program's digest changes with the program, and with nothing else."""

from pathlib import Path

import pytest

from onestack.sources import digest

FILES = ("Pulumi.yaml", "__main__.py", "mine.py", "components/a.py", "infra/deep/b.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a program."""
    for name in FILES:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", [*FILES, "components/new.py"])
def test_what_the_program_is_made_of_counts(root: Path, name: str) -> None:
    before = digest(root)
    (root / name).write_text("changed")
    assert digest(root) != before


def test_a_file_that_goes_or_moves_counts(root: Path) -> None:
    before = digest(root)
    (root / "components/a.py").rename(root / "infra/a.py")
    moved = digest(root)
    (root / "infra/a.py").unlink()
    assert len({before, moved, digest(root)}) == 3


@pytest.mark.parametrize(
    "name", ["manifests/shop/a.yaml", "stacks/Pulumi.test.yaml", "tests/a.py", "README.md"]
)
def test_nothing_else_counts(root: Path, name: str) -> None:
    before = digest(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("changed")
    assert digest(root) == before
