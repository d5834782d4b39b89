"""A plan's resources, from the document that the engine writes when it is not to stream events."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from onestack import engine
from onestack.engine import Workspace
from onestack.errors import EngineFailed, EngineKilled, EngineLostCluster

STEPS = [{"op": "same", "urn": "u", "newState": {"urn": "u", "type": "t", "dependencies": ["v"]}}]


class Engine:
    """Stands in for the engine: a program that says what it is told to and keeps how it was called."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workspace = Workspace(
            folder, "onestack", "test", (folder / "bin",), folder / "kubeconfig", folder / "home"
        )

    def says(self, document: Any, *, code: int = 0, stderr: str = "", kill: int = 0) -> None:
        """From now on it does."""
        (self._folder / "bin").mkdir(exist_ok=True)
        (self._folder / "stdout").write_text(document if isinstance(document, str) else json.dumps(document))
        (self._folder / "stderr").write_text(stderr)
        end = f"kill -{kill} $$" if kill else f"exit {code}"
        script = self._folder / "bin" / "pulumi"
        script.write_text(
            f'#!/bin/sh\ncd "{self._folder}"\necho "$@" > called\n'
            f'echo "$PULUMI_ENABLE_STREAMING_JSON_PREVIEW" >> called\ncat stdout\ncat stderr >&2\n{end}\n'
        )
        script.chmod(0o755)

    @property
    def called(self) -> list[str]:
        """The arguments, and whether it was told to stream."""
        return (self._folder / "called").read_text().splitlines()


@pytest.fixture
def fake(tmp_path: Path) -> Engine:
    """An engine in a folder of its own."""
    return Engine(tmp_path)


def test_the_steps_of_all_resources_are_asked_for_in_one_document(fake: Engine) -> None:
    fake.says({"steps": STEPS, "diagnostics": [{"severity": "warning", "message": "w"}]})
    assert engine.planned(fake.workspace) == tuple(STEPS)
    arguments, streams = fake.called
    assert arguments.startswith("preview --show-sames --stack test --json")
    assert streams == "false"


def test_other_previews_still_speak_while_they_run(fake: Engine) -> None:
    fake.says({"summaryEvent": {"resourceChanges": {"same": 1}}})
    outcome = engine.preview(fake.workspace, lambda _event: None)
    assert outcome.changes == {"same": 1}
    assert fake.called[1] == "true"


def test_nothing_planned_is_no_steps(fake: Engine) -> None:
    fake.says({})
    assert engine.planned(fake.workspace) == ()


def test_a_failure_is_told_by_what_the_document_says(fake: Engine) -> None:
    told = [
        {"severity": "error", "message": "error: the program says no\n"},
        {"severity": "error", "message": "error: the program says no\n"},
        {"severity": "error", "message": "preview failed"},
        {"severity": "info", "message": "by the way"},
    ]
    fake.says({"diagnostics": told}, code=255, stderr="error: preview failed\n")
    with pytest.raises(EngineFailed) as failed:
        engine.planned(fake.workspace)
    assert failed.value.why == "the program says no"
    fake.says(
        {"diagnostics": [{**told[0], "message": "configured Kubernetes cluster is unreachable: x"}]}, code=1
    )
    with pytest.raises(EngineLostCluster):
        engine.planned(fake.workspace)


def test_a_failure_before_any_document_is_told_by_what_was_said(fake: Engine) -> None:
    for written in ("", "[]", "no JSON"):
        fake.says(written, code=1, stderr="error: no stack named 'test' found\n")
        with pytest.raises(EngineFailed) as failed:
            engine.planned(fake.workspace)
        assert "no stack named 'test' found" in failed.value.why


def test_an_engine_that_is_killed_is_told_as_such(fake: Engine) -> None:
    fake.says({}, kill=signal.SIGKILL)
    with pytest.raises(EngineKilled):
        engine.planned(fake.workspace)
