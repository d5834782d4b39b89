"""The parser's events of one document, made into a tree of nodes. Pure.

The events come from libyaml through PyYAML, whose composer and constructors are not used: they
take the last of duplicate keys, follow aliases without bound and recurse as deep as the input says.
Here an alias shares what its anchor built, and its nodes are counted as often as it repeats them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from onestack.manifests import tagged
from onestack.manifests.budget import Budget
from onestack.manifests.mapping import Mapping, Report
from onestack.manifests.node import Node
from onestack.manifests.places import Places
from onestack.manifests.scalars import Unheld, resolve


class _Open:
    """A mapping or list whose end has not come yet.

    ``height`` is how deep what it holds goes; ``nodes`` and ``characters`` are what was used up before.
    """

    __slots__ = ("anchored", "characters", "height", "mapping", "node", "nodes")

    def __init__(self, node: Node, mapping: Mapping | None, anchored: _Anchored | None, used: Budget) -> None:
        self.node = node
        self.mapping = mapping
        self.anchored = anchored
        self.nodes = used.nodes - 1
        self.characters = used.characters
        self.height = 1


class _Anchored:
    """What an anchor names, and how much that is; ``nodes`` is 0 while it is still open."""

    __slots__ = ("characters", "height", "node", "nodes")

    def __init__(self, node: Node, nodes: int, characters: int) -> None:
        self.node = node
        self.nodes = nodes
        self.characters = characters
        self.height = 0


class Builder:
    """Builds the tree of one document, ``root``, whose values stand at ``places`` of the file.

    ``whole`` turns false where a value is missing in it, so that what would be said of the rest is wrong.
    """

    def __init__(self, places: Places, budget: Budget, report: Report) -> None:
        self._place_of = places.of
        self._budget = budget
        self._report = report
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self.root: Node | None = None
        self.whole = True
        self._handlers = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._mapping,
            SequenceStartEvent: self._sequence,
            AliasEvent: self._alias,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            DocumentStartEvent: self._document,
        }

    def build(self, events: Iterable[Any]) -> None:
        """Takes all events of the parser. Raises: Exceeded, and what the parser and the report raise."""
        handler_of = self._handlers.get
        for event in events:
            handler = handler_of(event.__class__)
            if handler is not None:
                handler(event)

    def _document(self, event: Any) -> None:
        if self.root is not None:
            line, column = self._place_of(event.start_mark)
            what = "another document begins here, which kubectl would not see"
            self._report(
                line, column, what, "begin it with '---' at the start of a line; end lines with LF or CRLF"
            )

    def _scalar(self, event: Any) -> None:
        line, column = self._place_of(event.start_mark)
        text: str = event.value
        budget = self._budget
        budget.characters += len(text)
        budget.nodes += 1
        if budget.nodes > budget.most:
            budget.exceeded(line, column)
        plain: bool = event.implicit[0] and event.tag is None
        value: Any = text
        if plain:
            try:
                value = resolve(text)
            except Unheld:
                # Its text isn't repeated: it may be a Secret's.
                what = "kubectl can't hold this number: it is infinite, NaN, or beyond 64 bits"
                self._report(line, column, what, "write it in quotes if it is a string")
        elif event.tag is not None:
            value = self._tagged(event.tag, text, line, column)
        node = Node(value, line, column)
        if value.__class__ is not str:
            node.text = text
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, len(text))
        self._place(node, 0, plain=plain)

    def _tagged(self, tag: str, text: str, line: int, column: int) -> Any:
        try:
            return tagged.scalar(tag, text)
        except tagged.TagRefused as refused:
            self._report(line, column, refused.what, refused.expected)
            return text

    def _mapping(self, event: Any) -> None:
        node = self._start(event, {}, "map")
        self._open(event, node, Mapping(node, self._report))

    def _sequence(self, event: Any) -> None:
        node = self._start(event, [], "seq")
        node.children = []
        self._open(event, node, None)

    def _start(self, event: Any, value: Any, kind: str) -> Node:
        line, column = self._place_of(event.start_mark)
        self._budget.spend(line, column, 1, 0)
        self._budget.descend(line, column, len(self._stack) + 1)
        if event.tag is not None:
            try:
                tagged.collection(event.tag, kind)
            except tagged.TagRefused as refused:
                self._report(line, column, refused.what, refused.expected)
        return Node(value, line, column)

    def _open(self, event: Any, node: Node, mapping: Mapping | None) -> None:
        anchored = None
        if event.anchor is not None:
            anchored = self._anchors[event.anchor] = _Anchored(node, 0, 0)
        self._stack.append(_Open(node, mapping, anchored, self._budget))

    def _end(self, _: Any) -> None:
        closed = self._stack.pop()
        if closed.anchored is not None:
            closed.anchored.nodes = self._budget.nodes - closed.nodes
            closed.anchored.characters = self._budget.characters - closed.characters
            closed.anchored.height = closed.height
        self._place(closed.node, closed.height, plain=False)

    def _alias(self, event: Any) -> None:
        line, column = self._place_of(event.start_mark)
        held = self._anchors.get(event.anchor)
        if held is None or not held.nodes:
            # Its name isn't repeated: it may be a secret that starts with '*'.
            what = "this alias names no anchor" if held is None else "this alias contains itself"
            expected = "define the anchor before it is used, with '&', or write the value in quotes"
            self._report(line, column, what, expected)
            self.whole = False
            self._place(Node(None, line, column), 0, plain=False)
            return
        self._budget.spend(line, column, held.nodes, held.characters)
        self._budget.descend(line, column, len(self._stack) + held.height)
        node = Node(held.node.value, line, column)
        node.text, node.children = held.node.text, held.node.children
        self._place(node, held.height, plain=False)

    def _place(self, node: Node, height: int, *, plain: bool) -> None:
        if not self._stack:
            self.root = node
            return
        into = self._stack[-1]
        if height >= into.height:
            into.height = height + 1
        if into.mapping is not None:
            into.mapping.add(node, plain=plain)
        else:
            into.node.children.append(node)  # type: ignore[union-attr]  # a list's, as `_sequence` made it
            into.node.value.append(node.value)
