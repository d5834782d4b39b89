"""A file's text, cut into YAML documents the way kubectl cuts it. Pure.

kubectl (k8s.io/apimachinery, ``util/yaml/decoder.go``) looks for lines that begin with ``---``,
before any YAML is parsed; behind it only a comment may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
_SEPARATOR: Final = re.compile(r"^---([^\n]*)(?:\n|\Z)", re.MULTILINE)
# What YAML allows in a file (1.1, section 5.1), without the byte order mark.
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True)
class Chunk:
    """The text of one document; ``line`` is that of its first character, from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Mistake:
    """What is wrong at a place of the file; line and column count from 1."""

    line: int
    column: int
    what: str
    expected: str


def decoded(content: bytes) -> str | Mistake:
    """The text of a file's bytes, without a byte order mark; or why they are no UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Mistake(1, 1, "the file is UTF-16", "save it as UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        byte = content[error.start]
        line, column = _place(before, len(before))
        return Mistake(line, column, f"byte 0x{byte:02x} is not UTF-8 text", "save the file as UTF-8")
    return text.removeprefix(BYTE_ORDER_MARK)


def forbidden(text: str) -> Mistake | None:
    """The first character that YAML forbids, if any."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    line, column = _place(text, found.start())
    code = f"U+{ord(found[0]):04X}"
    return Mistake(
        line, column, f"character {code} is not allowed in YAML", "remove it, or escape it in double quotes"
    )


def chunks(text: str) -> Iterator[Chunk | Mistake]:
    """The documents of a text in order; a separator with something behind it is a mistake."""
    start, line = 0, 1
    for found in _SEPARATOR.finditer(text):
        chunk = text[start : found.start()]
        yield Chunk(chunk, line)
        line += chunk.count("\n")
        behind = found[1].strip()
        if behind and not behind.startswith("#"):
            column = found.start(1) - found.start() + 1 + found[1].index(behind[0])
            yield Mistake(
                line,
                column,
                "something stands behind the document separator '---'",
                "put it on the next line, as kubectl wants it",
            )
        start = found.end()
        line += 1
    yield Chunk(text[start:], line)


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
