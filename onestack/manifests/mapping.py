"""A mapping being read: its keys, duplicates, and the merge key ``<<`` as kubectl takes it. Pure.

go.yaml.in/yaml/v2 merges in the order of the file, so that a merge overrides keys that stand before
it; YAML 1.1 says that a mapping's own keys always win. Where that differs it is an error.

Keys of JSON are strings, so sigs.k8s.io/yaml writes the value of a number or boolean as one. Where that
is the very text of the file (``8080``) it is taken, where it isn't (``0644`` becomes ``420``) refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from onestack.manifests.node import Node
from onestack.manifests.scalars import is_integer

Report = Callable[[int, int, str, str], None]

MERGE: Final = "<<"
_SHOWN: Final = 40


class Mapping:
    """Fills the node of a mapping with its fields."""

    __slots__ = ("_fields", "_key", "_merged", "_merging", "_report", "node")

    def __init__(self, node: Node, report: Report) -> None:
        self.node = node
        self._fields: dict[str, Node] = {}
        node.children = self._fields
        self._report = report
        self._key: tuple[str | None, int, int] | None = None
        """The key whose value comes next, with its place; one that can't be a key is None in it."""
        self._merging = False
        self._merged: set[str] | None = None
        """Keys that a merge gave and that may still be overridden; None before the first merge."""

    def add(self, node: Node, *, plain: bool) -> None:
        """Takes the next key or value; ``plain`` says that it was a plain scalar."""
        if self._merging:
            self._merging = False
            self._merge(node)
        elif self._key is None:
            self._take_key(node, plain=plain)
        else:
            self._take_value(node)

    def _take_key(self, node: Node, *, plain: bool) -> None:
        key = node.value
        if key.__class__ is not str:
            key = self._odd_key(node, plain=plain)
        elif plain and key == MERGE:
            self._merging = True
            if self._merged is not None:
                expected = "write one: '<<: [*first, *second]'"
                self._report(node.line, node.column, "there are two merge keys '<<'", expected)
            return
        self._key = (key, node.line, node.column)

    def _odd_key(self, node: Node, *, plain: bool) -> str | None:
        if node.children is not None:
            self._report(node.line, node.column, f"a key is {node.said()}", "keys are strings")
            return None
        text = node.text or ""
        integer = node.value.__class__ is int and is_integer(text)
        if plain and integer and str(node.value) == text:
            return text
        what = f"the key {short(text or '(empty)')} is {node.said()}, {_made(node, integer=integer)}"
        self._report(node.line, node.column, what, f"write {node.quoted()} in quotes if that is meant")
        return text

    def _take_value(self, node: Node) -> None:
        key, line, column = self._key or (None, node.line, node.column)
        self._key = None
        if key is None:
            return
        held = self._fields.get(key)
        if held is not None and not (self._merged is not None and key in self._merged):
            expected = f"keep one; the other is in line {held.key_line}"
            self._report(line, column, f"the key '{short(key)}' stands twice in this mapping", expected)
            return
        if self._merged is not None:
            self._merged.discard(key)
        node.key_line, node.key_column = line, column
        self._fields[key] = node
        self.node.value[key] = node.value

    def _merge(self, node: Node) -> None:
        sources = [node] if isinstance(node.children, dict) else list(node.items())
        merged = self._merged = set() if self._merged is None else self._merged
        if not sources or not all(isinstance(source.children, dict) for source in sources):
            said = (
                "a list of other things"
                if sources
                else node.said()
                if node.children is None
                else "an empty list"
            )
            what = f"the merge key '<<' has {said}, not a mapping"
            self._report(node.line, node.column, what, "give it an alias of a mapping, or a list of them")
            return
        for source in reversed(sources):  # the first of a list wins
            for key, child in source.fields():
                if key in self._fields and key not in merged:
                    what = f"the merge key '<<' stands behind the key '{short(key)}', which it also holds"
                    expected = "write '<<' first in its mapping; YAML and kubectl disagree otherwise"
                    self._report(node.line, node.column, what, expected)
                    continue
                merged.add(key)
                self._fields[key] = child
                self.node.value[key] = child.value


def _made(node: Node, *, integer: bool) -> str:
    """What becomes of a key that isn't a string; the digits of a float are those of 32 bits."""
    if node.value is None:
        return "which kubectl refuses"
    if integer or isinstance(node.value, bool):
        return f"of which kubectl makes '{str(node.value).lower()}'"
    return "which kubectl writes in digits of its own"


def short(text: str) -> str:
    """A text of the input, cut for a message."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
