"""Everything killed at once, halfway: the command, the engine, the program, the provider. Then: run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone

pytestmark = pytest.mark.e2e

NAMESPACE = "recovery"
COUNT = 120
COLLECTION = f"/api/v1/namespaces/{NAMESPACE}/configmaps"


def write(made: Clone, count: int, value: str = "b") -> None:
    """Declares that many ConfigMaps, in one file."""
    made.write(
        "manifests/shop/all.yaml",
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {NAMESPACE}}}\n"
        + "".join(
            f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata: {{a: {value}}}\n"
            for number in range(count)
        ),
    )


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A repository with one application, not deployed; what is left is taken down afterwards."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=NAMESPACE)
    write(made, COUNT)
    yield made
    made.destroy()
    assert live(plane) == {}


def live(plane: Plane) -> dict[str, str]:
    """Our ConfigMaps in the cluster and their value."""

    async def look() -> dict[str, str]:
        async with Client(connect(plane.kubeconfig), user_agent="test") as client:
            listed = await client.request(
                "GET", COLLECTION, params={"labelSelector": "onestack.dev/stack=test"}
            )
            return {one["metadata"]["name"]: one["data"]["a"] for one in listed["items"]}

    return answered(look())


def kill_halfway(made: Clone, plane: Plane, verb: str, value: str = "b") -> int:
    """Starts a verb and kills its whole process tree when part of the objects is as it wants them."""
    victim = subprocess.Popen(
        [sys.executable, "-m", "onestack", verb, made.stack],
        cwd=made.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wanted = 0 if verb == "destroy" else COUNT
    before = done = len([one for one in live(plane).values() if one == value])
    while done == before and victim.poll() is None:
        done = len([one for one in live(plane).values() if one == value])
    kill_tree(victim)
    assert (made.root / ".onestack/state/onestack.test.inflight.json").exists(), (
        "it ended before it was killed"
    )
    # What goes with its Namespace goes all at once: a destroy may have none of it left, and still be halfway.
    assert done != wanted or verb == "destroy"
    return done


def kill_tree(victim: subprocess.Popen[bytes]) -> None:
    """Kills a process and all below it."""
    root = psutil.Process(victim.pid)
    for process in [root, *root.children(recursive=True)]:
        os.kill(process.pid, signal.SIGKILL)
    victim.wait()


def is_settled(made: Clone, plane: Plane, value: str, count: int) -> None:
    """State, cluster and manifests agree, and plain pulumi says so too."""
    assert live(plane) == {f"c{number}": value for number in range(count)}
    held = [one["urn"] for one in made.state() if one["type"] == "kubernetes:core/v1:ConfigMap"]
    assert len(held) == len(set(held)) == count + 1
    done = made.shell("pulumi preview --expect-no-changes --non-interactive")
    assert done.code == 0, done.out + done.err


@pytest.mark.torture
def test_a_killed_deployment_is_finished_by_running_again(repository: Clone, plane: Plane) -> None:
    kill_halfway(repository, plane, "deploy")
    repository.deploy()
    is_settled(repository, plane, "b", COUNT)


@pytest.mark.torture
def test_what_was_edited_and_dropped_since_the_kill_is_as_it_is_declared_now(
    repository: Clone, plane: Plane
) -> None:
    kill_halfway(repository, plane, "deploy")
    write(repository, 5, value="edited")
    repository.deploy()
    is_settled(repository, plane, "edited", 5)


@pytest.mark.torture
def test_a_recovery_that_fails_is_a_recovery_still_to_be_done(repository: Clone, plane: Plane) -> None:
    kill_halfway(repository, plane, "deploy")
    bad = repository.write(
        "manifests/shop/bad.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n",
    )
    assert repository.onestack("deploy", repository.stack).code == 1
    bad.unlink()
    repository.deploy()
    is_settled(repository, plane, "b", COUNT)


@pytest.mark.torture
def test_destroy_after_a_killed_deployment_leaves_nothing(repository: Clone, plane: Plane) -> None:
    kill_halfway(repository, plane, "deploy")
    repository.destroy()
    assert live(plane) == {}


@pytest.mark.torture
def test_a_killed_update_and_its_revert_end_in_what_is_declared(repository: Clone, plane: Plane) -> None:
    repository.deploy()
    write(repository, COUNT, value="new")
    kill_halfway(repository, plane, "deploy", value="new")
    write(repository, COUNT)
    plain = repository.shell("pulumi up --yes --skip-preview --non-interactive")
    assert plain.code != 0
    assert "changed since the state was written: ConfigMap recovery/c" in plain.out + plain.err
    assert "onestack deploy test" in plain.out + plain.err
    repository.deploy()
    is_settled(repository, plane, "b", COUNT)


@pytest.mark.torture
def test_plain_pulumi_finishes_too_what_was_killed(repository: Clone, plane: Plane) -> None:
    kill_halfway(repository, plane, "deploy")
    write(repository, COUNT - 1)
    done = repository.shell("pulumi up --yes --skip-preview --non-interactive")
    assert done.code == 0, done.out + done.err
    write(repository, COUNT - 1, value="new")
    kill_halfway(repository, plane, "deploy", value="new")
    write(repository, COUNT - 1, value="b")
    done = repository.shell(
        "pulumi refresh --yes --skip-preview --non-interactive >&2\n"
        "pulumi up --yes --skip-preview --non-interactive"
    )
    assert done.code == 0, done.out + done.err
    assert live(plane) == {f"c{number}": "b" for number in range(COUNT - 1)}
    repository.deploy()
    is_settled(repository, plane, "b", COUNT - 1)


@pytest.mark.torture
def test_after_a_killed_destroy_what_is_gone_is_made_again(repository: Clone, plane: Plane) -> None:
    repository.deploy()
    kill_halfway(repository, plane, "destroy")
    repository.deploy()
    is_settled(repository, plane, "b", COUNT)


@pytest.mark.torture
def test_a_killed_plain_pulumi_is_finished_by_onestack(repository: Clone, plane: Plane) -> None:
    repository.deploy()
    repository.destroy()
    exports = repository.onestack("env", repository.stack).out
    victim = subprocess.Popen(
        ["/bin/sh", "-c", f"{exports}\nexec pulumi up --yes --skip-preview --non-interactive"],
        cwd=repository.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not live(plane) and victim.poll() is None:
        pass
    kill_tree(victim)
    repository.deploy()
    is_settled(repository, plane, "b", COUNT)
    state = repository.root / ".onestack/state/.pulumi/stacks/onestack/test.json"
    assert b"pending_operations" not in state.read_bytes()


def test_what_somebody_deleted_by_hand_is_made_again(repository: Clone, plane: Plane) -> None:
    write(repository, 3)
    repository.deploy()
    repository.shell(f"kubectl -n {NAMESPACE} delete configmap c1")
    assert repository.planned()[f"ConfigMap {NAMESPACE}/c1"] == "create"
    repository.deploy()
    is_settled(repository, plane, "b", 3)


def test_nothing_of_others_is_taken_over(repository: Clone, plane: Plane) -> None:
    kill_halfway(repository, plane, "deploy")
    repository.shell("kubectl -n default create configmap stranger --from-literal=a=theirs")
    stranger = repository.write(
        "manifests/shop/stranger.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stranger, namespace: default}\ndata: {a: ours}\n",
    )
    refused = repository.onestack("deploy", repository.stack)
    assert refused.code == 1
    assert "ConfigMap default/stranger" in refused.err
    stranger.unlink()
    repository.deploy()
    theirs = repository.shell("kubectl -n default get configmap stranger -o jsonpath={.data.a}")
    assert theirs.out.endswith("theirs")
    repository.shell("kubectl -n default delete configmap stranger")
