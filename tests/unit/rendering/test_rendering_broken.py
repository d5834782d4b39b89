"""What only a disk or a tool that is broken does is said, too; no repository can hold it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onestack.errors import ChartUnavailable, ToolMissing, ToolNotRun
from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.rendering.options import Options, on_path
from onestack.rendering.process import run
from onestack.rendering.texts import Texts
from tests.reading import had
from tests.unit.rendering.conftest import Write
from tests.unit.rendering.helm_charts import add, config_map


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def rendered(options: Options) -> Texts:
    return had([Application("app", namespace="web")], options)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders called ``closed`` can't be listed; to root no mode would do that."""
    scandir = os.scandir

    def refused(path: Path) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    def listed(path: Path) -> Iterator[Path]:
        return iter([path / entry.name for entry in refused(path)])

    monkeypatch.setattr(os, "scandir", refused)
    monkeypatch.setattr(Path, "iterdir", listed)


@pytest.mark.usefixtures("closed")
def test_a_folder_that_can_not_be_read_says_why(write: Write, options: Options) -> None:
    write("app/closed/a.yaml", "a: 1\n")
    (problem, *_) = rendered(options).problems
    assert str(problem) == (
        "manifests/app/closed: the folder can't be read: Permission denied; make it readable"
    )


@pytest.mark.usefixtures("closed")
def test_a_charts_folder_that_can_not_be_read_says_why(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    write("app/chart/closed/a", "")
    (problem,) = rendered(options).problems
    assert str(problem) == (
        "manifests/app/chart/closed: the folder can't be read: Permission denied; make it readable"
    )


def test_without_room_for_a_chart_it_is_told(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(ToolNotRun, match="/nowhere: helm can't be run"):
        rendered(options)


def test_without_room_for_a_kustomization_it_is_told(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("app/kustomization.yaml", "resources: [a.yaml]\n")
    write("app/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(ToolNotRun, match="/nowhere: kustomize can't be run"):
        rendered(options)


def test_a_helm_that_fetches_nothing_is_told(write: Write, options: Options, tmp_path: Path) -> None:
    write(
        "app/helm.yaml",
        f'chart: oci://registry.example.com/web\nversion: "1.2.3"\ndigest: sha256:{"0" * 64}\n',
    )
    program = tmp_path / "helm"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    lazy = replace(options, tools=lambda _: program, hosts=frozenset({"registry.example.com"}))
    with pytest.raises(ChartUnavailable, match="helm fetched no archive"):
        rendered(lazy)


def test_a_tool_that_is_not_on_path_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolMissing, match="it is not on PATH"):
        on_path("helm")


def test_a_program_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("not a program")
    with pytest.raises(ToolNotRun, match="Permission denied"):
        run(
            (str(tmp_path / "tool"),), folder=tmp_path, network=True
        )  # not through what takes the network away
