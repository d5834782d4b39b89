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
from tests.e2e.team import HEAD, NAMESPACE, Team, ok, team

PRICES = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: prices, namespace: {name}}}
data: {{book: "{price}"}}
"""
ACCEPTANCE = """
def test_no_book_is_a_gift(stack, cluster):
    for prices in stack.declared("ConfigMap"):
        live = cluster.get("ConfigMap", prices["metadata"]["name"], prices["metadata"]["namespace"])
        assert int(live["data"].get("book", "1")) > 0, "a book costs nothing"
"""


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
    first = shop.deploy()
    assert first.code == 0, "a closed gate is no failure of the job"
    assert "approvals" in first.err
    assert shop.onestack("deploy", "prod", "--override", "the first deployment").code == 0

    # A pull request is previewed, commented, tried and approved; merged, it is deployed.
    base = shop.git("rev-parse", "origin/main")
    raised = PRICES.format(name="team-shop", price=12)
    number = shop.propose("Raise the price", {"manifests/shop/prices.yaml": raised})
    ok(shop.actions(number).job("preview", "trial", **{"github.event.pull_request.base.sha": base}))
    shop.preview(number, "prod")
    seal = shop.plan(number)
    ok(shop.actions(number).job("comment", "trial", **{HEAD: shop.hub.people.pull(number)["head"]["sha"]}))
    (tried,) = [body for body in shop.hub.people.bodies(number) if body.startswith("<!-- onestack:trial")]
    assert "clean" in tried
    shop.hub.people.say(number, "ada", f"/approve {seal}")  # who wrote it is no approver
    commit = shop.merge(number)
    assert "approvals" in shop.deploy().err
    shop.hub.people.say(number, "bob", f"/approve {seal}")
    deployed = shop.deploy()
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
    shop.preview(number, "prod")
    shop.hub.people.review(number, "bob", f"/approve {shop.plan(number)}")
    shop.merge(number)
    failed = shop.deploy()
    assert failed.code == 1
    assert "a book costs nothing" in failed.err
    back = max(shop.hub.people.pulls)
    assert shop.hub.people.pull(back)["title"] == f"Roll prod back to {commit[:12]}"

    # Approved and merged, it is deployed like any other, and the cluster is what it was.
    shop.preview(back, "prod")
    shop.hub.people.review(back, "bob", f"/approve {shop.plan(back)}")
    shop.merge(back)
    returned = shop.deploy()
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
