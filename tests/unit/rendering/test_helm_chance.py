"""Charts whose renderings are the same only by chance, or for a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack.local.toolchain import Toolchain
from onestack.manifests.application import Application
from onestack.rendering import helm, helm_run
from onestack.rendering.chart_scan import Told
from onestack.rendering.options import Options
from tests.reading import had
from tests.unit.rendering.conftest import Write
from tests.unit.rendering.helm_charts import add, config_map

FILE = "templates/a.yaml"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('a: {{ now | date "2006-01-02" }}', ("date", "now")),
        ("a: {{- randInt 0 2 -}}", ("randInt",)),
        ("a: {{ (index (list 1 2 | join `,` | shuffle) 0) }}", ("shuffle",)),
        ('a: {{ htmlDate "" }}', ("htmlDate",)),
        ("{{ if true }}\n{{ printf `x`\n  now }}", ("now",)),
        ('a: {{ "}}" }}{{ \'"\' }}{{ `}}` | print now }}', ("now",)),
        ("{{/* it's }} */}}{{ now }}", ("now",)),
        ('a: {{ "no end }} {{ now }}', ("now",)),
        ("# now and then\na: {{ .Values.now }}", ()),
        ("{{/* what is now here */}}{{- /* now */ -}}", ()),
        ('a: {{ "now" }}{{ `date` }}{{ $now }}{{ "a \\" now" }}', ()),
        ("a: {{ randAlphaNum 12 }}", ()),
    ],
)
def test_functions_are_found_in_actions_only(template: str, expected: tuple[str, ...]) -> None:
    told = Told()
    told.take(FILE, template.encode())
    assert told.passing.get(FILE, ()) == expected
    assert told.chance or not expected


def test_notes_are_not_looked_at() -> None:
    told = Told()
    told.take("templates/NOTES.txt", b"{{ now }}")
    told.take("README.md", b"{{ now }}")
    assert told.passing == {}


@pytest.fixture
def options(repository: Path, tools: Toolchain, tmp_path: Path) -> Options:
    return Options(repository, "manifests", "dev", "1.36", tools.path, tmp_path / "cache")


def test_what_may_differ_another_day_is_a_warning_in_every_run(write: Write, options: Options) -> None:
    add(write, {"a.yaml": config_map('a: {{ now | date "2006" | quote }}')})
    for _ in range(2):
        found = had([Application("app")], options)
        assert [str(problem) for problem in found.problems] == []
        (warning,) = found.warnings
        assert str(warning) == (
            f"manifests/app/chart/{FILE}: {FILE} of the chart of application 'app' uses date, now: it "
            "renders the same now, and may render differently another time, which a deployment would change; "
            "set the value in a file of values"
        )
    assert not list(options.cache.glob("*"))


def test_few_outcomes_are_looked_for_more_than_once(
    write: Write, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(write, {"a.yaml": config_map("a: {{ randInt 0 2 | quote }}")})
    outcomes = iter((b"a: 1", b"a: 1", b"a: 1", b"a: 0"))
    monkeypatch.setattr(helm_run, "sources", lambda *_: {FILE: next(outcomes)})
    (problem,) = had([Application("app")], options).problems
    assert "renders differently each time (it uses randInt)" in str(problem)
    assert helm.TRIES == 3
    assert next(outcomes, None) is None
