"""All that is found wrong in a load, gathered. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from onestack.errors import Problem
from onestack.manifests.limits import LIMITS
from onestack.manifests.manifest import dotted
from onestack.manifests.node import Node


class Report(Protocol):
    """Takes one thing that is wrong at the place of a node."""

    def __call__(self, at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
        """``key`` means the key that holds the node, not its value."""


class Problems:
    """The problems of one load; of each file no more than LIMITS says, so that the first can be found."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.warnings: list[Problem] = []
        """What is most likely a mistake, and nothing is wrong with it as it stands."""
        self.complete = True
        """Whether every document could be read as far as saying which object it is."""
        self._told: Counter[str] = Counter()
        self._full: dict[str, int] = {}

    def of(self, file: str, rendered: Node | None = None) -> Report:
        """What reports problems in ``file``.

        ``rendered`` is the document that a tool made of the file: its lines are not those of the
        file, so the object and the path of the field are named instead.
        """
        paths = None if rendered is None else _Paths(rendered)

        def report(at: Node, what: str, expected: str = "", *, key: bool = False) -> None:
            if paths is not None:
                self.whole(file, f"{paths.subject(at)}: {what}", expected)
                return
            line, column = (at.key_line, at.key_column) if key else (at.line, at.column)
            self.take(Problem(file, line, column, what, expected))

        return report

    def whole(self, file: str, what: str, expected: str = "") -> None:
        """Takes one thing that is wrong with a file or folder as a whole."""
        self.take(Problem(file, 0, 0, what, expected))

    def warn(self, file: str, what: str, expected: str = "", at: Node | None = None) -> None:
        """Takes a warning, of a file as a whole or at a node of it; each once."""
        line, column = (at.line, at.column) if at is not None else (0, 0)
        problem = Problem(file, line, column, what, expected)
        if problem not in self.warnings:
            self.warnings.append(problem)

    def take(self, problem: Problem) -> None:
        """Takes a problem that was found elsewhere."""
        file = problem.file
        self._told[file] += 1
        left = self._told[file] - LIMITS.problems
        if left <= 0:
            self.found.append(problem)
            return
        are = "another is" if left == 1 else f"{left} others are"
        what = f"there are more than {LIMITS.problems} problems"
        at = self._full.setdefault(file, len(self.found))
        self.found[at : at + 1] = [Problem(file, 0, 0, what, f"{are} not told")]


class _Paths:
    """Where the nodes of a rendered document stand in it; looked up once, at the first problem."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._above: dict[int, tuple[Node, str | int]] = {}

    def subject(self, at: Node) -> str:
        """``Deployment web spec.replicas``: which object and field is meant."""
        if not self._above:
            self._look()
        said = [node.value for way in (("kind",), ("metadata", "name")) if (node := self._document.get(*way))]
        named = " ".join(part for part in said if isinstance(part, str)) or "a document"
        path = dotted(self._path(at))
        return f"{named} {path}" if path else named

    def _look(self) -> None:
        waiting = [self._document]
        while waiting:
            node = waiting.pop()
            below: Iterable[tuple[str | int, Node]] = (*node.fields(), *enumerate(node.items()))
            for step, held in below:
                if id(held) not in self._above:  # what aliases share has one place
                    self._above[id(held)] = (node, step)
                    waiting.append(held)

    def _path(self, at: Node) -> tuple[str | int, ...]:
        steps: list[str | int] = []
        above = self._above.get(id(at))
        while above is not None:
            steps.append(above[1])
            above = self._above.get(id(above[0]))
        return tuple(reversed(steps))
