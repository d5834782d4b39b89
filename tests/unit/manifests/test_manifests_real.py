"""Real input: the repository's own applications, and the corpus of others."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from onestack.manifests.application import Application
from onestack.manifests.order import awaited, dependencies, waves
from onestack.manifests.reader import read
from onestack.manifests.writer import write
from tests.reading import loaded

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ONESTACK_CORPUS", REPOSITORY.parent / "shared" / "corpus"))


def test_the_bookshop_has_what_a_team_really_has() -> None:
    manifests = loaded(
        REPOSITORY, "manifests", [Application("bookshop"), Application("monitoring", "monitoring")]
    )
    kinds = Counter(manifest.kind for manifest in manifests if manifest.application == "bookshop")
    assert sum(kinds.values()) == 40
    assert kinds["Deployment"] >= 3
    wanted = [
        "ConfigMap",
        "Secret",
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "ClusterRole",
        "ClusterRoleBinding",
    ]
    wanted += [
        "Ingress",
        "NetworkPolicy",
        "StatefulSet",
        "Job",
        "CronJob",
        "CustomResourceDefinition",
        "Promotion",
    ]
    wanted += ["HorizontalPodAutoscaler", "PodDisruptionBudget", "Namespace", "Service"]
    assert [kind for kind in wanted if not kinds[kind]] == []
    scaled = {
        m.body["spec"]["scaleTargetRef"]["name"] for m in manifests if m.kind == "HorizontalPodAutoscaler"
    }
    for manifest in manifests:
        if manifest.kind == "Deployment":
            assert ("replicas" not in manifest.body["spec"]) == (manifest.name in scaled)


def test_the_bookshop_goes_in_the_order_it_needs() -> None:
    manifests = loaded(REPOSITORY, "manifests", [Application("bookshop")])
    needs = dependencies(manifests)
    at = {m.identity: number for number, wave in enumerate(waves(manifests, needs)) for m in wave}
    assert all(at[edge.to] < at[identity] for identity, edges in needs.items() for edge in edges)
    assert sorted(identity.kind for identity in awaited(manifests, needs)) == [
        "CustomResourceDefinition",
        "Job",
        "Namespace",
        "StatefulSet",
    ]


@pytest.mark.parametrize(
    ("file", "count"), [("online-boutique/kubernetes-manifests.yaml", 35), ("argo-cd/install.yaml", 59)]
)
def test_the_corpus_is_read_whole(file: str, count: int, tmp_path: Path) -> None:
    if not (CORPUS / file).is_file():
        pytest.skip(f"the corpus is not at {CORPUS}; set ONESTACK_CORPUS")
    (tmp_path / "manifests" / "app").mkdir(parents=True)
    shutil.copy(CORPUS / file, tmp_path / "manifests" / "app")
    manifests = loaded(tmp_path, "manifests", [Application("app", namespace="app")])
    assert len(manifests) == len({manifest.identity for manifest in manifests}) == count
    bodies = [dict(manifest.body) for manifest in manifests]
    assert [document.value for document in read(write(bodies).encode(), "again").documents] == bodies
