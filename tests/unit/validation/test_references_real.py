"""Real input: what the rules say of this repository's applications and of the corpus of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.text import Text
from onestack.validation import namespaces, references
from onestack.validation.finding import Weights

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ONESTACK_CORPUS", REPOSITORY.parent / "shared" / "corpus"))


def _said(manifests: tuple[Manifest, ...]) -> list[str]:
    found = [*namespaces.findings(manifests, Weights()), *references.findings(manifests, Weights())]
    return [f"{finding.identity}: {finding.problem.what}" for finding in found]


def _corpus(file: str, namespace: str) -> tuple[Manifest, ...]:
    if not (CORPUS / file).is_file():
        pytest.skip(f"the corpus is not at {CORPUS}; set ONESTACK_CORPUS")
    return load([Text(Application("app", namespace=namespace), "it.yaml", (CORPUS / file).read_bytes())])


def _own() -> tuple[Manifest, ...]:
    texts = [
        Text(Application(name, namespace=name), str(file), file.read_bytes())
        for name in ("bookshop", "monitoring")
        for file in sorted((REPOSITORY / "manifests" / name).glob("*.yaml"))
    ]
    return load(texts)


def test_our_own_applications_have_none() -> None:
    assert _said(_own()) == []


def test_of_ours_whatever_others_need_is_missed_when_it_is_gone() -> None:
    manifests = _own()
    needed = {"ServiceAccount", "ConfigMap", "Secret", "Role", "ClusterRole", "PersistentVolumeClaim"}
    needed |= {"Deployment", "StatefulSet", "Namespace"}
    gone = [manifest for manifest in manifests if manifest.kind in needed]
    assert {manifest.kind for manifest in gone} == needed
    for missing in gone:
        said = _said(tuple(manifest for manifest in manifests if manifest is not missing))
        assert any(missing.name in one for one in said), missing.identity


def test_the_online_boutique_has_none() -> None:
    assert _said(_corpus("online-boutique/kubernetes-manifests.yaml", "default")) == []


def test_argo_cd_has_no_namespace_and_one_service_less_than_it_names() -> None:
    # Its StatefulSet really names a Service that its install.yaml doesn't have. The Secret argocd-redis is
    # made by an init container, as its Role shows.
    homeless, service = _said(_corpus("argo-cd/install.yaml", "argocd"))
    assert homeless.endswith(
        "for the ServiceAccount 'argocd-application-controller', nor for 49 others in it"
    )
    assert service == (
        "StatefulSet.apps argocd/argocd-application-controller: "
        "namespace 'argocd' has no Service 'argocd-application-controller'"
    )


def test_argo_cd_in_another_namespace_has_its_cluster_wide_rights_bound_elsewhere() -> None:
    said = _said(_corpus("argo-cd/install.yaml", "default"))
    assert [one for one in said if one.startswith("ClusterRoleBinding")] == [
        f"ClusterRoleBinding.rbac.authorization.k8s.io {name}: "
        f"namespace 'argocd' has no ServiceAccount '{name}'"
        for name in ("argocd-application-controller", "argocd-applicationset-controller", "argocd-server")
    ]
