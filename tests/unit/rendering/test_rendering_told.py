"""What takes a while is told before it begins."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from onestack.errors import OnestackError, ToolMissing
from onestack.manifests.application import Application
from onestack.rendering.options import Options
from onestack.rendering.texts import texts
from tests.unit.rendering.conftest import Write
from tests.unit.rendering.helm_charts import add, config_map

COMMIT = "0123456789" * 4


def gone(name: str) -> Path:
    raise ToolMissing(name, "nothing is run for this")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.yaml": "a: b\n"}, []),
        ({"kustomization.yaml": "namespace: x\n"}, ["building app with Kustomize"]),
        (
            {"kustomization.yaml": f"resources: [https://localhost/o/r?ref={COMMIT}]\n"},
            ["fetching https://localhost/o/r@012345678901"],
        ),
        (
            {
                "helm.yaml": "chart: oci://localhost/c\nnamespace: app\nversion: 1.0.0\ndigest: sha256:"
                + "0" * 64
                + "\n"
            },
            ["fetching the chart of app, oci://localhost/c 1.0.0"],
        ),
    ],
)
def test_what_may_take_a_while_is_told(
    files: dict[str, str],
    expected: list[str],
    write: Write,
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, text in files.items():
        write(f"app/{name}", text)
    assert told(repository, tmp_path) == expected


def test_rendering_a_chart_is_told(write: Write, repository: Path, tmp_path: Path) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    assert told(repository, tmp_path) == ["rendering app with Helm"]


def told(repository: Path, tmp_path: Path) -> list[str]:
    heard: list[str] = []
    hosts = frozenset({"localhost"})
    options = Options(
        repository, "manifests", "dev", "1.36", gone, tmp_path / "cache", hosts, told=heard.append
    )
    with contextlib.suppress(OnestackError):
        texts([Application("app")], options)
    return heard
