"""A value of a YAML file that knows where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_SHOWN: Final = 40


class Node:
    """A plain JSON value with its place.

    ``line`` and ``column`` count from 1; ``key_line`` and ``key_column`` are those of the key that
    holds it, or its own. ``children`` holds the nodes of a mapping by key, of a sequence in order,
    and is None for a scalar. ``text`` is what a plain scalar that isn't a string was written as.
    """

    __slots__ = ("children", "column", "key_column", "key_line", "line", "text", "value")

    def __init__(self, value: Any, line: int, column: int) -> None:
        self.value: Any = value
        self.line = line
        self.column = column
        self.key_line = line
        self.key_column = column
        self.text: str | None = None
        self.children: dict[str, Node] | list[Node] | None = None

    def get(self, *path: str | int) -> Node | None:
        """The node at ``path``, or None."""
        node = self
        for step in path:
            found = node.child(step)
            if found is None:
                return None
            node = found
        return node

    def nearest(self, *path: str | int) -> Node:
        """The node at ``path``, or the deepest one on the way there."""
        node = self
        for step in path:
            found = node.child(step)
            if found is None:
                break
            node = found
        return node

    def child(self, step: str | int) -> Node | None:
        """The node under one key or index, or None."""
        if isinstance(self.children, dict):
            return self.children.get(step) if isinstance(step, str) else None
        if isinstance(self.children, list) and isinstance(step, int) and 0 <= step < len(self.children):
            return self.children[step]
        return None

    def fields(self) -> Iterator[tuple[str, Node]]:
        """Keys and nodes of a mapping; nothing for anything else."""
        if isinstance(self.children, dict):
            yield from self.children.items()

    def items(self) -> Iterator[Node]:
        """Nodes of a sequence; nothing for anything else."""
        if isinstance(self.children, list):
            yield from self.children

    def said(self) -> str:
        """What the value is, in words for a message; the text of strings is not repeated."""
        value = self.value
        if value is None:
            return "null" if self.text else "empty"
        if isinstance(value, bool):
            return f"the boolean {'true' if value else 'false'}"
        if isinstance(value, (int, float)):
            return f"the number {value}"
        return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a string"

    def quoted(self) -> str:
        """How to write a plain scalar so that it is a string; a long one is cut."""
        text = self.text or ""
        return f'"{text if len(text) <= _SHOWN else text[:_SHOWN] + "..."}"'
