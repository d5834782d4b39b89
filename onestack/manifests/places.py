"""Where a place that the YAML parser names stands in the file. Pure.

The parser counts line breaks that no editor shows as one (a lone CR, NEL, LS, PS), for YAML 1.1 wants it so.
Here a line ends with LF.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice
from typing import Any, Final

_ODD_BREAK: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# Two escapes for one character beyond U+FFFF, as JSON has them; not where the backslash itself is escaped.
_PAIR: Final = re.compile(r"((?<!\\)(?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
# Of a text with odd breaks only so many lines are told apart, for it costs time and memory.
_LINES: Final = 100_000
# By so much is `\U0001F600` shorter than `\ud83d\ude00`.
_SHORTER: Final = 2


class Places:
    """The places of one document, whose text began in ``first_line`` of the file, from 1.

    ``text`` is what the parser is to read. kubectl reads as JSON what begins with a brace; JSON has
    pairs of escapes that YAML hasn't, so of JSON it is the same text with one escape for each pair.
    """

    __slots__ = ("_first", "_pairs", "_starts", "text")

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self._first = first_line
        self._pairs: dict[int, list[int]] = {}
        if text.lstrip().startswith("{") and _PAIR.search(text):
            self._pairs = {
                line: ends for line, held in enumerate(_BREAK.split(text)) if (ends := _ends(held))
            }
            self.text = _PAIR.sub(_joined, text)
        self._starts = _starts(text) if _ODD_BREAK.search(text) else None

    def of(self, mark: Any) -> tuple[int, int]:
        """Line and column in the file, from 1, of the parser's mark, which counts from 0."""
        line, column = mark.line, mark.column
        if line in self._pairs:
            column += _SHORTER * bisect_right(self._pairs[line], column)
        if self._starts is None:
            return self._first + line, column + 1
        # The parser may count one line more at the end than there is, and we count so many only.
        breaks, before = self._starts[min(line, len(self._starts) - 1)]
        return self._first + breaks, before + column + 1


def _starts(text: str) -> list[tuple[int, int]]:
    """For each line of the parser's how many LFs stand before it, and how many characters since the last."""
    starts, breaks, lf = [(0, 0)], 0, 0
    for found in islice(_BREAK.finditer(text), _LINES):
        if found[0].endswith("\n"):
            breaks, lf = breaks + 1, found.end()
        starts.append((breaks, found.end() - lf))
    return starts


def _ends(line: str) -> list[int]:
    """Where the escapes that stand for pairs end in the line that the parser reads."""
    return [found.end() - _SHORTER * number for number, found in enumerate(_PAIR.finditer(line), start=1)]


def _joined(found: re.Match[str]) -> str:
    high, low = int(found[2], 16), int(found[3], 16)
    return f"{found[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"
