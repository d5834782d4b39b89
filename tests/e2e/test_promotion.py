"""One image tag goes from dev to staging to prod by pull requests, on a real cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from onestack.local.plane import Plane
from tests.e2e.team import NAMESPACE, Team, team

STACKS = ("dev", "staging", "prod")
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
        assert three.deploy(stack).code == 0
    for done, stack in enumerate(STACKS):
        number = three.propose(
            f"Promote 2.0 to {stack}",
            {f"manifests/shop/overlays/{stack}/kustomization.yaml": _overlay(stack, "2.0")},
        )
        # Of the first one every stack is looked at: it changes one of them.
        looked_at = STACKS if not done else (stack,)
        three.preview(number, *looked_at)
        comments = three.hub.people.bodies(number)
        assert len(comments) == len(looked_at)
        changing = [body for body in comments if "registry.example/shop:2.0" in body]
        assert [body.splitlines()[0] for body in changing] == [f"<!-- onestack:preview {stack} -->"]
        three.merge(number)
        assert three.deploy(stack).code == 0
        assert [_image(three, one) for one in STACKS] == [
            "2.0" if STACKS.index(one) <= done else "1.0" for one in STACKS
        ]
    assert [len(three.ledger(stack)) for stack in STACKS] == [2, 2, 2]
    states = {one["state"] for _, one in three.hub.people.statuses}
    assert states <= {"pending", "success"}
