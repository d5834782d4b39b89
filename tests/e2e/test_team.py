"""From pull request to production and back by the workflows' own commands, on a real cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
import yaml

from onestack.local.plane import Plane
from tests.e2e.clone import Finished
from tests.e2e.team import Team, team

NAMESPACE = "{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}\n"
PRICES = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: prices, namespace: {name}}}
data: {{book: "{price}"}}
"""
SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: "registry.example/shop"}]}
"""
ACCEPTANCE = """
def test_no_book_is_a_gift(stack, cluster):
    for prices in stack.declared("ConfigMap"):
        live = cluster.get("ConfigMap", prices["metadata"]["name"], prices["metadata"]["namespace"])
        assert int(live["data"].get("book", "1")) > 0, "a book costs nothing"
"""

HEAD = "github.event.workflow_run.head_sha"


def _window(around: datetime) -> dict[str, str]:
    """A window that is open now, on a wall in Berlin or anywhere else: half a day on both sides."""
    start, end = around - timedelta(hours=12), around + timedelta(hours=12)
    return {"from": f"{start:%Y-%m-%d %H:%M}", "to": f"{end:%Y-%m-%d %H:%M}", "zone": "UTC"}


@pytest.fixture
def shop(tmp_path: Path, plane: Plane) -> Iterator[Team]:
    """A team with one stack, behind gates: a window, and an approval of every plan by Bob."""
    settings = {
        "manifests": {"applications": {"shop": None}},
        "gates": {
            "windows": {"allow": [_window(datetime.now(UTC))]},
            "approvals": {"required": 1, "approvers": ["bob"], "when": "always"},
            "clock": "trust",
        },
        "delivery": {"github": "acme/bookshop", "revert": True},
        "notify": {"slack": {"channel": "#deployments"}},
    }
    with team(tmp_path, plane.kubeconfig, {"prod": settings}) as one:
        one.checkout.write("manifests/shop/namespace.yaml", NAMESPACE.format(name="team-shop"))
        one.checkout.write("manifests/shop/prices.yaml", PRICES.format(name="team-shop", price=10))
        one.checkout.write("acceptance/test_prices.py", ACCEPTANCE)
        one.publish("A shop")
        assert one.onestack("preview", "prod").code == 0  # writes the salt of its secrets, to be committed
        one.publish("The shop")
        yield one
        assert one.onestack("destroy", "prod").code == 0


def _ok(done: list[Finished]) -> None:
    assert [one.code for one in done] == [0] * len(done), done[-1].err


def _preview(shop: Team, number: int, *stacks: str) -> None:
    """What the workflows do for a pull request, in their order."""
    shop.git("fetch", "--quiet", "origin")
    head = shop.git("rev-parse", f"origin/{shop.hub.people.pull(number)['head']['ref']}")
    shop.git("checkout", "--quiet", "--detach", "origin/main")
    shop.git("merge", "--quiet", "--no-edit", head)  # as GitHub checks a pull request out
    actions = shop.actions(number)
    _ok(actions.job("preview", "check"))
    for stack in stacks:
        _ok(actions.job("preview", "plan", **{"matrix.stack": stack}))
    shop.git("checkout", "--quiet", "--detach", "origin/main")  # what comments runs main's own code
    for stack in stacks:
        _ok(actions.job("comment", "plan", **{"matrix.stack": stack, HEAD: head}))


def _plan(shop: Team, number: int) -> str:
    """The digest that the one comment on a pull request names."""
    (comment,) = [body for body in shop.hub.people.bodies(number) if body.startswith("<!-- onestack:preview")]
    return next(word for word in comment.split() if word.strip("`").startswith("sha256:")).strip("`")


def _deploy(shop: Team, stack: str = "prod") -> Finished:
    """What the deployment's workflow does; a closed gate is no failure of its job."""
    (deployed,) = shop.actions().job("deploy", "deploy", **{"inputs.stack": stack})
    return deployed


def _objects(shop: Team) -> list[object]:
    """What is live of the shop, without what every write changes."""
    settings = yaml.safe_load((shop.root / "stacks/Pulumi.prod.yaml").read_text())["config"]
    path = settings["onestack:kubeconfig"]["path"]
    done = shop.checkout.run(f"kubectl --kubeconfig {path} -n team-shop get configmaps,deployments -o json")
    return [
        (one["kind"], one["metadata"]["name"], one["metadata"]["labels"], one.get("data"), one.get("spec"))
        for one in done.document()["items"]
        if one["metadata"]["name"] != "kube-root-ca.crt"
    ]


def _said(shop: Team) -> list[str]:
    """What the channel heard, without commits and seconds; the last word of a thread stands twice."""
    texts = [text for one in shop.channel.said for text in one.history]
    plain = [re.sub(r" in \d+ s|(?<=: )[0-9a-f]{12} ", "", text) for text in texts]
    return [text for text, _same in groupby(plain)]


def test_a_change_goes_to_production_and_a_bad_one_comes_back(shop: Team) -> None:
    first = _deploy(shop)
    assert first.code == 0, "a closed gate is no failure of the job"
    assert "approvals" in first.err
    assert shop.onestack("deploy", "prod", "--override", "the first deployment").code == 0

    # A pull request is previewed, commented, tried and approved; merged, it is deployed.
    base = shop.git("rev-parse", "origin/main")
    raised = PRICES.format(name="team-shop", price=12)
    number = shop.propose("Raise the price", {"manifests/shop/prices.yaml": raised})
    _ok(shop.actions(number).job("preview", "trial", **{"github.event.pull_request.base.sha": base}))
    _preview(shop, number, "prod")
    seal = _plan(shop, number)
    _ok(shop.actions(number).job("comment", "trial", **{HEAD: shop.hub.people.pull(number)["head"]["sha"]}))
    (tried,) = [body for body in shop.hub.people.bodies(number) if body.startswith("<!-- onestack:trial")]
    assert "clean" in tried
    shop.hub.people.say(number, "ada", f"/approve {seal}")  # who wrote it is no approver
    commit = shop.merge(number)
    assert "approvals" in _deploy(shop).err
    shop.hub.people.say(number, "bob", f"/approve {seal}")
    deployed = _deploy(shop)
    assert deployed.code == 0, deployed.err
    good = _objects(shop)
    (opened, succeeded) = shop.ledger("prod")[-2:]
    assert opened["state"] == "stopped"
    assert (succeeded["state"], succeeded["commit"], succeeded["plan"]) == ("succeeded", commit, seal)
    assert [one["by"] for one in succeeded["approvals"]] == ["bob"]
    assert succeeded["tests"] == {"passed": 1, "failed": 0, "skipped": 0}

    # A bad one passes its gates, and fails its acceptance test: its way back is proposed.
    bad = PRICES.format(name="team-shop", price=0)
    number = shop.propose("Books for nothing", {"manifests/shop/prices.yaml": bad})
    _preview(shop, number, "prod")
    shop.hub.people.review(number, "bob", f"/approve {_plan(shop, number)}")
    shop.merge(number)
    failed = _deploy(shop)
    assert failed.code == 1
    assert "a book costs nothing" in failed.err
    back = max(shop.hub.people.pulls)
    assert shop.hub.people.pull(back)["title"] == f"Roll prod back to {commit[:12]}"

    # Approved and merged, it is deployed like any other, and the cluster is what it was.
    _preview(shop, back, "prod")
    shop.hub.people.review(back, "bob", f"/approve {_plan(shop, back)}")
    shop.merge(back)
    returned = _deploy(shop)
    assert returned.code == 0, returned.err
    assert _objects(shop) == good
    states = [one["state"] for one in shop.ledger("prod")]
    assert states == ["stopped", "succeeded", "stopped", "succeeded", "failed", "succeeded"]
    assert _said(shop) == [
        "⏳ prod: waiting for approvals: The shop",
        "▶ prod: deployment started: The shop",
        "✅ prod: deployed: The shop",
        "⏳ prod: waiting for approvals: Raise the price (#1)",
        "▶ prod: deployment started: Raise the price (#1)",
        "✅ prod: deployed: Raise the price (#1)",
        "▶ prod: deployment started: Books for nothing (#2)",
        "❌ prod: deployment failed: Books for nothing (#2)",
        f"▶ prod: deployment started: Roll prod back to {commit[:12]} (#3)",
        f"✅ prod: deployed: Roll prod back to {commit[:12]} (#3)",
    ]
    assert [[one["state"] for one in said] for said in shop.hub.people.said.values()] == [
        ["in_progress", "success"],
        ["in_progress", "success"],
        ["in_progress", "failure"],
        ["in_progress", "success"],
    ]
    assert len(shop.hub.people.bodies(1)) == 4, "two comments of ours, two of theirs"


STACKS = ("dev", "staging", "prod")


@pytest.fixture
def three(tmp_path: Path, plane: Plane) -> Iterator[Team]:
    """A team with three stacks of one application, each with an overlay and a namespace of its own."""
    settings = {"manifests": {"applications": {"shop": None}}, "delivery": {"github": "acme/bookshop"}}
    overlaid = {"manifests": {"applications": {"shop": {"overlay": "dev"}}}}
    with team(tmp_path, plane.kubeconfig, dict.fromkeys(STACKS, settings), overlaid) as one:
        one.checkout.write("manifests/shop/base/shop.yaml", SHOP)
        one.checkout.write("manifests/shop/base/kustomization.yaml", "resources: [shop.yaml]\n")
        for stack in STACKS:
            one.checkout.write(f"manifests/shop/overlays/{stack}/kustomization.yaml", _overlay(stack, "1.0"))
            namespace = NAMESPACE.format(name=f"promoted-{stack}")
            one.checkout.write(f"manifests/shop/overlays/{stack}/namespace.yaml", namespace)
        one.publish("The shop, three times")
        yield one  # What it leaves goes with the worker's control plane.


def _overlay(stack: str, tag: str) -> str:
    return yaml.safe_dump(
        {
            "resources": ["../../base", "namespace.yaml"],
            "namespace": f"promoted-{stack}",
            "images": [{"name": "registry.example/shop", "newTag": tag}],
        }
    )


def _image(one: Team, stack: str) -> str:
    settings = yaml.safe_load((one.root / f"stacks/Pulumi.{stack}.yaml").read_text())["config"]
    path = settings["onestack:kubeconfig"]["path"]
    asked = "-o jsonpath={.spec.template.spec.containers[0].image}"
    done = one.checkout.run(f"kubectl --kubeconfig {path} -n promoted-{stack} get deployment shop {asked}")
    assert done.code == 0, done.err
    return done.out.rpartition(":")[2]


def test_one_image_tag_is_promoted_by_pull_requests(three: Team) -> None:
    for stack in STACKS:
        assert _deploy(three, stack).code == 0
    for done, stack in enumerate(STACKS):
        number = three.propose(
            f"Promote 2.0 to {stack}",
            {f"manifests/shop/overlays/{stack}/kustomization.yaml": _overlay(stack, "2.0")},
        )
        # Of the first one every stack is looked at: it changes one of them.
        looked_at = STACKS if not done else (stack,)
        _preview(three, number, *looked_at)
        comments = three.hub.people.bodies(number)
        assert len(comments) == len(looked_at)
        changing = [body for body in comments if "registry.example/shop:2.0" in body]
        assert [body.splitlines()[0] for body in changing] == [f"<!-- onestack:preview {stack} -->"]
        three.merge(number)
        assert _deploy(three, stack).code == 0
        assert [_image(three, one) for one in STACKS] == [
            "2.0" if STACKS.index(one) <= done else "1.0" for one in STACKS
        ]
    assert [len(three.ledger(stack)) for stack in STACKS] == [2, 2, 2]
    states = {one["state"] for _, one in three.hub.people.statuses}
    assert states <= {"pending", "success"}
