"""What an object is, through changes of version, namespace and place: planned and done by the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone

pytestmark = pytest.mark.e2e

SPACE = "identity"
RECORD = "ConfigMap onestack-system/onestack-release-test"

Document = dict[str, Any]

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.org/web:1.0.0", resources: {requests: {cpu: 1m}}}]}
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: blue}\n"

HOOK = """\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: migrate, image: "example.org/web:1.0.0"}]}
"""


def namespace(name: str) -> str:
    return f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n"


def scaler(version: str) -> str:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec: Document = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 3}
    if version == "v1":
        spec["targetCPUUtilizationPercentage"] = 80
    else:
        cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
        spec["metrics"] = [{"type": "Resource", "resource": cpu}]
    document = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": spec}
    return yaml.safe_dump({"apiVersion": f"autoscaling/{version}", **document})


def definition() -> str:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [
        {"name": name, "served": True, "storage": name == "v1", "schema": schema}
        for name in ("v1", "v1alpha1")
    ]
    names = {"kind": "Book", "plural": "books", "singular": "book"}
    spec = {"group": "identity.example.org", "scope": "Namespaced", "names": names, "versions": versions}
    metadata = {"name": "books.identity.example.org"}
    kind = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return yaml.safe_dump({**kind, "metadata": metadata, "spec": spec})


def book(version: str) -> str:
    head = {"apiVersion": f"identity.example.org/{version}", "kind": "Book", "metadata": {"name": "novel"}}
    return yaml.safe_dump({**head, "spec": {"title": "The same"}})


def lay(made: Clone, *documents: str) -> None:
    made.write("manifests/shop/all.yaml", "---\n".join(documents))


def uids(plane: Plane) -> set[str]:
    """What tells the two objects of interest from others of their name."""

    async def get() -> set[str]:
        async with Client(connect(plane.kubeconfig), user_agent="test") as client:
            paths = (
                f"/apis/autoscaling/v2/namespaces/{SPACE}/horizontalpodautoscalers/web",
                f"/apis/identity.example.org/v1/namespaces/{SPACE}/books/novel",
            )
            return {str((await client.request("GET", path))["metadata"]["uid"]) for path in paths}

    return answered(get())


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A repository with one application, not deployed."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=SPACE)
    yield made
    made.destroy()


@pytest.mark.torture
def test_a_new_version_of_an_object_is_an_update_of_it(repository: Clone, plane: Plane) -> None:
    # A kind and its objects, in the first run of all and in its preview.
    lay(repository, namespace(SPACE), definition(), book("v1alpha1"), WEB, scaler("v1"))
    planned = repository.planned()
    assert planned[f"Book {SPACE}/novel"] == "create"
    assert set(planned.values()) == {"create"}
    repository.deploy()
    assert repository.planned() == {}
    before = uids(plane)

    lay(repository, namespace(SPACE), definition(), book("v1"), WEB, scaler("v2"))
    assert repository.planned() == {
        f"Book {SPACE}/novel": "update",
        f"HorizontalPodAutoscaler {SPACE}/web": "update",
        RECORD: "update",
    }
    assert repository.deploy()["changes"].keys() == {"same", "update"}
    assert uids(plane) == before
    assert repository.planned() == {}

    # And back, by way of plain pulumi, which knows the same.
    lay(repository, namespace(SPACE), definition(), book("v1alpha1"), WEB, scaler("v1"))
    done = repository.shell("pulumi up --yes --skip-preview --non-interactive --json >&2")
    assert done.code == 0, done.err
    assert uids(plane) == before
    assert repository.planned() == {}


@pytest.mark.torture
def test_another_namespace_is_other_objects(repository: Clone) -> None:
    lay(repository, namespace(SPACE), SETTINGS, WEB)
    repository.deploy()
    lay(repository, namespace("renamed"), SETTINGS, WEB)
    repository.applications(shop="renamed")
    objects = ("ConfigMap {}/settings", "Deployment {}/web", "Namespace {}")
    assert repository.planned() == {
        **{one.format("renamed"): "create" for one in objects},
        **{one.format(SPACE): "delete" for one in objects},
        RECORD: "update",
    }
    repository.deploy()
    assert repository.planned() == {}


def test_an_object_that_moves_between_plain_yaml_kustomize_and_helm_plans_nothing(repository: Clone) -> None:
    folder = repository.root / "manifests/shop"
    lay(repository, namespace(SPACE), SETTINGS, WEB, HOOK)
    repository.deploy()

    repository.write("manifests/shop/kustomization.yaml", "resources: [all.yaml]\n")
    assert repository.planned() == {}

    (folder / "kustomization.yaml").unlink()
    (folder / "all.yaml").unlink()
    repository.write("manifests/shop/helm.yaml", "chart: chart\nrelease: shop\n")
    repository.write("manifests/shop/chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    repository.write(
        "manifests/shop/chart/templates/all.yaml", "---\n".join((namespace(SPACE), SETTINGS, WEB, HOOK))
    )
    assert repository.planned() == {}
