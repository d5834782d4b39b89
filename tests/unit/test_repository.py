"""A command finds its repository from any folder of it."""

from pathlib import Path

import pytest

from onestack.errors import InvalidProject, NotARepository
from onestack.repository import find


def test_it_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    (tmp_path / "a/b").mkdir(parents=True)
    found = find(tmp_path / "a/b")
    assert (found.root, found.project) == (tmp_path, "shop")


def test_outside_of_one_the_message_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="--root DIR") as caught:
        find(tmp_path / "a" / "..")
    assert caught.value.exit_code == 2
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("text", ["{", "- a", "name: 7", "name: ''", "runtime: python"])
def test_a_project_file_without_a_name_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(InvalidProject, match=r"Pulumi\.yaml"):
        find(tmp_path)
