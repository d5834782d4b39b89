"""A plan of a real stack: three-way fields, losses, risks, no secret, and a seal that holds elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from onestack import plan as plans
from onestack.local.plane import Plane
from onestack.plan import Change, Missing, Plan
from tests.e2e.clone import Clone, clone

pytestmark = pytest.mark.e2e

OLD, NEW = "pw-that-was-0123", "pw-that-comes-4567"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: planned}\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "example.org/web:1.0.0", envFrom: [{secretRef: {name: key}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: "${secrets:password}"}
"""
STORE = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec: {containers: [{name: store, image: "example.org/store:1.0.0"}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
TAKEN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: taken}\n"


@dataclass(frozen=True)
class Said:
    """What a preview came to, and all that it printed and wrote."""

    plan: Plan
    document: dict[str, Any]
    markdown: str
    everything: str

    def change(self, kind: str) -> Change:
        (found,) = (one for one in self.plan.changes if one.kind == kind)
        return found


def preview(made: Clone, *options: str) -> Said:
    comment, sealed = made.root / ".onestack" / "comment.md", made.root / ".onestack" / "plan.json"
    done = made.onestack(
        "preview", made.stack, "--json", "--markdown", str(comment), "--plan", str(sealed), *options
    )
    assert done.code == 0, done.err
    plan, document = plans.read(sealed.read_bytes()), done.document()
    assert document["plan"] == json.loads(sealed.read_bytes())
    everything = "\n".join((done.out, done.err, comment.read_text(), sealed.read_text()))
    return Said(plan, document, comment.read_text(), everything)


@pytest.fixture
def deployed(tmp_path: Path, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clone]:
    """A small application with a secret and a store, live and committed."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of-this-test-alone")
    made = clone(tmp_path / "repository", plane.kubeconfig, "plan")
    made.applications(shop="planned")
    made.write(".gitignore", ".onestack/\n__pycache__/\n")
    for name, text in (("namespace", NAMESPACE), ("web", WEB), ("store", STORE)):
        made.write(f"manifests/shop/{name}.yaml", text)
    secret(made, OLD)
    made.deploy()
    commit(made)
    yield made
    made.onestack("destroy", made.stack)


def secret(made: Clone, value: str) -> None:
    done = made.shell(
        f"pulumi stack select --create {made.stack}; "
        f"printf %s {value} | pulumi config set --secret secrets:password"
    )
    assert done.code == 0, done.err


def commit(made: Clone) -> None:
    who = "-c user.name=a -c user.email=a@example.org -c commit.gpgsign=false"
    done = made.run(f"git init -q . && git add -A && git {who} commit -qm change")
    assert done.code == 0, done.err


def test_a_plan_of_a_real_stack(deployed: Clone) -> None:
    nothing = preview(deployed)
    assert nothing.plan.empty
    assert nothing.plan.commit is not None
    assert "nothing changes" in nothing.markdown

    # An image and a secret in git, replicas behind its back, a store that goes, a name that is taken.
    done = deployed.shell(
        "kubectl -n planned scale deployment web --replicas=4 && kubectl -n planned create configmap taken"
    )
    assert done.code == 0, done.err
    deployed.write("manifests/shop/web.yaml", WEB.replace("web:1.0.0", "web:1.0.1"))
    deployed.write("manifests/shop/taken.yaml", TAKEN)
    (deployed.root / "manifests" / "shop" / "store.yaml").unlink()
    secret(deployed, NEW)
    said = preview(deployed)
    assert_told(said)

    # A part and the whole come to the same.
    whole = preview(deployed, "--full")
    assert whole.plan == said.plan
    assert plans.digest(whole.plan) == plans.digest(said.plan)
    elsewhere(deployed, said)


def assert_told(said: Said) -> None:
    web = {one.path: one for one in said.change("Deployment").fields}
    image = web["spec.template.spec.containers[0].image"]
    assert (image.before, image.after, image.live) == (
        "example.org/web:1.0.0",
        "example.org/web:1.0.1",
        "example.org/web:1.0.0",
    )
    drift = web["spec.replicas"]
    assert (drift.before, drift.after, drift.live, drift.drifted) == (1, 1, 4, True)
    (key,) = (one for one in said.change("Secret").fields if one.path == "data.password")
    assert (key.before, key.after, key.live) == (Missing.HIDDEN,) * 3
    store = said.change("StatefulSet")
    assert store.op == "delete"
    assert store.destroys[0].startswith("the pods that use the claims data of 1 pod; those stay")
    assert [(one.rule, one.subject) for one in said.plan.grave] == [
        ("deletes-data", "StatefulSet planned/store")
    ]
    reached = {
        one.name: one.kind for one in said.plan.reach.graph.resources if one.id in said.plan.reach.reached
    }
    assert reached == {"planned/web": "Service"}
    unchecked = {one.what: one.why for one in said.plan.unchecked}
    assert "isn't this stack's" in unchecked["ConfigMap planned/taken"]
    assert "files that are not committed" in unchecked
    assert said.plan.commit is None
    # What programs read since before there were plans.
    assert {"changes", "steps", "warnings"} <= said.document.keys()
    assert said.document["changes"]["delete"] == 1
    assert f"`{plans.digest(said.plan)}`" in said.markdown
    assert OLD not in said.everything
    assert NEW not in said.everything


def elsewhere(deployed: Clone, said: Said) -> None:
    """The seal in another clone: of the tree and the state, not of the commit, the place or the time."""
    folder = deployed.root.parent / "elsewhere"
    shutil.copytree(deployed.root, folder, symlinks=True)
    other = Clone(folder, deployed.stack)
    commit(other)
    there = preview(other)
    assert there.plan.commit is not None
    assert plans.digest(there.plan) == plans.digest(said.plan)

    shutil.rmtree(folder / ".git")
    loose = preview(other)
    assert loose.plan.tree.startswith("files:")
    assert any("not under git" in one.why for one in loose.plan.unchecked)

    urn = said.change("Deployment").urn
    done = other.shell(f"pulumi state protect --yes '{urn}'")
    assert done.code == 0, done.err
    moved = preview(other)
    assert moved.plan.state != loose.plan.state
    assert plans.digest(moved.plan) != plans.digest(loose.plan)
