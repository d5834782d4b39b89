"""The repository's own stacks at Google: each is planned whole on any machine, without credentials."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from onestack import settings
from onestack.local.toolchain import Toolchain
from tests.e2e.clone import REPOSITORY, Clone, clone

pytestmark = pytest.mark.e2e

STACKS = [name for name in settings.stack_names(REPOSITORY) if name != "local"]


@pytest.fixture(scope="module")
def repository(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """This repository without anything that was ever deployed."""
    assert toolchain
    made = clone(tmp_path_factory.mktemp("stacks") / "repository", Path("none"))
    for name in ("stacks", "manifests"):
        shutil.rmtree(made.root / name)
        shutil.copytree(REPOSITORY / name, made.root / name)
    return made


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_is_planned_whole_where_there_are_no_credentials(repository: Clone, stack: str) -> None:
    done = repository.onestack(
        "preview",
        stack,
        "--json",
        GOOGLE_APPLICATION_CREDENTIALS="",
        GOOGLE_CREDENTIALS="",
        GOOGLE_OAUTH_ACCESS_TOKEN="",
        CLOUDSDK_CONFIG=str(repository.root),
    )
    assert done.code == 0, done.err
    assert "no Google credentials here: planned offline, as with --offline" in done.err
    steps = done.document()["steps"]
    assert {step["op"] for step in steps} == {"create"}
    declared = repository.onestack("check", stack, "--json").document()["stacks"][stack]["objects"]
    objects = [step for step in steps if step["type"].startswith("kubernetes:")]
    # And with them the record of the release, with its namespace.
    assert len(objects) == declared + 2
    assert not (repository.root / ".onestack" / "state").exists()


def test_there_are_three_of_them() -> None:
    assert STACKS == ["dev", "prod", "staging"]
