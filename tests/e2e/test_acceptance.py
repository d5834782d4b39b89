"""Acceptance tests of a deployed stack: those that pass, fail, hang, break, and that aren't there."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, Finished, clone

pytestmark = pytest.mark.e2e

CANARY = "hunter2-and-more"
PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "of this test alone"}
MANIFESTS = """\
apiVersion: v1
kind: Namespace
metadata: {{name: {namespace}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: {namespace}}}
data: {{colour: blue}}
---
apiVersion: v1
kind: Secret
metadata: {{name: token, namespace: {namespace}}}
stringData: {{token: "${{secrets:token}}"}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: {namespace}}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}], type: LoadBalancer}}
"""
GOOD = """
import base64, os
import pytest

def test_what_it_is_told(stack):
    assert (stack.name, stack.project, stack.platform) == ("test", "onestack", "kubeconfig")
    assert stack.outputs["objects"] == 4
    assert stack.namespaces == {"shop": None}
    assert [one["data"] for one in stack.declared("ConfigMap")] == [{"colour": "blue"}]

def test_what_is_there(stack, cluster):
    namespace = stack.declared("Namespace")[0]["metadata"]["name"]
    assert cluster.get("ConfigMap", "settings", namespace)["data"] == {"colour": "blue"}
    assert "token" in {one["metadata"]["name"] for one in cluster.list("Secret", namespace)}
    with pytest.raises(LookupError):
        cluster.get("ConfigMap", "nowhere", namespace)
    cluster.wait_until(lambda: cluster.get("Service", "web", namespace)["spec"]["clusterIP"], seconds=5)

def test_it_answers(stack, address):
    address("web", stack.declared("Namespace")[0]["metadata"]["name"])

def test_no_passphrase_is_here():
    assert "PULUMI_CONFIG_PASSPHRASE" not in os.environ
    assert os.environ["ACCEPTANCE_USER"] == "ada"
"""
BAD = """
import base64

def test_the_token_is_another_one(stack, cluster):
    namespace = stack.declared("Namespace")[0]["metadata"]["name"]
    held = base64.b64decode(cluster.get("Secret", "token", namespace)["data"]["token"]).decode()
    print(held)
    assert held == "another"
"""
HANGS = """
import subprocess, time
from pathlib import Path

def test_that_never_ends():
    child = subprocess.Popen(["sleep", "1000"])
    Path(__file__).with_name("pid").write_text(str(child.pid))
    time.sleep(1000)
"""


@pytest.fixture(scope="module")
def deployed(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    made = clone(tmp_path_factory.mktemp("acceptance") / "repository", plane.kubeconfig)
    namespace = f"shop-{uuid.uuid4().hex[:8]}"
    made.write("manifests/shop/shop.yaml", MANIFESTS.format(namespace=namespace))
    made.applications(shop=None)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in PASSPHRASE.items():
            patched.setenv(name, value)
        secret = f"printf %s '{CANARY}' | pulumi config set --secret secrets:token"
        done = made.shell(f"pulumi stack init test >&2; {secret}")
        assert done.code == 0, done.err
        assert not list(made.root.glob("acceptance"))
        made.deploy()
        yield made
        made.destroy()


@pytest.fixture
def suite(deployed: Clone) -> Iterator[Path]:
    folder = deployed.root / "acceptance"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def verify(deployed: Clone, *arguments: str) -> Finished:
    done = deployed.onestack("verify", "test", *arguments, ACCEPTANCE_USER="ada")
    assert CANARY not in done.out + done.err
    return done


def test_a_suite_that_passes(deployed: Clone, suite: Path, tmp_path: Path) -> None:
    (suite / "test_good.py").write_text(GOOD)
    done = verify(deployed, "--json", "--junit", str(tmp_path / "junit.xml"))
    assert done.code == 0, done.err + done.out
    found = done.document()["acceptance"]
    assert (found["passed"], found["skipped"], found["failed"], found["errors"]) == (3, 1, 0, 0)
    (skipped,) = [one for one in found["cases"] if one["outcome"] == "skipped"]
    assert skipped["message"] == "pods are simulated here: nothing answers at an address"
    assert 'tests="4"' in (tmp_path / "junit.xml").read_text()
    assert sorted(one.name for one in suite.iterdir()) == ["test_good.py"]


def test_a_suite_that_fails_says_why_and_no_secret(deployed: Clone, suite: Path) -> None:
    (suite / "test_bad.py").write_text(BAD)
    (suite / "test_unreadable.py").write_text("import nothing_of_that_name\n")
    done = verify(deployed)
    assert done.code == 1
    assert "test_the_token_is_another_one: failed: AssertionError: assert '[secret]' == 'another'" in done.err
    assert "acceptance.test_unreadable: error: ModuleNotFoundError: No module named" in done.err
    assert "2 acceptance tests: 1 failed, 1 broken" in done.err
    junit = (deployed.root / ".onestack/acceptance/test.xml").read_text()
    assert "test_the_token_is_another_one" in junit
    assert CANARY not in junit


def test_one_that_hangs_is_ended_with_all_it_started(deployed: Clone, suite: Path) -> None:
    (suite / "test_hangs.py").write_text(HANGS)
    file = deployed.root / "stacks/Pulumi.test.yaml"
    settings = file.read_text()
    bounded = yaml.safe_load(settings)
    bounded["config"]["onestack:acceptance"] = {"timeoutSeconds": 10}
    file.write_text(yaml.safe_dump(bounded))
    try:
        done = verify(deployed)
    finally:
        file.write_text(settings)
    assert done.code == 1
    assert "did not end within 10 s, and were ended" in done.err
    assert "because: acceptance/test_hangs.py::test_that_never_ends was running" in done.err
    child = int((suite / "pid").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({}, 0, "no acceptance tests: acceptance/ holds no test"),
        ({"test_out.py": "import os\ndef test_out():\n    os._exit(0)\n"}, 1, "ended with code 0"),
        ({"test_out.py": "import os\ndef test_out():\n    os.abort()\n"}, 1, "killed by signal 6"),
        ({"pytest.ini": "[pytest]\naddopts = --nothing\n"}, 1, "pytest was called wrongly"),
    ],
    ids=["empty", "slips away", "crashes", "is called wrongly"],
)
def test_one_that_runs_no_tests(
    deployed: Clone, suite: Path, files: dict[str, str], code: int, said: str
) -> None:
    for name, text in files.items():
        (suite / name).write_text(text)
    done = verify(deployed)
    assert (done.code, said in done.err) == (code, True), done.err


def test_no_folder_is_no_failure_and_one_elsewhere_is_refused(deployed: Clone) -> None:
    done = verify(deployed)
    assert done.code == 0
    assert "no acceptance tests: there is no folder acceptance/" in done.err
    (deployed.root / "acceptance").symlink_to("/")
    try:
        refused = verify(deployed)
    finally:
        (deployed.root / "acceptance").unlink()
    assert refused.code == 2
    assert "leads out of the repository" in refused.err
