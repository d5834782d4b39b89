"""Who deploys is told as well as it can be known."""

from __future__ import annotations

import socket
from pathlib import Path

import git
import pytest

from onestack.actor import actor, links

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_ACTOR": "ada",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "12",
    "GITHUB_RUN_ATTEMPT": "2",
}
CLOUD_BUILD = {"BUILDER_OUTPUT": "/builder/outputs"}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> git.Repo:
    """A repository on a machine whose git knows no user."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return git.Repo.init(tmp_path / "repository")


@pytest.mark.parametrize(
    ("environ", "who"),
    [
        (GITHUB, "ada"),
        ({**GITHUB, "ONESTACK_ACTOR": "grace"}, "grace"),
        ({"ONESTACK_ACTOR": "ada\n::error::\x1b[2J"}, "ada | ::error::\\x1b[2J"),
        (CLOUD_BUILD, "cloud-build:unnamed"),
        ({**CLOUD_BUILD, "TRIGGER_NAME": "deploy-dev"}, "cloud-build:deploy-dev"),
    ],
)
def test_automation_says_whose_run_it_is(repository: git.Repo, environ: dict[str, str], who: str) -> None:
    assert actor(Path(repository.working_dir), environ) == who


def test_a_person_is_whom_git_knows_else_the_login(repository: git.Repo, tmp_path: Path) -> None:
    root = Path(repository.working_dir)
    assert actor(root, {}).endswith(f"@{socket.gethostname()}")
    assert actor(tmp_path, {}) == actor(root, {}), "also where there is no repository"
    with repository.config_writer() as config:
        config.set_value("user", "name", "Ada Lovelace")
    assert actor(root, {}) == "Ada Lovelace"
    with repository.config_writer() as config:
        config.set_value("user", "email", "ada@example.com")
    assert actor(root, {}) == "ada@example.com"


def test_a_run_of_automation_can_be_looked_at() -> None:
    assert links(GITHUB) == {"run": "https://github.com/acme/shop/actions/runs/12/attempts/2"}
    assert links({**CLOUD_BUILD, "BUILD_ID": "b", "PROJECT_ID": "p"}) == {
        "run": "https://console.cloud.google.com/cloud-build/builds;region=global/b?project=p"
    }
    assert links(CLOUD_BUILD) == {}
    assert links({}) == {}
