"""The one YAML reader of the project: text in, values with their places and problems out. Pure.

Strict where YAML is lax: a scalar means what it means to kubectl (`onestack.manifests.scalars`),
duplicate and non-string keys, tags and directives are refused, aliases are counted as what they
repeat, and everything has a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from yaml import CBaseLoader, MarkedYAMLError

from onestack.errors import Problem
from onestack.manifests.budget import Budget, Exceeded
from onestack.manifests.builder import Builder
from onestack.manifests.garbage import uncollected
from onestack.manifests.limits import LIMITS, Limits
from onestack.manifests.node import Node
from onestack.manifests.places import Places
from onestack.manifests.stream import Chunk, Mistake, chunks, decoded, forbidden
from onestack.manifests.syntax import explained

# Nothing to parse; whatever the parser would end a comment at ends it.
_NOTHING: Final = re.compile("(?: *(?:#[^\r\n\x85\u2028\u2029]*)?\r?\n)* *(?:#[^\r\n\x85\u2028\u2029]*)?\\Z")
# Only blank lines and comments may stand before a directive.
_DIRECTIVE: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*%")


@dataclass(frozen=True)
class Reading:
    """What a file holds: its documents, empty ones left out, and all that is wrong in it.

    ``nodes`` says how many values it holds, with those that aliases repeat.
    """

    documents: tuple[Node, ...]
    problems: tuple[Problem, ...]
    nodes: int = 0


def read(content: bytes, file: str, limits: Limits = LIMITS) -> Reading:
    """Reads the YAML documents of a file. ``file`` is its name in problems; nothing is raised.

    A document with a problem of a value is there, too, so that its other problems can be found; one that
    is no YAML, or lacks a value, is not.
    """
    reader = _Reader(file, limits)
    with uncollected():
        documents = tuple(reader.documents(content))
    return Reading(documents, tuple(reader.problems), reader.nodes)


class _TooMany(Exception):
    """There are as many problems as are told of one file."""


class _Reader:
    def __init__(self, file: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._budget = Budget(limits)
        self.problems: list[Problem] = []

    @property
    def nodes(self) -> int:
        """How many values were read."""
        return self._budget.nodes

    def documents(self, content: bytes) -> Iterator[Node]:
        """The documents that can be had, until a bound is exceeded."""
        try:
            yield from self._bounded(content)
        except _TooMany:
            what = f"there are {self._limits.problems} problems or more"
            self.problems.append(Problem(self._file, 0, 0, what, "the rest of the file was not read"))

    def _bounded(self, content: bytes) -> Iterator[Node]:
        nodes = self._nodes(self._text(content))
        try:
            yield from islice(nodes, self._limits.documents)
            more = next(nodes, None)
        except Exceeded as bound:
            self._report(bound.line, bound.column, bound.what, bound.expected)
            return
        if more is not None:
            what = f"the file holds more than {self._limits.documents} documents"
            self._report(more.line, more.column, what, "split it")

    def _text(self, content: bytes) -> str:
        """The file's text; empty where it can't be read."""
        if len(content) > self._limits.file_bytes:
            what = f"the file has {len(content)} bytes"
            self._report(0, 0, what, f"split it; at most {self._limits.file_bytes} are read")
            return ""
        text = decoded(content)
        mistake = text if isinstance(text, Mistake) else forbidden(text)
        if mistake is not None:
            self._mistaken(mistake)
        return text if isinstance(text, str) and mistake is None else ""

    def _nodes(self, text: str) -> Iterator[Node]:
        """What the documents hold, without those that are empty."""
        for number, chunk in enumerate(chunks(text), start=1):
            if isinstance(chunk, Mistake):
                self._mistaken(chunk)
                continue
            if number > self._limits.nodes:
                self._budget.exceeded(chunk.line, 1)
            if _NOTHING.match(chunk.text):
                continue
            directive = _DIRECTIVE.match(chunk.text)
            if directive is not None:
                line = chunk.line + directive[0].count("\n")
                what = "YAML directives (%YAML, %TAG) are not allowed"
                self._report(line, 1, what, "remove the line; kubectl refuses it")
                continue
            node = self._node(chunk)
            if node is not None and node.value is not None:
                yield node

    def _node(self, chunk: Chunk) -> Node | None:
        places = Places(chunk.text, chunk.line)
        builder = Builder(places, self._budget, self._report)
        parser = CBaseLoader(places.text)
        try:
            builder.build(iter(parser.get_event, None))
        except MarkedYAMLError as error:
            self._report(*explained(error, places))
            return None
        finally:
            parser.dispose()
        return builder.root if builder.whole else None

    def _report(self, line: int, column: int, what: str, expected: str) -> None:
        self.problems.append(Problem(self._file, line, column, what, expected))
        if len(self.problems) >= self._limits.problems:
            raise _TooMany

    def _mistaken(self, mistake: Mistake) -> None:
        self._report(mistake.line, mistake.column, mistake.what, mistake.expected)
