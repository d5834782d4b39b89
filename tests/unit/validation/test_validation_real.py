"""Real input: this repository's applications and the corpus of others are valid, in every release."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.text import Text
from onestack.validation.check import check
from onestack.validation.finding import Rule, Weights
from onestack.validation.verdict import State

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ONESTACK_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
RELEASES = [f"1.{minor}" for minor in range(25, 38)]


@cache
def _own() -> tuple[Manifest, ...]:
    texts = [
        Text(Application(folder.name, namespace=folder.name), str(file), file.read_bytes())
        for folder in sorted((REPOSITORY / "manifests").iterdir())
        for file in sorted(folder.glob("*.yaml"))
    ]
    return load(texts)


@cache
def _corpus(file: str) -> tuple[Manifest, ...]:
    if not (CORPUS / file).is_file():
        pytest.skip(f"the corpus is not at {CORPUS}; set ONESTACK_CORPUS")
    return load([Text(Application("app", namespace="app"), "it.yaml", (CORPUS / file).read_bytes())])


@pytest.mark.parametrize("release", RELEASES)
def test_our_own_applications_are_valid(release: str) -> None:
    found = check(_own(), kubernetes=release, weights=Weights())
    assert [str(error.problem) for error in found.errors] == []
    assert {verdict.state for verdict in found.verdicts} == {State.VALID}
    assert {verdict.unchecked for verdict in found.verdicts} == {""}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("file", ["argo-cd/install.yaml", "online-boutique/kubernetes-manifests.yaml"])
def test_the_corpus_is_valid(file: str, release: str) -> None:
    manifests = _corpus(file)
    found = check(manifests, kubernetes=release, weights=Weights())
    of_schemas = [str(one.problem) for one in found.findings if one.rule in {Rule.SCHEMA, Rule.DEPRECATED}]
    assert of_schemas == []
    # All that is left to say is that the corpus doesn't declare the namespace it is put in.
    assert {error.rule for error in found.errors} == {Rule.NAMESPACE}
    assert len(found.verdicts) == len(manifests)
    assert State.NOT_CHECKABLE not in {verdict.state for verdict in found.verdicts}
