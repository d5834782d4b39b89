"""All that differs between environments is in ``stacks/``: no code asks which stack it is in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = {"dev", "staging", "prod"}


def code() -> Iterator[Path]:
    """The program and the library."""
    yield ROOT / "__main__.py"
    for folder in ("infra", "components", "onestack"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(text: str) -> list[int]:
    """The lines on which a stack's name is a value of its own."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES
    ]


def test_no_code_names_a_stack() -> None:
    found = {str(file.relative_to(ROOT)): named(file.read_text(encoding="utf-8")) for file in code()}
    assert "infra/google.py" in found
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    [
        'if stack == "prod":\n    pass',
        'protected = stack in ("staging", "prod")',
        'sizes = {"dev": 1}',
        'match stack:\n    case "prod":\n        pass',
    ],
)
def test_a_name_is_found(text: str) -> None:
    assert named(text)
