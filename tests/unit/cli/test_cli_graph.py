"""``onestack graph``: what is written where, and in which form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from onestack import delivery
from onestack.cli import cli
from onestack.cli import graph as command
from onestack.errors import FileNotWritable, PictureNotWritten
from onestack.graph import Graph
from onestack.masking import Mask
from tests.unit.graph.canned import Made, application, cloud


class Drawn:
    """A stack with these resources; keeps whether the state was asked for."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.made: Made = cloud()
        self.live: list[bool] = []
        self.hides: Mask | None = None
        patch.setattr(command, "find", lambda root: root)
        patch.setattr(command, "gather", lambda _repository, stack, _progress, **_options: stack)
        patch.setattr(delivery, "graph", self)

    def __call__(self, _stack: str, progress: Any, *, live: bool) -> Graph:
        self.live.append(live)
        if self.hides is not None:
            progress.hide(self.hides)
        return self.made.graph()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """The stack dev."""
    return Drawn(monkeypatch)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["graph", "dev", *map(str, arguments)])


def test_mermaid_is_printed_where_nothing_else_is_asked_for(drawn: Drawn) -> None:
    done = run()
    assert done.exit_code == 0
    assert done.stdout.startswith("flowchart TD\n  accTitle: Stack dev\n")
    assert drawn.live == [False]


def test_the_state_is_drawn_on_demand(drawn: Drawn) -> None:
    assert run("--live").exit_code == 0
    assert drawn.live == [True]


def test_files_are_written_and_named_and_nothing_is_printed(drawn: Drawn, tmp_path: Path) -> None:
    picture, text = tmp_path / "a.svg", tmp_path / "a.mmd"
    done = run("--svg", picture, "--mermaid", text)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [f"wrote {picture}", f"wrote {text}"]
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own
    assert text.read_text(encoding="utf-8") == run().stdout
    assert len(drawn.live) == 2


def test_a_file_that_can_not_be_written_is_named(drawn: Drawn, tmp_path: Path) -> None:
    error = run("--svg", tmp_path / "missing" / "a.svg").exception
    assert isinstance(error, FileNotWritable)
    assert "missing/a.svg: this file can't be written, so nothing was begun" in error.message()
    assert not drawn.live, "it is told before anything is planned"
    late = run("--svg", tmp_path / f"{'a' * 300}.svg").exception
    assert isinstance(late, PictureNotWritten)
    assert "the picture can't be written\n  because: File name too long" in late.message()


def test_the_document_has_every_kind_and_arrow_and_its_schema_is_documented(drawn: Drawn) -> None:
    application(drawn.made, "<b>", 200)
    document = json.loads(run("--json").stdout)
    assert (document["source"], document["stack"]) == ("plan", "dev")
    assert {"from": "b_cluster_dev", "to": "b_network_dev"} in document["edges"]
    boxes = {box["title"]: box for group in document["groups"] for box in group["boxes"]}
    assert boxes["<b>"]["kinds"][0] == {"kind": "Deployment", "count": 200, "protected": 0, "names": []}
    assert (boxes["Cluster dev"]["resources"], boxes["Cluster dev"]["protected"]) == (2, 2)
    assert json.loads(run("--json", "--live").stdout)["source"] == "state"
    documented = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    said = documented.partition("## onestack graph")[2].partition("\n## ")[0]
    assert [key for key in keys(document) if f'"{key}"' not in said] == []


def keys(document: Any) -> set[str]:
    if isinstance(document, dict):
        return set(document).union(*map(keys, document.values()))
    return set().union(*map(keys, document)) if isinstance(document, list) else set()


def test_secret_values_are_in_no_form(drawn: Drawn, tmp_path: Path) -> None:
    drawn.hides = Mask(frozenset({b"correct-horse"}))
    application(drawn.made, "correct-horse", 1)
    done = run("--json", "--svg", tmp_path / "a.svg", "--mermaid", tmp_path / "a.mmd")
    said = (done.stdout, *((tmp_path / name).read_text(encoding="utf-8") for name in ("a.svg", "a.mmd")))
    assert [("horse" in one, "secret" in one) for one in said] == [(False, True)] * 3


def test_an_empty_stack_is_said_to_be(drawn: Drawn) -> None:
    drawn.made = Made()
    assert "dev has no resources: the picture is empty" in run().stderr
    assert "dev has no resources in its state: the picture is empty" in run("--live").stderr
