"""The values that a chart is rendered with: files of the repository, read strictly before Helm reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onestack.manifests.node import Node
from onestack.manifests.problems import Problems
from onestack.manifests.reader import read
from onestack.rendering import confine, folder
from onestack.rendering.release import Release

_BYTES: Final = 4 * 1024 * 1024
_SECRET: Final = re.compile(r"pass|secret|token|credential|private|api_?key|auth", re.IGNORECASE)
# Shorter ones stand in too many other words.
_SECRET_LENGTH: Final = 4


@dataclass(frozen=True)
class Values:
    """One file of values. ``secrets`` are the texts in it that no message may repeat."""

    file: str
    content: bytes
    secrets: frozenset[str]


def values(root: Path, base: str, stack: str, release: Release, problems: Problems) -> tuple[Values, ...]:
    """The files of values in the order in which they count, later ones over earlier ones.

    ``base`` is the application's folder, relative to ``root``.
    Without ``values`` in helm.yaml that is ``values.yaml`` where it is there; ``values.<stack>.yaml``, where
    it is there, comes last in any case.
    """
    named = release.values if release.values is not None else ()
    files = [
        file
        for index, name in enumerate(named)
        if (file := _named(root, base, release, index, name, problems)) is not None
    ]
    usual = [] if release.values is not None else ["values.yaml"]
    for name in (*usual, f"values.{stack}.yaml"):
        file = f"{base}/{name}"
        if file not in files and os.path.lexists(root / file):
            files.append(file)
    found = (judged(root, file, problems) for file in files)
    return tuple(its for its in found if its is not None)


def judged(root: Path, file: str, problems: Problems) -> Values | None:
    """A file of values, if it can be read and is one mapping."""
    content = _content(root, file, problems)
    if content is None:
        return None
    reading = read(content, file)
    problems.found.extend(reading.problems)
    if reading.problems:
        return None
    if len(reading.documents) > 1:
        problems.of(file)(reading.documents[1], "values are one document", "remove the others")
        return None
    if reading.documents and not isinstance(reading.documents[0].children, dict):
        what = f"the values are {reading.documents[0].said()}"
        problems.of(file)(reading.documents[0], what, "write a mapping")
        return None
    return Values(file, content, frozenset(_secrets(reading.documents)))


def _named(root: Path, base: str, release: Release, index: int, name: str, problems: Problems) -> str | None:
    """The path, from the root, of a file that helm.yaml names."""
    at = release.document.nearest("values", index)
    report = problems.of(release.file)
    try:
        return confine.followed(root, base, name).named
    except confine.Refused as refused:
        report(at, refused.what, refused.expected)
        return None


def _content(root: Path, file: str, problems: Problems) -> bytes | None:
    try:
        real = confine.real(root, file, file)
    except confine.Refused as refused:
        problems.whole(file, refused.what, refused.expected)
        return None
    content = folder.content(root, real, problems)
    if content is not None and len(content) > _BYTES:
        problems.whole(file, f"the values have more than {_BYTES // 2**20} MiB", "make them fewer")
        return None
    return content


def _secrets(documents: tuple[Node, ...]) -> Iterator[str]:
    """The texts below keys that are called as secrets are."""
    waiting = [(document, False) for document in documents]
    while waiting:
        node, hidden = waiting.pop()
        waiting.extend((held, hidden or _SECRET.search(key) is not None) for key, held in node.fields())
        waiting.extend((held, hidden) for held in node.items())
        if hidden and isinstance(node.value, str) and len(node.value) >= _SECRET_LENGTH:
            yield node.value
