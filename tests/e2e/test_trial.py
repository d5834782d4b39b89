"""Trials on real control planes: a good upgrade, one that loses data, one without return, a refused one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import git
import psutil
import pytest

from onestack import trial as trials
from onestack.local.toolchain import Toolchain
from tests.e2e.clone import Clone, Finished, clone

pytestmark = pytest.mark.e2e

STACK = """\
config:
  onestack:platform: kubeconfig
  onestack:kubeconfig:
    path: nowhere
  onestack:manifests:
    applications:
      shop: null
    knownKinds:
      Certificate.cert-manager.io: Namespaced
  secrets:token:
    secure: v1:aaaaaaaaaaaaaaaa:bm9ib2R5IGNhbiByZWFkIHRoaXM=
encryptionsalt: v1:AAAAAAAAAAA=:v1:AAAAAAAAAAAAAAAA:bm9ib2R5IGNhbiByZWFkIHRoaXMgbm9ib2R5
"""
SHOP = """\
apiVersion: v1
kind: Namespace
metadata: {{name: shop}}
---
apiVersion: v1
kind: Secret
metadata: {{name: token, namespace: shop}}
stringData: {{token: "${{secrets:token}}"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: web:{image}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data, namespace: shop}}
spec:
  accessModes: [{access}]
  resources: {{requests: {{storage: 1Gi}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {{name: web, namespace: shop}}
spec: {{secretName: web-tls}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: offers.shop.example.com}}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {{kind: Offer, plural: offers, singular: offer}}
  versions:{versions}
"""
VERSION = """
    - name: {name}
      served: true
      storage: {stored}
      schema: {{openAPIV3Schema: {{type: object}}}}"""
BOTH = VERSION.format(name="v1", stored="false") + VERSION.format(name="v2", stored="true")
REFUSED = """
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: 203.0.113.1
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: web, namespace: shop}
spec: {hard: {pods: "-1"}}
"""
TESTS = """
import os

def test_what_is_new_runs(cluster):
    (container,) = cluster.get("Deployment", "web", "shop")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:2"

def test_it_answers(address):
    address("web", "shop")
"""
TELLS = """
import json, os
from pathlib import Path
from psutil import Process

starters = [one.environ() for one in Process().parents() if "trial" in one.cmdline()[:4]]
told = {"program": dict(os.environ), "starters": starters}
(Path(os.environ["TMPDIR"]) / "told").write_text(json.dumps(told))
"""
ROLLBACK = """
import json, os
from dataclasses import asdict
from pathlib import Path
from onestack.progress import Silent
from onestack.trial import way_back

class Quiet(Silent):
    def hide(self, mask): pass

before = dict(os.environ)
found = way_back(Path.cwd(), "test", Quiet(), base="definition", over="main")
assert dict(os.environ) == before
print(json.dumps(asdict(found)))
"""
CREDENTIALS = {
    "AWS_SECRET_ACCESS_KEY": "canary-aws",
    "GITHUB_TOKEN": "canary-github",
    "PULUMI_ACCESS_TOKEN": "canary-pulumi",
    "PULUMI_CONFIG_PASSPHRASE": "canary-passphrase",
    "MY_OWN_SECRET": "canary-own",
    "KUBECONFIG": "/canary-kubeconfig",
}


def shop(image: str = "1", access: str = "ReadWriteOnce", versions: str = BOTH) -> str:
    """The manifests of a revision."""
    return SHOP.format(image=image, access=access, versions=versions)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Clone:
    """Branches ``main``, ``claim`` and ``definition`` are bases of what lies in the working tree."""
    made = clone(tmp_path_factory.mktemp("trial") / "repository", Path("nowhere"))
    made.write("stacks/Pulumi.test.yaml", STACK)
    made.write("acceptance/test_shop.py", TESTS)
    made.write(".gitignore", ".onestack/\n__pycache__/\n")
    program = made.root / "__main__.py"
    program.write_text(TELLS + program.read_text().replace("from __future__", "# from __future__"))
    repository = git.Repo.init(made.root, initial_branch="main")
    repository.config_writer().set_value("user", "name", "Ada").set_value("user", "email", "a@b.c").release()
    one_version = VERSION.format(name="v1", stored="true")
    bases = {"main": shop(), "claim": shop(access="ReadWriteMany"), "definition": shop(versions=one_version)}
    for branch, manifests in bases.items():
        if branch != "main":
            repository.git.checkout("-b", branch, "main")
        made.write("manifests/shop/shop.yaml", manifests)
        repository.git.add("--all")
        repository.git.commit("-m", f"{branch} `<b>` @everybody")
    repository.git.checkout("-b", "feature", "main")
    made.write("manifests/shop/shop.yaml", shop(image="2"))
    return made


def run(repository: Clone, folder: Path, *arguments: str) -> Finished:
    """A trial with credentials in its environment and a folder of its own for what is temporary."""
    tried = process(repository, folder, "-m", "onestack", "trial", "--json", *arguments, **CREDENTIALS)
    assert "canary" not in tried.out + tried.err
    return tried


def process(repository: Clone, folder: Path, *arguments: str, **environment: str) -> Finished:
    """Python in the repository, with a folder for what is temporary."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=repository.root,
        env=os.environ | environment | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def the_trial(finished: Finished) -> trials.Trial:
    return trials.from_document(finished.document())


def said(found: tuple[trials.Said, ...]) -> str:
    return "\n".join(map(str, found))


@pytest.fixture(scope="module")
def tried(repository: Clone, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finished]:
    """Trials over two bases, and what a rollback asks, all at the same time in the same repository."""
    top = tmp_path_factory.mktemp("tried")

    def over(base: str) -> Finished:
        if base == "definition":
            return process(repository, top / base, "-c", ROLLBACK)
        more = ("--markdown", str(top / "comment.md")) if base == "main" else ("--base", base)
        return run(repository, top / base, "--require-way-back", *more)

    bases = ("main", "claim", "definition")
    with ThreadPoolExecutor() as pool:
        found = dict(zip(bases, pool.map(over, bases), strict=True))
    told = json.loads((top / "main" / "told").read_text())
    (top / "main" / "told").unlink()
    for base, ended in found.items():
        left = [one.name for one in (top / base).iterdir() if one.name != "told"]
        assert left == [], ended.err
    found["told"] = Finished(0, json.dumps(told), (top / "comment.md").read_text())
    return found


def test_a_good_upgrade(repository: Clone, tried: dict[str, Finished]) -> None:
    assert tried["main"].code == 0, tried["main"].err
    found = the_trial(tried["main"])
    assert [(step.name, step.outcome) for step in found.steps] == [
        ("base", "done"),
        ("revision", "done"),
        ("acceptance", "done"),
        ("way back", "done"),
    ]
    assert (found.acceptance.passed, found.acceptance.skipped) == (1, 1)
    assert found.way_back == trials.WayBack("clean")
    assert found.revision.changed
    assert {"Certificate.cert-manager.io", "secret values", "containers and traffic to pods"} <= {
        one.object for one in found.unseen
    }
    assert not (repository.root / ".onestack/state").exists()


def test_its_comment(tried: dict[str, Finished]) -> None:
    comment = tried["told"].err
    assert comment.startswith("<!-- onestack:trial test -->\n### ✅ ")
    assert "@everybody" not in comment
    assert "| way back | ✅ clean |" in comment


def test_no_credentials_are_there_to_be_found(tried: dict[str, Finished]) -> None:
    told = tried["told"].document()
    (starter,) = told["starters"]
    assert starter["TMPDIR"] == told["program"]["TMPDIR"]
    assert "canary" not in json.dumps(told)
    assert told["program"]["HOME"] != os.environ["HOME"]


def test_one_that_loses_data(tried: dict[str, Finished]) -> None:
    assert tried["claim"].code == 1, tried["claim"].err
    found = the_trial(tried["claim"])
    assert found.ok  # and yet the way back was required
    assert found.way_back.verdict == "lossy"
    assert "PersistentVolumeClaim shop/data: deleted and made anew" in said(found.way_back.reasons)


def test_a_rollback_without_return(tried: dict[str, Finished]) -> None:
    assert tried["definition"].code == 0, tried["definition"].err
    found = tried["definition"].document()
    assert found["verdict"] == "impossible"
    (reason,) = found["reasons"]
    assert reason["object"] == "CustomResourceDefinition offers.shop.example.com"
    assert "storedVersions" in reason["text"]


def test_one_that_is_refused(repository: Clone, tmp_path: Path) -> None:
    kept = (repository.root / "manifests/shop/shop.yaml").read_text()
    repository.write("manifests/shop/shop.yaml", kept + REFUSED)
    try:
        done = run(repository, tmp_path / "refused")
    finally:
        repository.write("manifests/shop/shop.yaml", kept)
    assert done.code == 1, done.err
    found = the_trial(done)
    assert {step.name: step.outcome for step in found.steps}["revision"] == "failed"
    assert {one.object for one in found.refused} == {"Service shop/web", "ResourceQuota shop/web"}
    assert "203.0.113.1" in said(found.refused)
    assert found.way_back.verdict == "clean"


def test_an_interrupted_one_leaves_nothing(repository: Clone, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "onestack", "trial"],
        cwd=repository.root,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        next(line for line in running.stderr if line.startswith("base, "))
        running.send_signal(signal.SIGTERM)  # which is not ignored where tests run in the background
        assert running.wait(60) == 130
    assert list(about(tmp_path)) == []
    assert [one.name for one in tmp_path.iterdir() if one.name != "told"] == []


def about(folder: Path) -> Iterator[str]:
    """The processes that have to do with a folder."""
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(folder) in line:
            yield line
