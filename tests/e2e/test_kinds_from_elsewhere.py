"""Custom resources whose CustomResourceDefinition somebody else has put into the cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from onestack.local.plane import Plane
from tests.e2e.clone import Clone, clone

NAMESPACE = "kinds-from-elsewhere"
GROUP = "elsewhere.example.com"

pytestmark = pytest.mark.e2e


def definition(kind: str, scope: str) -> str:
    """A kind that is served in two versions, without a schema of its fields."""
    plural = f"{kind.lower()}s"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [
        {"name": name, "served": True, "storage": name == "v1", "schema": schema}
        for name in ("v1", "v1beta1", "v3")
    ]
    body = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": scope,
            "names": {"kind": kind, "plural": plural},
            "versions": versions,
        },
    }
    return str(yaml.safe_dump(body))


def resource(kind: str, version: str, name: str, *, colour: str, namespace: str = "") -> str:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    body = {
        "apiVersion": f"{GROUP}/{version}",
        "kind": kind,
        "metadata": metadata,
        "spec": {"colour": colour},
    }
    return str(yaml.safe_dump(body))


def lay(repository: Clone, *, beta: str, gamma: str, colour: str) -> None:
    repository.write(
        "manifests/shop/all.yaml",
        "---\n".join(
            (
                yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}),
                resource("Thing", beta, "named", colour=colour, namespace=NAMESPACE),
                resource("Thing", "v1", "other", colour=colour, namespace=NAMESPACE),
                resource("Area", gamma, "wide", colour=colour),
            )
        ),
    )


@pytest.fixture
def repository(tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A stack on a cluster that has two custom kinds, one of which its settings name."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    file = made.root / "stacks" / f"Pulumi.{made.stack}.yaml"
    settings = yaml.safe_load(file.read_text())
    known = {f"Area.{GROUP}": {"scope": "Cluster", "versions": ["v1", "v3"]}}
    settings["config"]["onestack:manifests"] = {"applications": {"shop": None}, "knownKinds": known}
    file.write_text(yaml.safe_dump(settings))
    crds = made.write(
        "elsewhere.yaml", definition("Thing", "Namespaced") + "---\n" + definition("Area", "Cluster")
    )
    applied = made.shell(f"kubectl apply -f {crds} && kubectl wait --for=condition=Established -f {crds}")
    assert applied.code == 0, applied.err
    yield made
    made.onestack("destroy", made.stack)
    made.shell(f"kubectl delete -f {crds} --ignore-not-found")


def uids(repository: Clone) -> dict[str, str]:
    """The objects of both kinds that are there."""
    found = repository.shell(f"kubectl get things.{GROUP},areas.{GROUP} -A -o json")
    assert found.code == 0, found.err
    items = json.loads(found.out)["items"]
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in items}


def nothing_more(repository: Clone) -> None:
    again = repository.shell("pulumi preview --expect-no-changes --non-interactive")
    assert again.code == 0, again.out + again.err
    assert repository.planned() == {}


@pytest.mark.torture
def test_they_are_deployed_changed_and_deleted_and_their_kinds_stay(repository: Clone) -> None:
    lay(repository, beta="v1beta1", gamma="v3", colour="red")
    looked = repository.onestack("check", repository.stack)
    assert looked.code == 0, looked.err
    assert f"no CustomResourceDefinition of Thing in {GROUP} for 'named', nor for 1 other" in looked.err
    assert "of Area" not in looked.err
    assert "3 not checkable (because its CustomResourceDefinition is not in the set)" in looked.err
    assert repository.planned()[f"Thing {NAMESPACE}/named"] == "create"
    deployed = repository.deploy()
    assert deployed["ready"] is True
    assert deployed["applications"]["shop"] == {"ready": 1, "unobservable": 3}
    nothing_more(repository)
    before = uids(repository)
    assert set(before) == {"named", "other", "wide"}

    # A new apiVersion is an update of the same object, by the usual versions and by those of the settings.
    lay(repository, beta="v1", gamma="v1", colour="blue")
    assert set(repository.planned().values()) <= {"update"}
    repository.deploy()
    assert uids(repository) == before
    nothing_more(repository)
    verified = repository.onestack("verify", repository.stack)
    assert verified.code == 0, verified.err

    repository.destroy()
    assert uids(repository) == {}
    left = repository.shell(f"kubectl get crd things.{GROUP} areas.{GROUP} -o name")
    assert left.code == 0, left.err


def test_a_scope_that_the_cluster_has_otherwise_is_told_before_anything_is_done(repository: Clone) -> None:
    file = repository.root / "stacks" / f"Pulumi.{repository.stack}.yaml"
    settings = yaml.safe_load(file.read_text())
    del settings["config"]["onestack:manifests"]["knownKinds"]
    file.write_text(yaml.safe_dump(settings))
    namespaced = resource("Area", "v1", "wide", colour="red", namespace="default")
    repository.write("manifests/shop/all.yaml", namespaced)
    for verb in ("preview", "deploy"):
        done = repository.onestack(verb, repository.stack)
        assert done.code == 1, done.err
        assert (
            "Area default/wide (declared in manifests/shop/all.yaml): its kind lives in no namesp" in done.err
        )
        assert "onestack:manifests.knownKinds" in done.err
    assert uids(repository) == {}


def test_a_status_that_says_not_ready_is_waited_for(repository: Clone) -> None:
    lay(repository, beta="v1", gamma="v1", colour="red")
    repository.deploy()
    status = {"conditions": [{"type": "Ready", "status": "False", "reason": "Busy", "message": "at work"}]}
    patch = json.dumps({"status": status})
    patched = repository.shell(f"kubectl -n {NAMESPACE} patch things.{GROUP} named --type=merge -p '{patch}'")
    assert patched.code == 0, patched.err
    found = repository.onestack("verify", repository.stack, "--json")
    assert found.code == 1, found.err
    assert "Thing" in str(found.document()["notReady"])
    assert "at work" in str(found.document()["notReady"])
