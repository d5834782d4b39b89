"""Applications made with Kustomize, by the real tool."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from onestack.errors import ToolMissing
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.manifests.node import Node
from onestack.manifests.reader import read
from onestack.rendering.options import Options
from onestack.rendering.texts import Texts, texts
from tests.unit.rendering.conftest import Write

CORPUS = Path("/work/shared/corpus/online-boutique/kustomize")


def config_map(name: str, value: str = "1") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: '{value}'\n"


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def rendered(options: Options, application: Application = Application("app")) -> Texts:
    return texts([application], options)


def objects(found: Texts) -> dict[str, Node]:
    """The objects by name; there may be no problem."""
    assert [str(problem) for problem in found.problems] == []
    read_all = [read(text.content, text.file) for text in found.texts]
    assert not [problem for reading in read_all for problem in reading.problems]
    documents = [document for reading in read_all for document in reading.documents]
    return {document.value["metadata"]["name"]: document for document in documents}


def problems(found: Texts) -> list[str]:
    assert not found.texts
    return [str(problem) for problem in found.problems]


def gone(name: str) -> Path:
    raise ToolMissing(name, "the test took it away")


def test_objects_know_the_file_that_a_person_would_edit(write: Write, options: Options) -> None:
    write(
        "app/kustomization.yaml",
        "resources: [base, own.yaml]\nconfigMapGenerator:\n- name: made\n  literals: [a=1]\n",
    )
    write("app/base/kustomization.yaml", "resources: [one.yaml]\nnamePrefix: x-\n")
    write("app/base/one.yaml", config_map("one"))
    write("app/own.yaml", config_map("own"))
    found = rendered(options)
    assert sorted(objects(found)) == ["made-h29d89cmmt", "own", "x-one"]
    assert {text.file for text in found.texts} == {
        "manifests/app/kustomization.yaml",
        "manifests/app/base/one.yaml",
        "manifests/app/own.yaml",
    }
    assert all(text.rendered for text in found.texts)
