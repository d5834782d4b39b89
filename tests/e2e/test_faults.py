"""Bad input and faults: one clear message, the right exit code, no traceback, and running again works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, Finished, clone

pytestmark = pytest.mark.e2e

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: faults}\n"


def config_map(name: str) -> str:
    """A ConfigMap, the plainest object there is."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: b}}\n"


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A repository with one application, not deployed; taken down afterwards."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop="faults")
    made.write("manifests/shop/namespace.yaml", NAMESPACE)
    yield made
    if (made.root / ".onestack").exists():
        made.onestack("destroy", made.stack)


def said(done: Finished, code: int) -> str:
    """What a failed command said, having ended as it should."""
    assert done.code == code, (done.code, done.err)
    assert "Traceback" not in done.err
    return done.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: [\n", "manifests/shop/bad.yaml:2:1"),
        ("apiVersion: v1\nmetadata: {name: a}\n", "manifests/shop/bad.yaml:1:1"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "manifests/shop/bad.yaml:3:11"),
        (NAMESPACE, "manifests/shop/namespace.yaml"),
        (config_map("a").replace("v1", "v9"), "manifests/shop/bad.yaml:1:"),
    ],
    ids=["malformed", "no kind", "no name", "duplicate identity", "wrong API version"],
)
def test_bad_manifests_are_told_with_file_and_line(repository: Clone, text: str, expected: str) -> None:
    repository.write("manifests/shop/bad.yaml", text)
    for verb in ("check", "preview", "deploy"):
        assert expected in said(repository.onestack(verb, repository.stack), 1)
    (repository.root / "manifests/shop/bad.yaml").unlink()
    assert repository.onestack("check", repository.stack).code == 0


def test_plain_pulumi_says_it_too_and_without_a_traceback(repository: Clone) -> None:
    repository.onestack("preview", repository.stack)
    repository.write("manifests/shop/bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n")
    done = repository.shell("pulumi preview --non-interactive")
    assert done.code != 0
    assert "manifests/shop/bad.yaml:3:11" in done.out + done.err
    assert "Traceback" not in done.out + done.err


def test_a_field_that_the_api_server_rejects_names_object_and_reason(repository: Clone) -> None:
    repository.write(
        "manifests/shop/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {clusterIP: 192.0.2.1, selector: {app: web}, ports: [{port: 80}]}\n",
    )
    # Which addresses are its own, only the API server knows.
    message = said(repository.onestack("deploy", repository.stack), 1)
    assert "web" in message
    assert "192.0.2.1" in message
    repository.write(
        "manifests/shop/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {selector: {app: web}, ports: [{port: 80}]}\n",
    )
    assert repository.onestack("deploy", repository.stack).code == 0


def test_a_release_that_never_gets_ready_fails_and_the_next_run_waits_again(repository: Clone) -> None:
    file = repository.root / "stacks" / f"Pulumi.{repository.stack}.yaml"
    file.write_text(file.read_text().replace("timeoutSeconds: 240", "timeoutSeconds: 4"))
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "spec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {nodeSelector: {disk: none}, containers: [{name: web, image: example.org/web}]}\n"
    )
    repository.write("manifests/shop/web.yaml", deployment)
    message = said(repository.onestack("deploy", repository.stack), 1)
    assert "faults/web" in message
    # Nothing differs any more, yet the run must not pass for that reason.
    assert repository.planned() == {"ConfigMap onestack-system/onestack-release-test": "update"}
    assert "faults/web" in said(repository.onestack("deploy", repository.stack), 1)
    assert repository.shell("pulumi up --yes --skip-preview --non-interactive").code != 0
    repository.write("manifests/shop/web.yaml", deployment.replace("nodeSelector: {disk: none}, ", ""))
    assert repository.onestack("deploy", repository.stack).code == 0
    assert repository.planned() == {}


def test_a_cluster_that_is_down_is_unavailable(repository: Clone, tmp_path: Path) -> None:
    kubeconfig = repository.root / "down.kubeconfig"
    kubeconfig.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "a",
                "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:9"}}],
                "users": [{"name": "a", "user": {"token": "not-a-real-token"}}],
                "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            }
        )
    )
    file = repository.root / "stacks" / f"Pulumi.{repository.stack}.yaml"
    settings = file.read_text()
    lines = [
        "    path: down.kubeconfig" if line.strip().startswith("path: ") and "kubeconfig" in line else line
        for line in settings.splitlines()
    ]
    file.write_text("\n".join(lines))
    message = said(repository.onestack("deploy", repository.stack), 4)
    assert "127.0.0.1:9" in message
    assert "not-a-real-token" not in message
    file.write_text(settings)
    assert repository.onestack("deploy", repository.stack).code == 0


def test_a_stack_that_is_not_there_and_a_folder_outside_are_usage_errors(
    repository: Clone, tmp_path: Path
) -> None:
    assert "stacks of this repository: test" in said(repository.onestack("deploy", "nosuch"), 2)
    outside = subprocess.run(
        [sys.executable, "-m", "onestack", "--root", str(tmp_path), "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outside.returncode == 2
    assert "--root" in outside.stderr


@pytest.mark.parametrize(
    "told",
    [
        signal.SIGINT,
        *(pytest.param(one, marks=pytest.mark.torture) for one in (signal.SIGTERM, signal.SIGHUP)),
    ],
)
def test_an_interrupted_deployment_ends_in_good_order_and_goes_on(repository: Clone, told: int) -> None:
    for number in range(40):
        repository.write(f"manifests/shop/c{number}.yaml", config_map(f"c{number}"))
    deployment = _started(repository, "deploy")
    assert deployment.stderr is not None
    next(line for line in deployment.stderr if "deploying:" in line)
    deployment.send_signal(told)
    _, err = deployment.communicate(timeout=120)
    assert deployment.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    repository.deploy()
    assert repository.planned() in ({}, {"kubernetes cluster": "update"})


LISTENING = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("onestack", run_name="__main__", alter_sys=True)
"""


def _started(repository: Clone, verb: str) -> subprocess.Popen[str]:
    """The command, running, with what it says to be read.

    It listens to SIGINT even where the tests were started in the background, which ignores it.
    """
    return subprocess.Popen(
        [sys.executable, "-c", LISTENING, verb, repository.stack],
        cwd=repository.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _fill(filler: Path) -> None:
    """Writes until the file system is full."""
    full = subprocess.run(
        ["dd", "if=/dev/zero", f"of={filler}", "bs=4096"], stderr=subprocess.PIPE, text=True, check=False
    )
    assert "No space left" in full.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can only be mounted by root")
def test_a_full_disk_is_told_and_running_again_works(tmp_path: Path, plane: Plane) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=True)
    try:
        made = clone(small / "repository", plane.kubeconfig)
        made.applications(shop="faults")
        made.write("manifests/shop/namespace.yaml", NAMESPACE)
        for number in range(10):
            made.write(f"manifests/shop/c{number}.yaml", config_map(f"c{number}"))
        assert made.onestack("tools").code == 0
        filler = small / "filler"
        _fill(filler)
        assert "disk is full" in said(made.onestack("deploy", made.stack), 4)
        filler.unlink()
        made.deploy()
        made.destroy()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
