"""Reads the settings of a stack: from its file, or as the engine hands them to a running program."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onestack.errors import InvalidSettings, UnknownStack
from onestack.manifests.node import Node
from onestack.manifests.reader import read
from onestack.repository import content
from onestack.settings.model import Settings
from onestack.settings.problems import PREFIX, misspelt, problems, whole

STACKS = "stacks"


def stack_file(root: Path, stack: str) -> Path:
    """The file that holds a stack's settings."""
    return root / STACKS / f"Pulumi.{stack}.yaml"


def stack_names(root: Path) -> tuple[str, ...]:
    """The stacks that the repository has settings for, sorted."""
    return tuple(
        sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in (root / STACKS).glob("Pulumi.*.yaml"))
    )


def from_file(root: Path, stack: str) -> Settings:
    """Reads the settings of ``stack`` from its file.

    Raises: UnknownStack, InvalidSettings.
    """
    path = stack_file(root, stack)
    where = f"{STACKS}/{path.name}"
    try:
        reading = read(content(root, where), where)
    except FileNotFoundError:
        raise UnknownStack(stack, known=stack_names(root)) from None
    except OSError as error:
        raise InvalidSettings(where, [whole(where, f"the file can't be read: {error.strerror}")]) from None
    if reading.problems:
        raise InvalidSettings(where, reading.problems)
    config = reading.documents[0].get("config") if len(reading.documents) == 1 else None
    if config is None or not isinstance(config.value, dict):
        raise InvalidSettings(where, [whole(where, "it has no mapping 'config' with the stack's settings")])
    if wrong := tuple(misspelt(root, where, config)):
        raise InvalidSettings(where, wrong)
    values = {key.removeprefix(PREFIX): node.value for key, node in config.fields() if key.startswith(PREFIX)}
    return _validated(stack, values, where, config)


def from_engine(stack: str, get: Callable[[str], str | None]) -> Settings:
    """Reads the settings of ``stack`` as the engine hands them to a running program.

    ``get`` is ``pulumi.Config("onestack").get``, which gives structured values as JSON text.

    Raises: InvalidSettings.
    """
    values: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        text = get(field.alias or name) if name != "stack" else None
        if text is not None:
            values[field.alias or name] = _decoded(text)
    return _validated(stack, values, f"{STACKS}/Pulumi.{stack}.yaml")


def _decoded(text: str) -> Any:
    """Structured values come as JSON objects; everything else is meant as it stands."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _validated(stack: str, values: Mapping[str, Any], where: str, config: Node | None = None) -> Settings:
    try:
        return Settings.model_validate({**values, "stack": stack})
    except ValidationError as error:
        found = [problem for one in error.errors() for problem in problems(one, where, config)]
        raise InvalidSettings(where, found) from None
