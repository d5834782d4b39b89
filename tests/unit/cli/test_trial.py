"""Which stack is tried where none is named, and that the process begins without credentials."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from onestack.cli import trial as cli
from onestack.errors import StackNotNamed
from onestack.repository import Repository

EMBEDDED = "config: {onestack:platform: embedded, onestack:manifests: {applications: {}}}\n"
OTHER = (
    "config: {onestack:platform: kubeconfig, onestack:kubeconfig: {path: k}, "
    "onestack:manifests: {applications: {}}}\n"
)


@pytest.mark.parametrize(
    ("stacks", "meant"),
    [
        ({"a": OTHER}, "a"),
        ({"a": OTHER, "b": EMBEDDED, "c": OTHER}, "b"),
        ({"a": OTHER, "b": OTHER}, None),
        ({"a": EMBEDDED, "b": EMBEDDED}, None),
        ({}, None),
    ],
)
def test_the_only_one_is_meant(tmp_path: Path, stacks: dict[str, str], meant: str | None) -> None:
    (tmp_path / "stacks").mkdir()
    for name, text in stacks.items():
        (tmp_path / f"stacks/Pulumi.{name}.yaml").write_text(text)
    repository = Repository(tmp_path, "onestack")
    if meant is None:
        with pytest.raises(StackNotNamed):
            cli._only(repository)
    else:
        assert cli._only(repository) == meant


def test_the_command_begins_anew_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda _file, command, environ: begun.append((command, environ)))
    monkeypatch.setattr(sys, "argv", ["onestack", "trial", "local"])
    monkeypatch.setenv("GITHUB_TOKEN", "x")
    cli._without_credentials()
    ((command, environ),) = begun
    assert command[1:] == ["-m", "onestack", "trial", "local"]
    assert "GITHUB_TOKEN" not in environ
    monkeypatch.setattr(os, "environ", environ)
    cli._without_credentials()
    assert len(begun) == 1
