"""Graphs of stacks at Google, as many as are asked for, from one process under mocks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
STACKS = ("dev", "staging", "prod")
Resource = dict[str, Any]


def settings_of(stack: str) -> dict[str, Any]:
    """What a stack of the repository says of Google."""
    text = (REPOSITORY / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["config"]["onestack:gcp"]
    return found


def clouds(asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """For each stack and its settings what `tests.program.cloud` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.cloud"],
        cwd=REPOSITORY,
        input=json.dumps([{"stack": stack, "gcp": gcp} for stack, gcp in asked]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
