"""Paths of fields, as the engine writes them: ``spec.ports[0].port``, ``metadata.labels["a/b"]``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from onestack.plan.model import Missing

Path = tuple[str | int, ...]

_STEP: Final = re.compile(r'\.?([^.\["]+)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]')
_PLAIN: Final = re.compile(r"[^.\[\]\"\s]+")


def parsed(path: str) -> Path:
    """The steps of a path; one that isn't written as the engine does is one step."""
    steps: list[str | int] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return (path,)
        plain, index, quoted = found.groups()
        steps.append(plain if plain is not None else int(index) if index else _unquoted(quoted))
        at = found.end()
    return tuple(steps)


def written(path: Path) -> str:
    """The path as the engine writes it."""
    said = "".join(_step(step) for step in path)
    return said.removeprefix(".")


def at(value: Any, path: Path, like: Any = None) -> Any:
    """The value at a path: ``ABSENT`` where there is none, ``HIDDEN`` or ``UNSEEN`` where what holds it is.

    ``like`` is a value of the same shape whose lists may be longer or shorter: items that have a ``name``
    are found by the name that the item there has.
    """
    for step in path:
        if isinstance(value, Missing):
            return value
        beside = _item(like, step)
        value = _named(value, step, beside) if isinstance(step, int) else _item(value, step)
        like = beside
    return value


def _named(value: Any, index: int, like: Any) -> Any:
    name = like.get("name") if isinstance(like, Mapping) else None
    if isinstance(name, str) and isinstance(value, Sequence) and not isinstance(value, str):
        found = [one for one in value if isinstance(one, Mapping) and one.get("name") == name]
        return found[0] if found else Missing.ABSENT
    return _item(value, index)


def _item(value: Any, step: str | int) -> Any:
    if isinstance(value, Missing):
        return value
    if isinstance(value, Mapping):
        return value.get(step, Missing.ABSENT) if isinstance(step, str) else Missing.ABSENT
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return Missing.ABSENT


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.fullmatch(step) else f"[{orjson.dumps(step).decode()}]"


def _unquoted(text: str) -> str:
    try:
        return str(orjson.loads(f'"{text}"'))
    except ValueError:
        return text
