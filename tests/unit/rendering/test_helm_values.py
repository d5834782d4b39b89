"""What a chart is rendered from, before Helm is run: values read strictly, a folder without loose ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.errors import ToolMissing
from onestack.manifests.application import Application
from onestack.rendering.options import Options
from tests.reading import had
from tests.unit.rendering.conftest import Write
from tests.unit.rendering.helm_charts import CHART, add, config_map

HELM = "chart: ./chart\nnamespace: web\n"
HERE = "manifests/app"


def gone(name: str) -> Path:
    raise ToolMissing(name, "nothing is run for this")


@pytest.fixture
def options(repository: Path, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", gone, tmp_path / "cache")


def problems(options: Options) -> list[str]:
    found = had([Application("app")], options)
    assert not found.texts
    return [str(problem).removeprefix(f"{HERE}/") for problem in found.problems]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("values.yaml", "a: 1\na: 2\n", "2:1: the key 'a' stands twice in this mapping"),
        ("values.yaml", "a: [1\n", "2:1: the list in brackets isn't closed"),
        ("values.yaml", "- a\n", "1:1: the values are a list; write a mapping"),
        ("values.yaml", "a\n", "1:1: the values are a string; write a mapping"),
        ("values.yaml", "a: 1\n---\nb: 1\n", "3:1: values are one document; remove the others"),
        ("values.yaml", "a: &x [1]\n" + "b: [*x, *x]\n" * 2, "3:1: the key 'b' stands twice"),
        ("values.yaml", "0644: a\n", "1:1: "),
        ("values.dev.yaml", "a: !!python/name:os.system x\n", "1:4: "),
        ("values.dev.yaml", "a: 2\nA: {b: 1, b: 2}\n", "2:11: the key 'b' stands twice in this mapping"),
        ("chart/values.yaml", "a: 1\na: 2\n", "2:1: the key 'a' stands twice in this mapping"),
        ("values.yaml", "a: x" + "x" * 4 * 1024 * 1024, " the values have more than 4 MiB; make them fewer"),
    ],
)
def test_values_are_read_strictly(
    write: Write, options: Options, file: str, text: str, expected: str
) -> None:
    add(write, {"a.yaml": config_map("a: b")}, files={file: text})
    (problem,) = problems(options)
    assert problem.startswith(f"{file}:{expected}")


def test_other_stacks_values_are_not_looked_at(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map("a: b")}, files={"values.prod.yaml": "a: 1\na: 2\n"})
    with pytest.raises(ToolMissing):  # all is well so far
        had([Application("app")], options)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("none.yaml", "there is no file or folder 'none.yaml'; 'manifests/app/none.yaml' does not exist;"),
        ("/etc/passwd", "'/etc/passwd' is an absolute path; write one relative to this file"),
        ("../../../x", "'../../../x' leads out of the repository; put a copy of it into the repository"),
        ("'a\\0b'", "there is no file or folder 'a\\0b'"),
        ("link.yaml", "'link.yaml' is a link that leads out of the repository; put a copy of the file into"),
        ("../../.git/config", "'../../.git/config' leads into .git; that folder is no content of the"),
    ],
)
def test_named_values_are_files_of_the_repository(
    write: Write, options: Options, repository: Path, values: str, expected: str
) -> None:
    (repository / ".git").mkdir()
    (repository / ".git" / "config").touch()
    add(write, {"a.yaml": config_map("a: b")}, helm=f"{HELM}values:\n- {values}\n")
    (repository / HERE / "link.yaml").symlink_to("/etc/passwd")
    assert problems(options)[0].startswith(f"helm.yaml:4:3: {expected}")


def test_usual_values_that_lead_out_are_refused(write: Write, options: Options, repository: Path) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    (repository / HERE / "values.dev.yaml").symlink_to("/etc/passwd")
    assert problems(options) == [
        (
            "values.dev.yaml: 'manifests/app/values.dev.yaml' is a link that leads out of the repository; "
            "put a copy of the file into the repository"
        )
    ]


def test_values_that_are_a_folder(write: Write, options: Options, repository: Path) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    (repository / HERE / "values.yaml").mkdir()
    (problem,) = problems(options)
    assert problem.startswith("values.yaml: ")


def test_yaml_that_would_be_left_out_is_refused(write: Write, options: Options) -> None:
    files = {"extra.yaml": "a: b\n", "other.yml": "a: b\n", "notes.txt": "x", "values.prod.yaml": "a: b\n"}
    add(write, {"a.yaml": config_map("a: b")}, files=files)
    expected = (
        "the file is not read: the application is made with Helm, by manifests/app/helm.yaml; put it into "
        "the chart's templates, into an application of its own, or under 'values'"
    )
    assert problems(options) == [f"extra.yaml: {expected}", f"other.yml: {expected}"]


def test_listed_values_with_a_problem_are_told_once(write: Write, options: Options, repository: Path) -> None:
    files = {"extra.yaml": "0644: b\n"}
    add(write, {"a.yaml": config_map("a: b")}, files=files, helm=f"{HELM}values: [./extra.yaml, out.yaml]\n")
    (repository / HERE / "out.yaml").symlink_to("/etc/passwd")
    assert [problem.partition(":")[0] for problem in problems(options)] == ["helm.yaml", "extra.yaml"]


def test_the_chart_may_be_the_applications_own_folder(write: Write, options: Options) -> None:
    write("app/helm.yaml", "chart: .\nnamespace: web\n")
    write("app/Chart.yaml", CHART)
    write("app/templates/a.yaml", config_map("a: b"))
    write("app/values.yaml", "a: b\n")
    with pytest.raises(ToolMissing):
        had([Application("app")], options)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        (
            "./none",
            "there is no file or folder './none'; 'manifests/app/none' does not exist; mend the path,",
        ),
        ("../../..", "'../../..' leads out of the repository; put a copy of it into the repository"),
        ("./templates", "manifests/app/templates is no chart: it has no Chart.yaml; name the chart's folder"),
        ("link", "'link' is a link that leads out of the repository; put a copy of the file into the"),
    ],
)
def test_the_chart_must_be_one(
    write: Write, options: Options, repository: Path, chart: str, expected: str
) -> None:
    write("app/helm.yaml", f"chart: {chart}\nnamespace: web\n")
    write("app/templates/a.yaml", config_map("a: b"))
    (repository / HERE / "link").symlink_to("/etc")
    assert problems(options)[0].startswith(f"helm.yaml:1:8: {expected}")


def test_a_file_that_is_no_chart(write: Write, options: Options) -> None:
    write("app/helm.yaml", "chart: chart.txt\nnamespace: web\n")
    write("app/chart.txt", "x")
    assert problems(options) == [
        "helm.yaml:1:8: 'manifests/app/chart.txt' is no chart; name a chart's folder, or its archive .tgz"
    ]


def test_a_link_out_of_the_chart_is_named(write: Write, options: Options, repository: Path) -> None:
    add(write, {"a.yaml": config_map("a: b")})
    (repository / HERE / "chart" / "templates" / "p.yaml").symlink_to("/etc/passwd")
    assert problems(options) == [
        (
            "chart/templates/p.yaml: 'templates/p.yaml' is a link that leads out of the repository; put a "
            "copy of the file into the repository"
        )
    ]


def test_all_problems_come_in_one_go(write: Write, options: Options) -> None:
    files = {"values.yaml": "a: 1\na: 2\n", "extra.yaml": "a: b\n"}
    add(write, {"a.yaml": config_map("a: b")}, files=files, helm=f"{HELM}values: [values.yaml, x.yaml]\n")
    assert [problem.partition(":")[0] for problem in problems(options)] == [
        "helm.yaml",
        "values.yaml",
        "extra.yaml",
    ]
