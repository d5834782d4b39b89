"""``onestack diff``: two revisions of a real repository, without cluster, cloud or credentials."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any

import git
import pytest
import yaml

from onestack.local.toolchain import Toolchain
from tests.e2e.clone import REPOSITORY, Clone, clone

pytestmark = pytest.mark.e2e

SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {word: hunter2-hunter2}}\n"
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1', said: hunter2-hunter2}}\n"


def commit(made: Clone, name: str) -> None:
    repository = git.Repo(made.root)
    repository.git.add("--all")
    repository.git.commit("-m", name)
    repository.create_tag(name)


@pytest.fixture
def repository(toolchain: Toolchain, tmp_path: Path) -> Clone:
    """A stack on a cluster that nobody can reach, under git, with one revision."""
    assert toolchain
    made = clone(tmp_path / "repository", Path("/nowhere/kubeconfig"))
    with git.Repo.init(made.root).config_writer() as config:
        config.set_value("user", "name", "Ada").set_value("user", "email", "ada@example.com")
    made.write(".gitignore", ".onestack/\n__pycache__/\n")
    made.applications(shop="shop")
    made.write("manifests/shop/s.yaml", SECRET)
    made.write("manifests/shop/c.yaml", CONFIG)
    commit(made, "one")
    return made


def diff(made: Clone, *arguments: str) -> Any:
    done = made.onestack("diff", made.stack, *arguments, "--json")
    assert done.code == 0, done.err
    return done.document()


def test_objects_are_compared_not_text(repository: Clone) -> None:
    (repository.root / "manifests/shop/c.yaml").unlink()
    moved = {**yaml.safe_load(SECRET), "metadata": {"name": "s", "namespace": "shop"}}
    repository.write("manifests/shop/s.yaml", yaml.safe_dump(moved) + "---\n" + CONFIG)
    commit(repository, "moved")
    assert diff(repository, "one", "moved")["differences"] == []
    other = SECRET.replace("hunter2", "hunter3") + "---\n" + CONFIG.replace("'1'", "'2'")
    repository.write("manifests/shop/s.yaml", other)
    repository.write("manifests/shop/web.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}}\n")
    left = repository.root / f".onestack/run-{socket.gethostname()}-{2**22 + 1}-killed"
    left.mkdir(parents=True)
    document = diff(repository, "moved")
    assert document["after"] == "the working tree"
    assert [(one["op"], one["kind"], one["name"]) for one in document["differences"]] == [
        ("changed", "ConfigMap", "shop/c"),
        ("changed", "Secret", "shop/s"),
        ("created", "Service", "shop/web"),
    ]
    told = repository.onestack("diff", repository.stack, "moved", "--exit-code")
    assert told.code == 1
    assert "  ~ ConfigMap shop/c\n      data.a: 1 -> 2\n" in told.err
    assert "1 created, 2 changed, 0 the same" in told.err
    assert "hunter" not in told.err + str(document)
    assert not list((repository.root / ".onestack").glob("run-*")), "nothing is left, of a killed run either"
    assert git.Repo(repository.root).git.status("--porcelain") != ""


def test_a_revision_that_can_not_be_read_is_named_with_why(repository: Clone) -> None:
    repository.write("manifests/shop/s.yaml", "{apiVersion: v1, kind: Secret\n")
    commit(repository, "broken")
    done = repository.onestack("diff", repository.stack, "one", "broken")
    assert done.code == 1
    assert "error: broken (" in done.err
    assert "manifests/shop/s.yaml:" in done.err
    assert repository.onestack("diff", repository.stack, "nowhere").code == 2
    for revisions in (("one",), ("one", "one")):
        unknown = repository.onestack("diff", "nosuch", *revisions)
        assert unknown.code == 2, "also where no file differs"
        assert "there is no stack 'nosuch'" in unknown.err
    (repository.root / f"stacks/Pulumi.{repository.stack}.yaml").unlink()
    commit(repository, "without")
    done = repository.onestack("diff", repository.stack, "without", "one")
    assert done.code == 2
    assert "error: without (" in done.err
    assert "there is no stack" in done.err


def test_of_google_s_cloud_what_the_program_declares_is_compared(repository: Clone) -> None:
    shutil.copy(REPOSITORY / "stacks/Pulumi.dev.yaml", repository.root / "stacks")
    shutil.rmtree(repository.root / "manifests")
    shutil.copytree(REPOSITORY / "manifests", repository.root / "manifests")
    commit(repository, "cloud")
    dev = Clone(repository.root, "dev")
    file = repository.root / "stacks/Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("max: 4", "max: 6"))
    orders = repository.root / "manifests/bookshop/orders.yaml"
    orders.write_text(orders.read_text().replace("replicas: 2", "replicas: 3"))
    document = diff(dev, "cloud")
    assert [
        (one["where"], one["kind"], [each["path"] for each in one["fields"]])
        for one in document["differences"]
    ] == [
        ("cloud", "NodePool", ["autoscaling.totalMaxNodeCount"]),
        ("cluster", "Deployment", ["spec.replicas"]),
    ]
    assert not (repository.root / ".onestack/simulation").exists()
