"""Which file each object of a kustomization comes from, as Kustomize says it in an annotation. Pure.

The annotation is asked for where it can't change what is built, and taken off again.
"""

from __future__ import annotations

import posixpath
import re
import textwrap
from typing import Any, Final

from onestack.manifests.reader import read
from onestack.rendering.cache import Part
from onestack.rendering.kustomize_files import Closure
from onestack.rendering.kustomize_mirror import contents

_KEY: Final = b"config.kubernetes.io/origin"
# Who says one of these may copy, test or make annotations, and would see one more.
_SEEN_BY: Final = (_KEY, b"metadata.annotations", b"metadata/annotations", b"originAnnotations")
_ANNOTATION: Final = re.compile(rb"^    config\.kubernetes\.io/origin: \|-?\n((?:      .*\n)+)", re.MULTILINE)
_EMPTIED: Final = re.compile(rb"^(metadata:\n(?:  .*\n)*?)  annotations:\n(?!    )", re.MULTILINE)


def can_be_asked(made: Closure) -> bool:
    """Whether nothing in the files would notice the annotation."""
    return not any(said in content for content in contents(made).values() for said in _SEEN_BY)


def asking(value: dict[str, Any]) -> dict[str, Any]:
    """A kustomization that has the annotation written."""
    key = next((key for key in value if key.casefold() == "buildmetadata"), "buildMetadata")
    held = value.get(key)
    return {**value, key: [*(held if isinstance(held, list) else ()), "originAnnotations"]}


def parts(built: bytes, made: Closure, file: str) -> tuple[Part, ...] | None:
    """What was built by the file it comes from, ``file`` where that isn't said; None if it can't be told."""
    found: dict[str, list[bytes]] = {}
    for document in documents(built):
        annotations = _ANNOTATION.findall(document)
        if len(annotations) > 1:
            return None
        origin = _origin(annotations[0], made.top) if annotations else ""
        known = any(origin in held for held in (made.files, made.configurations, made.kustomizations))
        known = known and origin == made.called(origin)
        found.setdefault(origin if known else file, []).append(_without(document))
    texts = tuple(Part(origin, b"---\n".join(its)) for origin, its in found.items())
    return None if any(_KEY in part.content for part in texts) else texts


def documents(built: bytes) -> list[bytes]:
    """The documents of what Kustomize prints, each ending in a line feed."""
    pieces = re.split(rb"^---\n", built, flags=re.MULTILINE)
    return [piece if piece.endswith(b"\n") else piece + b"\n" for piece in pieces if piece.strip()]


def _origin(annotation: bytes, top: str) -> str:
    reading = read(textwrap.dedent(annotation.decode("utf-8", "replace")).encode(), "")
    for document in reading.documents:
        for key in ("path", "configuredIn"):
            node = document.get(key)
            if node is not None and isinstance(node.value, str):
                return posixpath.normpath(posixpath.join(top, node.value))
    return ""


def _without(document: bytes) -> bytes:
    less, removed = _ANNOTATION.subn(b"", document)
    return _EMPTIED.sub(rb"\1", less, count=1) if removed else document
