"""What the tests of rendering share: the real tools, and a repository to write into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from onestack.local.toolchain import Toolchain, ensure

ROOT = Path(__file__).parents[3]

Write = Callable[[str, str], Path]


class _Told:
    """What shows with a failure where a tool had to be built first."""

    def step(self, what: str) -> None:
        print(what, flush=True)  # noqa: T201 - pytest's capture shows it with a failure

    def note(self, text: str) -> None:
        print(text, flush=True)  # noqa: T201 - the same


@pytest.fixture(scope="session")
def tools() -> Toolchain:
    """Kustomize and Helm, found, downloaded or built as for any command of onestack."""
    return ensure(ROOT, _Told(), ("kustomize", "helm"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository, in a folder that may hold things outside it."""
    root = tmp_path / "repository"
    (root / "manifests").mkdir(parents=True)
    return root


@pytest.fixture
def write(repository: Path) -> Write:
    """Writes a file below the manifests folder."""

    def written(file: str, text: str) -> Path:
        path = repository / "manifests" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return written
