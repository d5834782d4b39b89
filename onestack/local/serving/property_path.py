"""Paths to properties as Pulumi writes them: ``spec.ports[0].port``, ``metadata.labels["a.b"]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from onestack.errors import InvalidPropertyPath

_STEP: Final = re.compile(r'\.?([^.\["]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]')
_QUOTED: Final = frozenset('."[]')


def parse_path(text: str) -> tuple[str | int, ...]:
    """The steps of a path; ``*`` stands for any.

    Raises:
        InvalidPropertyPath: it is malformed.
    """
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None:
            raise InvalidPropertyPath(text, position)
        name, index, quoted = found.groups()
        if name is not None:
            steps.append(name)
        elif quoted is not None:
            steps.append(quoted.replace('\\"', '"'))
        else:
            steps.append(index if index == "*" else int(index))
        position = found.end()
    return tuple(steps)


def format_path(steps: Sequence[str | int]) -> str:
    """The inverse of ``parse_path``."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _QUOTED.intersection(step):
            escaped = step.replace('"', '\\"')
            text += f'["{escaped}"]'
        else:
            text += f".{step}" if text else step
    return text


def contains(outer: Sequence[str | int], inner: Sequence[str | int]) -> bool:
    """True where ``inner`` is ``outer`` or lies below it."""
    return len(outer) <= len(inner) and all(
        step in {"*", other} for step, other in zip(outer, inner, strict=False)
    )
