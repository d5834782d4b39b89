"""The one YAML reader of the project: text in, values with their places and problems out. Pure.

Strict where YAML is lax: a scalar means what it means to kubectl (`onestack.manifests.scalars`),
duplicate and non-string keys, tags and directives are refused, aliases are counted as what they
repeat, and everything has a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yaml import CBaseLoader, MarkedYAMLError
from yaml.reader import ReaderError

from onestack.errors import Problem
from onestack.manifests.budget import Budget, Exceeded
from onestack.manifests.builder import Builder
from onestack.manifests.limits import LIMITS, Limits
from onestack.manifests.node import Node
from onestack.manifests.stream import Chunk, Mistake, chunks, decoded, forbidden
from onestack.manifests.syntax import explained

# Only blank lines and comments may stand before a directive.
_DIRECTIVE: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*%")


@dataclass(frozen=True)
class Reading:
    """What a file holds: its documents, empty ones left out, and all that is wrong in it."""

    documents: tuple[Node, ...]
    problems: tuple[Problem, ...]


def read(content: bytes, file: str, limits: Limits = LIMITS) -> Reading:
    """Reads the YAML documents of a file. ``file`` is its name in problems; nothing is raised."""
    problems: list[Problem] = []
    if len(content) > limits.file_bytes:
        what = f"the file has {len(content)} bytes"
        return Reading((), (Problem(file, 0, 0, what, f"split it; at most {limits.file_bytes} are read"),))
    text = decoded(content)
    mistake = text if isinstance(text, Mistake) else forbidden(text)
    if mistake is not None or isinstance(text, Mistake):
        return Reading((), (_problem(file, mistake),) if mistake else ())
    reader = _Reader(file, limits, problems)
    documents = tuple(reader.documents(text))
    if len(problems) >= limits.problems:
        what = f"there are {limits.problems} problems or more"
        problems.append(Problem(file, 0, 0, what, "the rest of the file was not read"))
    return Reading(documents, tuple(problems))


class _Reader:
    def __init__(self, file: str, limits: Limits, problems: list[Problem]) -> None:
        self._file = file
        self._limits = limits
        self._budget = Budget(limits)
        self._problems = problems

    def documents(self, text: str) -> Iterator[Node]:
        count = 0
        for chunk in chunks(text):
            if len(self._problems) >= self._limits.problems:
                return
            if isinstance(chunk, Mistake):
                self._problems.append(_problem(self._file, chunk))
                continue
            if not chunk.text.strip(" \r\n"):
                continue
            directive = _DIRECTIVE.match(chunk.text)
            if directive is not None:
                line = chunk.line + directive[0].count("\n")
                what = "YAML directives (%YAML, %TAG) are not allowed"
                self._report(line, 1, what, "remove the line; kubectl refuses it")
                continue
            try:
                node = self._document(chunk)
            except Exceeded as bound:
                self._report(bound.line, bound.column, bound.what, bound.expected)
                return
            if node is None or node.value is None:
                continue
            count += 1
            if count > self._limits.documents:
                what = f"the file holds more than {self._limits.documents} documents"
                self._report(node.line, node.column, what, "split it")
                return
            yield node

    def _document(self, chunk: Chunk) -> Node | None:
        builder = Builder(chunk.line, self._budget, self._report)
        found = len(self._problems)
        parser = CBaseLoader(chunk.text)
        try:
            while parser.check_event():
                builder.take(parser.get_event())
                if len(self._problems) >= self._limits.problems:
                    return None
        except MarkedYAMLError as error:
            self._report(*explained(error, chunk.text, chunk.line))
            return None
        except (ReaderError, UnicodeEncodeError) as error:
            self._report(chunk.line, 1, f"this is not YAML: {error}", "mend the YAML")
            return None
        finally:
            parser.dispose()
        return builder.root if len(self._problems) == found else None

    def _report(self, line: int, column: int, what: str, expected: str) -> None:
        self._problems.append(Problem(self._file, line, column, what, expected))


def _problem(file: str, mistake: Mistake) -> Problem:
    return Problem(file, mistake.line, mistake.column, mistake.what, mistake.expected)
