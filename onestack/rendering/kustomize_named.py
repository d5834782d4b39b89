"""Which files the fields of a kustomization name. Pure.

Keys count in any letter case, as they do for Go's JSON decoder.
"""

from __future__ import annotations

from collections.abc import Iterator

from onestack.manifests.node import Node
from onestack.manifests.problems import Report
from onestack.manifests.reader import read

Named = Iterator[tuple[Node, str]]
"""Where a file is named, and its path."""


def strings(node: Node) -> Iterator[Node]:
    """The strings of a list, or the one that stands in its place; all else is for Kustomize to refuse."""
    for entry in (node, *node.items()):
        if isinstance(entry.value, str):
            yield entry


def files_of(mapping: Node, *names: str) -> Named:
    """The files in fields of these names, in lower case."""
    for key, node in mapping.fields():
        if key.casefold() in names:
            yield from ((entry, entry.value) for entry in strings(node))


def sources_of(generator: Node) -> Named:
    """The files that a ConfigMap or Secret is generated of: ``path`` or ``key=path``, and env files."""
    yield from files_of(generator, "envs", "env")
    for entry, source in files_of(generator, "files"):
        name, equals, path = source.partition("=")
        yield entry, path if equals else name


def judge(entry: Node, text: str, report: Report) -> bool:
    """Reports, at one place, what is wrong with YAML that stands inline; whether nothing is.

    Lines inside a block of text aren't lines of the file, so they are named beside it.
    """
    problems = read(text.encode(errors="replace"), "").problems
    for problem in problems:
        report(entry, f"line {problem.line} of this text: {problem.what}", problem.expected)
    return not problems


def is_inline(text: str) -> bool:
    """Whether an entry is YAML itself and not the name of a file."""
    if "\n" in text.strip():
        return True
    return is_document(text)


def is_document(text: str) -> bool:
    """Whether a text holds a mapping or list of YAML, and not just words."""
    reading = read(text.encode(errors="replace"), "")
    return any(isinstance(document.value, (dict, list)) for document in reading.documents)


def said(report: Report, node: Node, what: str, expected: str) -> None:
    """Reports at a node."""
    report(node, what, expected)
