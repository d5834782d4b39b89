"""Whatever is written as a path, nothing outside the repository is looked at, and nothing fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from onestack.manifests.problems import Problems
from onestack.rendering.confine import Refused, followed, host_of
from onestack.rendering.kustomize_closure import closure
from onestack.rendering.options import Options, on_path

OUTSIDE = "canary outside"


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A repository with links of all sorts, in a folder with something to reach for."""
    with TemporaryDirectory() as folder:
        top = Path(folder)
        (top / "outside").mkdir()
        for name in ("a.yaml", "kustomization.yaml"):
            (top / "outside" / name).write_text(f"a: {OUTSIDE}\n")
        app = top / "repository" / "manifests" / "app"
        (app / "base").mkdir(parents=True)
        (top / "repository" / ".git").mkdir()
        (top / "repository" / ".git" / "config").write_text(OUTSIDE)
        (app / "a.yaml").write_text("a: 1\n")
        (app / "base" / "kustomization.yaml").write_text("resources: [../a.yaml, b.yaml]\n")
        (app / "base" / "b.yaml").write_text("a: 1\n")
        links = {
            "out": "../../../outside",
            "up": "..",
            "base/loop": "loop",
            "in": "base",
            "git": "../../.git",
        }
        for name, target in links.items():
            (app / name).symlink_to(target)
        yield top / "repository"


PARTS = (
    "..",
    ".",
    "",
    "a.yaml",
    "base",
    "out",
    "up",
    "in",
    "git",
    "loop",
    "manifests",
    "app",
    ".git",
    "x",
    "\0",
)
REFERENCES = some.one_of(
    some.lists(some.sampled_from(PARTS), max_size=8).map("/".join),
    some.text(max_size=30),
    some.sampled_from(["https://", "github.com/", "git@", "file://", "HTTP:"]).flatmap(
        lambda start: some.text(max_size=10).map(lambda rest: start + rest)
    ),
)
FIELDS = some.sampled_from(
    ["resources", "bases", "components", "Crds", "patchesStrategicMerge", "generators", "configurations"]
)


@example(reference="out")
@example(reference="in/../out/a.yaml")
@example(reference="git/config")
@example(reference="../../../outside")
@given(reference=REFERENCES)
def test_a_path_is_refused_or_leads_inside(root: Path, reference: str) -> None:
    try:
        place = followed(root, "manifests/app", reference)
    except Refused:
        return
    real = os.path.realpath(root / place.real)
    assert real == os.path.realpath(root / "manifests" / "app" / reference) or ".." in reference
    assert Path(real).is_relative_to(os.path.realpath(root))
    assert not Path(real).is_relative_to(os.path.realpath(root / ".git"))


@given(reference=some.text(max_size=40))
def test_what_has_no_host_can_not_be_fetched(reference: str) -> None:
    """What Kustomize fetches has one of these marks (git/repospec.go, loader/fileloader.go)."""
    lower = reference.strip().lower()
    if lower.startswith(("http:", "https:", "ssh://", "file://", "github.com/", "github.com:")):
        assert host_of(reference) is not None


@example(value={"crds": ["out/a.yaml", "up/out/a.yaml", "../../../outside/a.yaml"]})
@example(value={"resources": ["out", "../../../outside"]})
@given(
    value=some.dictionaries(FIELDS, some.one_of(REFERENCES, some.lists(REFERENCES, max_size=4)), max_size=4)
)
def test_a_kustomization_of_anything_holds_nothing_from_outside(root: Path, value: dict[str, object]) -> None:
    file = root / "manifests" / "app" / "kustomization.yaml"
    file.write_bytes(orjson.dumps(value))
    options = Options(root, "manifests", "dev", "1.36", on_path, root / ".cache")
    problems = Problems()
    made = closure("manifests/app", options, problems)
    assert all(OUTSIDE.encode() not in content for content in made.files.values())
    assert all(str(OUTSIDE) not in str(held) for held in made.kustomizations.values())
    assert all(OUTSIDE not in str(problem) for problem in problems.found)


@given(content=some.binary(max_size=200))
def test_a_kustomization_of_any_bytes_is_read_or_told(root: Path, content: bytes) -> None:
    (root / "manifests" / "app" / "kustomization.yaml").write_bytes(content)
    options = Options(root, "manifests", "dev", "1.36", on_path, root / ".cache")
    problems = Problems()
    made = closure("manifests/app", options, problems)
    assert made.kustomizations or problems.found
