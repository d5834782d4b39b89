"""Graphs of stacks at Google: recorded, and as many as are asked for from one process under mocks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
GRAPHS = REPOSITORY / "tests/data/graphs"
STACKS = ("dev", "staging", "prod")
Resource = dict[str, Any]


def settings_of(stack: str) -> dict[str, Any]:
    """What a stack of the repository says of Google."""
    text = (REPOSITORY / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["config"]["onestack:gcp"]
    return found


@cache
def recorded(stack: str) -> Sequence[Resource]:
    """The stack's graph as recorded, which `test_environment` compares with what the program declares.

    Everybody's: whoever changes something takes a copy.
    """
    text = (GRAPHS / f"{stack}.yaml").read_text(encoding="utf-8")
    found: list[Resource] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def clouds(asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """For each stack and its settings what `tests.program.cloud` prints."""
    given = json.dumps([{"stack": stack, "gcp": gcp} for stack, gcp in asked])
    found: list[dict[str, Any]] = _printed("tests.program.cloud", given=given)
    return found


def environments(stacks: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each stack of the repository what `tests.program.environment` prints."""
    found: dict[str, dict[str, Any]] = _printed("tests.program.environment", *stacks)
    return found


def _printed(module: str, *arguments: str, given: str = "") -> Any:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=REPOSITORY,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
