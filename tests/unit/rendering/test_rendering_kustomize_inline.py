"""Configurations of generators that stand inline, with an address in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.errors import ToolMissing
from onestack.manifests.application import Application
from onestack.rendering.options import Options
from onestack.rendering.texts import texts
from tests.unit.rendering.conftest import Write

CHART = "charts in a kustomization are not supported; write a helm.yaml in an application of its own"
ADDRESS = (
    "this configuration holds the address of something elsewhere, for which Kustomize could take all of it; "
    "write it into a file and name that"
)
FETCHED = "is fetched from example.com, which is not allowed; put a copy into the repository and name that"


def gone(name: str) -> Path:
    raise ToolMissing(name, "nothing is run for this")


def inline(*lines: str) -> str:
    return "\n".join(("resources: [a.yaml]", "generators:", "- |-", *(f"  {line}" for line in lines), ""))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["kind: HelmChartInflationGenerator", "name: a", "repo: https://example.com"], CHART),
        (["kind: ConfigMapGenerator", "metadata: {name: a}", "literals: [a=https://example.com]"], ADDRESS),
    ],
)
def test_an_inline_configuration_is_no_address(
    lines: list[str], said: str, write: Write, repository: Path, tmp_path: Path
) -> None:
    write("app/kustomization.yaml", inline("apiVersion: builtin", *lines))
    write("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    options = Options(repository, "manifests", "dev", "1.36", gone, tmp_path / "cache")
    found = texts([Application("app", namespace="app")], options).problems
    assert [str(one) for one in found] == [f"manifests/app/kustomization.yaml:3:3: {said}"]


@pytest.mark.parametrize("text", ["https://example.com/x", "|-\n  https://example.com/x\n  and more"])
def test_an_address_is_one(text: str, write: Write, repository: Path, tmp_path: Path) -> None:
    write("app/kustomization.yaml", f"generators:\n- {text}\n")
    options = Options(repository, "manifests", "dev", "1.36", gone, tmp_path / "cache")
    (problem,) = texts([Application("app", namespace="app")], options).problems
    assert str(problem).endswith(FETCHED)
