"""Real manifests that nobody here wrote, deployed by the real engine to a real API server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestack.local.plane import Plane
from tests.e2e.clone import REPOSITORY, Clone, clone

CORPUS = Path(os.environ.get("ONESTACK_CORPUS", REPOSITORY.parent / "shared" / "corpus"))

pytestmark = pytest.mark.e2e

CASES = {
    "online-boutique": ("online-boutique/kubernetes-manifests.yaml", 35, 12),
    "argo-cd": ("argo-cd/install.yaml", 59, 7),
}


@pytest.fixture(params=CASES)
def application(request: pytest.FixtureRequest) -> str:
    """The corpus's applications; where the corpus is absent the skip is counted."""
    name: str = request.param
    if not (CORPUS / CASES[name][0]).is_file():
        pytest.skip(f"the corpus is not at {CORPUS}; set ONESTACK_CORPUS")
    return name


@pytest.fixture
def repository(application: str, tmp_path: Path, plane: Plane) -> Iterator[Clone]:
    """A repository with the application and a Namespace for it; taken down afterwards."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(**{application.replace("-", "_"): application})
    made.write(
        f"manifests/{application}/namespace.yaml",
        f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {application}\n",
    )
    shutil.copy(CORPUS / CASES[application][0], made.root / "manifests" / application / "all.yaml")
    yield made
    made.onestack("destroy", made.stack)


def test_the_corpus_deploys_becomes_ready_plans_nothing_more_and_leaves_nothing(
    repository: Clone, application: str
) -> None:
    _, objects, workloads = CASES[application]

    deployed = repository.deploy()
    states = deployed["applications"][application]
    assert sum(states.values()) == objects + 1
    assert states["ready"] + states.get("unobservable", 0) == objects + 1

    # One resource per object, and the record; the namespace of all records is the cluster's first stack's.
    kept = [one for one in repository.state() if not one["urn"].endswith(":Namespace::onestack-system")]
    of_ours = [one for one in kept if one["type"].startswith("kubernetes:")]
    assert len(of_ours) == objects + 1 + 1

    listed = repository.shell(
        f"kubectl -n {application} get deployments,statefulsets -o jsonpath='{{range .items[*]}}"
        '{.metadata.name} {.status.readyReplicas}{"\\n"}{end}\''
    )
    ready = [line.split() for line in listed.out.splitlines()]
    assert len(ready) == workloads
    assert all(len(fields) == 2 and int(fields[1]) >= 1 for fields in ready), listed.out

    for form in (None, _overlay, _chart):
        if form is not None:
            form(repository.root / "manifests" / application)
        again = repository.shell("pulumi preview --expect-no-changes --non-interactive")
        assert again.code == 0, f"{form}: {again.out}{again.err}"

    repository.destroy()
    left = repository.shell(
        "for kind in $(kubectl api-resources --verbs=list -o name); do"
        " kubectl get $kind -A -l onestack.dev/stack=test --ignore-not-found -o name; done"
    )
    ours_left = [line for line in left.out.splitlines() if not line.startswith("endpoint")]
    assert ours_left == [], left.out


def test_an_overlay_of_others_with_one_of_their_components(tmp_path: Path, plane: Plane) -> None:
    theirs = CORPUS / "online-boutique" / "kustomize"
    if not theirs.is_dir():
        pytest.skip(f"the corpus is not at {CORPUS}; set ONESTACK_CORPUS")
    repository = clone(tmp_path / "repository", plane.kubeconfig)
    repository.applications(boutique="boutique")
    application = repository.root / "manifests" / "boutique"
    for part in ("base", "components"):
        shutil.copytree(theirs / part, application / part)
    (application / "namespace.yaml").write_text(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: boutique\n"
    )
    kustomization = application / "kustomization.yaml"
    kustomization.write_text("resources: [base, namespace.yaml]\n")
    try:
        states = repository.deploy()["applications"]["boutique"]
        assert set(states) <= {"ready", "unobservable"} or not any(
            states[key] for key in ("waiting", "failed")
        )
        kustomization.write_text(
            "resources: [base, namespace.yaml]\ncomponents: [components/network-policies]\n"
        )
        planned = repository.planned()
        record = planned.pop("ConfigMap onestack-system/onestack-release-test")
        assert (record, set(planned.values())) == ("update", {"create"})
        assert {name.partition(" ")[0] for name in planned} == {"NetworkPolicy"}
    finally:
        repository.onestack("destroy", repository.stack)


def _overlay(application: Path) -> None:
    """The same files below a Kustomize overlay."""
    names = ("all.yaml", "namespace.yaml")
    (application / "base").mkdir()
    for name in names:
        (application / name).rename(application / "base" / name)
    (application / "base" / "kustomization.yaml").write_text(f"resources: [{', '.join(names)}]\n")
    overlay = application / "overlays" / "test"
    overlay.mkdir(parents=True)
    (overlay / "kustomization.yaml").write_text("resources: [../../base]\n")


def _chart(application: Path) -> None:
    """The same files in a chart; what they hold is not read as templates."""
    files, templates = application / "chart" / "files", application / "chart" / "templates"
    templates.mkdir(parents=True)
    (application / "base").rename(files)
    (files / "kustomization.yaml").unlink()
    shutil.rmtree(application / "overlays")
    (application / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: corpus\nversion: 1.0.0\n")
    for name in ("all", "namespace"):
        (templates / f"{name}.yaml").write_text(f'{{{{ .Files.Get "files/{name}.yaml" }}}}\n')
    (application / "helm.yaml").write_text(f"chart: ./chart\nnamespace: {application.name}\n")
