"""What an application's folder is taken for, and the folders that can't be taken for one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.rendering.options import Options, on_path
from onestack.rendering.source import Made, Source, source
from tests.unit.rendering.conftest import Write


def found(
    repository: Path, overlay: str | None = None, stack: str = "dev"
) -> tuple[Source | None, list[str]]:
    problems = Problems()
    options = Options(repository, "manifests", stack, "1.36", on_path, repository / ".cache")
    its = source(Application("app", overlay=overlay), options, problems)
    return its, [str(problem) for problem in problems.found]


@pytest.mark.parametrize(
    ("files", "made", "folder"),
    [
        (("a.yaml",), Made.PLAIN, "manifests/app"),
        (("overlays/a.yaml", "overlays/dev/a.yaml"), Made.PLAIN, "manifests/app"),
        (("kustomization.yaml", "a.yaml", "base/kustomization.yaml"), Made.KUSTOMIZE, "manifests/app"),
        (("kustomization.yml",), Made.KUSTOMIZE, "manifests/app"),
        (("Kustomization",), Made.KUSTOMIZE, "manifests/app"),
        (
            ("base/kustomization.yaml", "overlays/dev/kustomization.yaml"),
            Made.KUSTOMIZE,
            "manifests/app/overlays/dev",
        ),
        (
            ("overlays/dev/kustomization.yml", "overlays/prod/Kustomization"),
            Made.KUSTOMIZE,
            "manifests/app/overlays/dev",
        ),
        (("helm.yaml", "values.yaml", "chart/Chart.yaml"), Made.HELM, "manifests/app"),
        (("helm.yaml", "Chart.yaml"), Made.HELM, "manifests/app"),
    ],
)
def test_a_folder_is_what_is_at_its_top(
    files: tuple[str, ...], made: Made, folder: str, repository: Path, write: Write
) -> None:
    for file in files:
        write(f"app/{file}", "")
    assert found(repository) == (Source(made, folder), [])


KEEP = "keep one of them, and make the rest an application of its own"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            ("kustomization.yaml", "helm.yaml"),
            f"the application has kustomization.yaml and helm.yaml; {KEEP}",
        ),
        (
            ("kustomization.yaml", "Kustomization"),
            f"the application has kustomization.yaml and Kustomization; {KEEP}",
        ),
        (
            ("kustomization.yml", "helm.yaml", "overlays/dev/kustomization.yaml"),
            f"the application has kustomization.yml, helm.yaml and overlays/; {KEEP}",
        ),
        (
            ("helm.yaml", "overlays/dev/kustomization.yaml"),
            f"the application has helm.yaml and overlays/; {KEEP}",
        ),
    ],
)
def test_a_folder_that_mixes_two_is_refused(
    files: tuple[str, ...], said: str, repository: Path, write: Write
) -> None:
    for file in files:
        write(f"app/{file}", "")
    assert found(repository) == (None, [f"manifests/app: {said}"])


def test_a_chart_without_helm_yaml_is_refused(repository: Path, write: Write) -> None:
    write("app/Chart.yaml", "")
    said = (
        "there is a chart, and nothing says how to render it; write manifests/app/helm.yaml with 'chart: .'"
    )
    assert found(repository) == (None, [f"manifests/app/Chart.yaml: {said}"])


def test_the_setting_chooses_the_overlay(repository: Path, write: Write) -> None:
    for name in ("dev", "large"):
        write(f"app/overlays/{name}/kustomization.yaml", "")
    assert found(repository, "large") == (Source(Made.KUSTOMIZE, "manifests/app/overlays/large"), [])
    for overlay in ("small", "..", "large/", ""):
        its, (said,) = found(repository, overlay, stack="prod")
        assert its is None
        wanted = overlay or "prod"
        assert said.startswith(
            f"manifests/app/overlays: application 'app' has no overlay '{wanted}'; it has dev, large; "
        )


def test_an_overlay_of_an_application_without_any_is_a_mistake(repository: Path, write: Write) -> None:
    write("app/a.yaml", "")
    what = "the settings name the overlay 'large', and the application has none"
    expected = "write manifests/app/overlays/large, or remove the setting"
    assert found(repository, "large") == (None, [f"manifests/app: {what}; {expected}"])


def test_an_overlay_that_is_a_link_is_built_where_it_leads(repository: Path, write: Write) -> None:
    write("shared/kustomization.yaml", "")
    write("app/overlays/prod/kustomization.yaml", "")
    (repository / "manifests/app/overlays/dev").symlink_to("../../shared")
    assert found(repository) == (Source(Made.KUSTOMIZE, "manifests/shared"), [])
    outside = repository.parent / "outside"
    outside.mkdir()
    (outside / "kustomization.yaml").write_text("")
    (repository / "manifests/app/overlays/eu").symlink_to(outside)
    its, (said,) = found(repository, "eu")
    assert its is None
    assert "is a link that leads out of the repository" in said


def test_a_missing_folder_is_told_once(repository: Path) -> None:
    said = "manifests/app: the application has no folder; folders there are: none"
    assert found(repository) == (None, [said])
