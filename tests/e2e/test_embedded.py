"""The whole way on the embedded control plane, with the repository's own manifests and settings."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.clone import PROGRAM, REPOSITORY, Clone

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """This repository as it stands, elsewhere, with a control plane of its own."""
    root = tmp_path_factory.mktemp("embedded") / "a clone"  # a path with a space in it is a path
    for name in (*PROGRAM, "stacks", "manifests"):
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / name)
    made = Clone(root, "local")
    yield made
    made.onestack("local", "reset")


@pytest.fixture(scope="module")
def live(repository: Clone) -> Clone:
    """Up and deployed."""
    up = repository.onestack("local", "up")
    assert up.code == 0, up.err
    deployed = repository.deploy()
    assert deployed["ready"] is True
    return repository


def test_before_it_was_started_the_next_step_is_named(repository: Clone) -> None:
    done = repository.onestack("deploy", "local")
    assert done.code == 4
    assert "onestack local up" in done.err
    assert repository.onestack("local", "status").code == 1


def test_everything_a_team_has_is_there_and_ready(live: Clone) -> None:
    kinds = {one["type"].rpartition(":")[2] for one in live.state()}
    assert kinds >= {
        "ConfigMap", "Secret", "Role", "RoleBinding", "ServiceAccount", "Ingress", "NetworkPolicy",
        "StatefulSet", "Job", "CronJob", "CustomResourceDefinition", "Promotion",
        "HorizontalPodAutoscaler", "PodDisruptionBudget", "PersistentVolumeClaim",
    }  # fmt: skip
    claims = live.shell("kubectl -n bookshop get pvc -o jsonpath='{.items[*].status.phase}'")
    assert set(claims.out.split()) == {"Bound"}


def test_plain_pulumi_and_kubectl_work_on_the_same_stack(live: Clone) -> None:
    done = live.shell("pulumi preview --expect-no-changes --non-interactive && kubectl get nodes -o name")
    assert done.code == 0, done.out + done.err
    assert "node/" in done.out
    record = live.shell("kubectl -n onestack-system get configmap onestack-release-local -o json")
    content = json.loads(record.out)
    assert content["metadata"]["annotations"]["onestack.dev/ready"] == content["data"]["digest"]


def test_again_changes_nothing_and_says_so(live: Clone) -> None:
    done = live.onestack("deploy", "local")
    assert done.code == 0
    assert "nothing changed" in done.err


def test_the_picture_of_the_plan_and_of_the_state_show_all_that_there_is(live: Clone) -> None:
    plan, state = (live.onestack("graph", "local", "--json", *more).document() for more in ([], ["--live"]))
    boxes = [[box for group in one["groups"] for box in group["boxes"]] for one in (plan, state)]
    objects = sum(one["type"].startswith("kubernetes:") for one in live.state())
    assert [sum(box["resources"] for box in held) for held in boxes] == [objects, objects]
    assert {box["title"] for box in boxes[0]} == {"bookshop", "monitoring", "onestack-system", "Cluster"}
    assert {"from": "g1_applications", "to": "b_cluster"} in plan["edges"]
    assert {"from": "g1_applications", "to": "b_cluster"} in state["edges"]


def test_a_killed_api_server_is_named_and_repaired(live: Clone) -> None:
    status = live.onestack("local", "status", "--json").document()
    (server,) = [one for one in status["components"] if one["name"] == "kube-apiserver"]
    os.kill(server["pid"], signal.SIGKILL)
    broken = live.onestack("local", "status")
    assert broken.code == 1
    assert "degraded" in broken.err
    failed = live.onestack("deploy", "local")
    assert failed.code == 4, failed.err
    assert "Traceback" not in failed.err
    assert live.onestack("local", "up").code == 0
    assert "nothing changed" in live.onestack("deploy", "local").err


def test_the_secrets_of_the_stack_are_in_the_cluster_and_in_no_state_and_no_output(live: Clone) -> None:
    config = json.loads(live.shell("pulumi config --show-secrets --json").out)
    secrets = [one["value"] for name, one in config.items() if name.startswith("secrets:")]
    assert len(secrets) == 3
    held = json.loads(live.shell("kubectl get secrets -n bookshop -o json").out)["items"]
    values = [base64.b64decode(value).decode() for one in held for value in one["data"].values()]
    assert set(secrets) <= set(values)
    state = "".join(
        file.read_text(errors="replace")
        for file in (live.root / ".onestack" / "state").rglob("*")
        if file.is_file()
    )
    rendered = live.shell("pulumi stack export; pulumi preview --diff --non-interactive").out
    for secret in secrets:
        assert secret not in state
        assert secret not in rendered


def test_destroy_leaves_nothing_of_ours_and_down_stops_all(live: Clone) -> None:
    done = live.shell(
        "pulumi destroy --yes --skip-preview --non-interactive && kubectl get namespaces -o name"
    )
    assert done.code == 0, done.out + done.err
    assert not {"namespace/bookshop", "namespace/monitoring", "namespace/onestack-system"} & set(
        done.out.split()
    )
    assert live.onestack("local", "down").code == 0
    assert live.onestack("local", "status", "--json").document()["state"] == "stopped"
    away = live.onestack("preview", live.stack)
    assert away.code == 4
    assert "'onestack local up' starts it" in away.err
