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


def judge(entry: Node, text: str, report: Report, *, objects: bool = False) -> bool:
    """Reports, at one place, what is wrong with YAML that stands inline; whether nothing is.

    With ``objects`` every document is to be one. Lines inside a block of text aren't lines of the file, so
    they are named beside it.
    """
    reading = read(text.encode(errors="replace"), "")
    for problem in reading.problems:
        report(entry, f"line {problem.line} of this text: {problem.what}", problem.expected)
    wrong = objects and not all(map(_is_object, reading.documents))
    if wrong and not reading.problems:
        what = "this text is no path, and not all of it are objects"
        report(entry, what, "write apiVersion, kind and metadata.name, or the path of a file")
    return not reading.problems and not wrong


def _is_object(document: Node) -> bool:
    said = [document.get(key) for key in ("apiVersion", "kind")]
    return document.value is None or all(node is not None and node.value for node in said)


def said(report: Report, node: Node, what: str, expected: str) -> None:
    """Reports at a node."""
    report(node, what, expected)
