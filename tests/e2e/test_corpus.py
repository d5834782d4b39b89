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

    # One resource per object, and ours: stack, provider, namespace, record.
    resources = repository.state()
    of_ours = [one for one in resources if one["type"].startswith("kubernetes:")]
    assert len(of_ours) == objects + 1 + 2

    listed = repository.shell(
        f"kubectl -n {application} get deployments,statefulsets -o jsonpath='{{range .items[*]}}"
        '{.metadata.name} {.status.readyReplicas}{"\\n"}{end}\''
    )
    ready = [line.split() for line in listed.out.splitlines()]
    assert len(ready) == workloads
    assert all(len(fields) == 2 and int(fields[1]) >= 1 for fields in ready), listed.out

    again = repository.shell("pulumi preview --expect-no-changes --non-interactive")
    assert again.code == 0, again.out + again.err

    repository.destroy()
    left = repository.shell(
        "for kind in $(kubectl api-resources --verbs=list -o name); do"
        " kubectl get $kind -A -l onestack.dev/stack=test --ignore-not-found -o name; done"
    )
    ours_left = [line for line in left.out.splitlines() if not line.startswith("endpoint")]
    assert ours_left == [], left.out
