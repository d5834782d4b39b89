"""The generated objects: as many as asked for, the same every time, and what a strict reader takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.errors import UsageError
from onestack.manifests.application import Application
from tests.bench.generated import LABEL, change, generate
from tests.reading import loaded


@pytest.mark.parametrize("count", [20, 33, 2000])
def test_it_has_exactly_as_many_objects_as_asked_for_and_no_two_the_same(count: int) -> None:
    objects = generate(count).objects
    metadata = [body["metadata"] for body in objects]
    names = {
        (body["kind"], data.get("namespace"), data["name"])
        for body, data in zip(objects, metadata, strict=True)
    }
    assert len(names) == len(objects) == count
    assert all(data["labels"][LABEL] == "true" for data in metadata)


def test_a_fifth_are_deployments_and_the_rest_is_a_mix() -> None:
    kinds = generate(500).kinds()
    assert 0.18 <= kinds["Deployment"] / 500 <= 0.22
    assert len(kinds) == 12
    assert kinds["Role"] == kinds["RoleBinding"]


def test_it_is_the_same_every_time_and_another_with_another_seed() -> None:
    assert generate(100) == generate(100)
    assert generate(100) != generate(100, seed=7)


def test_a_binding_lies_beside_its_role_and_every_namespace_is_declared() -> None:
    made = generate(300)
    for bodies in made.services.values():
        kinds = [body["kind"] for body in bodies]
        assert ("Role" in kinds) == ("RoleBinding" in kinds)
        assert "Deployment" in kinds
    used = {body["metadata"]["namespace"] for bodies in made.services.values() for body in bodies}
    assert used == {body["metadata"]["name"] for body in made.namespaces}


def test_the_strict_loader_takes_all_of_it(tmp_path: Path) -> None:
    generate(100).write(tmp_path / "manifests" / "bench")
    assert len(loaded(tmp_path, "manifests", [Application("bench")])) == 100


def test_one_change_changes_one_image_of_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    generate(100).write(folder)
    (folder / "01.yaml").write_text("one:\n  image: registry.example.com/a:1\n  image: b:2\n")
    before = {file.name: file.read_text().splitlines() for file in folder.iterdir()}
    change(folder)
    after = {file.name: file.read_text().splitlines() for file in folder.iterdir()}
    lines = [
        line for name in before for old, line in zip(before[name], after[name], strict=True) if old != line
    ]
    assert lines == ["  image: registry.example.com/a:9.9.9"]


def test_nothing_to_change_and_too_few_objects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no image to change"):
        change(tmp_path)
    with pytest.raises(UsageError, match="too few"):
        generate(19)
