"""Runs ``__main__.py`` for stacks of the repository under mocks and prints as JSON what it declared.

``python -m tests.program.environment STACK...`` prints for each stack ``{"made": ..., "planned": ...}``, both
with ``resources`` and ``outputs``. ``made`` was handed its manifests as by a deployment, at a Google that
computes everything; ``planned`` was handed nothing, as by plain ``pulumi preview``, and there is nothing yet.
It needs no network, no cluster and no tools: the manifests of the repository are plain YAML.
"""

from __future__ import annotations

import dataclasses
import json
import os
import runpy
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import yaml

from onestack import handover, settings
from onestack.declaration import declared as read_and_checked
from onestack.handover import Handover
from onestack.manifests import record
from onestack.rendering.options import on_path
from onestack.worked_out import inventory
from tests.program.clouds import REPOSITORY
from tests.program.engine import declared


def main() -> None:
    """Runs the program twice for each stack."""
    json.dump({stack: _both(stack) for stack in sys.argv[1:]}, sys.stdout)


def _both(stack: str) -> dict[str, Any]:
    config = _config(stack)
    planned = declared(stack, _program, config, planning=True)
    with _handed_over(stack):
        made = declared(stack, _program, config)
    return {"made": dataclasses.asdict(made), "planned": dataclasses.asdict(planned)}


async def _program() -> None:
    """What ``__main__.py`` gives to ``pulumi.run``."""
    given: list[Callable[[], Awaitable[None]]] = []
    with patch.object(pulumi, "run", given.append):
        runpy.run_path(str(REPOSITORY / "__main__.py"), run_name="__main__")
    (environment,) = given
    await environment()


def _config(stack: str) -> dict[str, str]:
    """The stack's configuration as the engine hands it over, with stand-ins for secrets."""
    text = (REPOSITORY / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    return {key: _value(value) for key, value in yaml.safe_load(text)["config"].items()}


def _value(value: Any) -> str:
    if isinstance(value, dict) and "secure" in value:
        return "a stand-in"
    return value if isinstance(value, str) else json.dumps(value)


@contextmanager
def _handed_over(stack: str) -> Iterator[None]:
    """Hands what a deployment would."""
    of_stack = settings.from_file(REPOSITORY, stack)
    declaration = read_and_checked(REPOSITORY, of_stack, project="onestack", tools=on_path)
    handed = Handover(inventory(declaration, of_stack, project="onestack"), record.Found(), waits=False)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[handover.VARIABLE] = str(handover.write(Path(folder), handed))
        yield
        del os.environ[handover.VARIABLE]


if __name__ == "__main__":
    main()
