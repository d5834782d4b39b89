"""All that is found wrong in a load, gathered. Pure."""

from __future__ import annotations

from typing import Protocol

from onestack.errors import Problem
from onestack.manifests.manifest import dotted
from onestack.manifests.node import Node


class Report(Protocol):
    """Takes one thing that is wrong at the place of a node."""

    def __call__(self, at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
        """``key`` means the key that holds the node, not its value."""


class Problems:
    """The problems of one load."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def of(self, file: str, rendered: Node | None = None) -> Report:
        """What reports problems in ``file``.

        ``rendered`` is the document that a tool made of the file: its lines are not those of the
        file, so the object and the path of the field are named instead.
        """

        def report(at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
            if rendered is not None:
                self.whole(file, f"{subject(rendered, at)}: {what}", expected)
                return
            line, column = (at.key_line, at.key_column) if key else (at.line, at.column)
            self.found.append(Problem(file, line, column, what, expected))

        return report

    def whole(self, file: str, what: str, expected: str = "") -> None:
        """Takes one thing that is wrong with a file or folder as a whole."""
        self.found.append(Problem(file, 0, 0, what, expected))


def subject(document: Node, at: Node) -> str:
    """``Deployment web spec.replicas``: which object and field of a rendered document is meant."""
    said = [node.value for path in (("kind",), ("metadata", "name")) if (node := document.get(*path))]
    named = " ".join(str(part) for part in said if isinstance(part, str)) or "a document"
    path = document.path_of(at)
    return f"{named} {dotted(path)}" if path else named
