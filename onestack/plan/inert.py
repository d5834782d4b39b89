"""Text of others in GitHub's Markdown that stays text: no mention, link, picture, table or HTML. Pure.

What isn't a plain word stands in a code span or a fenced block, where nothing is looked for, with as many
backticks around it as it takes. Whether a backslash would be enough depends on filters that run over the
finished HTML (mentions, references), and those know nothing of backslashes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from typing import Final

from onestack.harmless import one_line

_RUN: Final = re.compile(r"`+")
_PLAIN: Final = re.compile(r"\(?(?:[A-Za-z]+(?:[-'][A-Za-z]+)*|[0-9]{1,6}%?)[,;:)]*[.]?")
_ROOM: Final = 20_000
"""Of the 65,536 characters that GitHub takes; some, such as emoji, count as two."""
_LONG: Final = 2_000
_ENDS: Final = re.compile(r"[,;:.]+$")


def code(text: str) -> str:
    """A code span of one line, for a table's cell too."""
    said = one_line(text) or " "
    fence = "`" * (_longest_run(said) + 1)
    space = " " if "`" in (said[0], said[-1]) else ""
    # A bar parts cells before spans are looked for; the table takes the backslash away again.
    return f"{fence}{space}{said.replace('|', chr(92) + '|')}{space}{fence}"


def prose(text: str) -> str:
    """A sentence: plain words as they are, whatever else in code spans."""
    words = [*_words(one_line(text))]
    parts: list[str] = []
    for plain, some in groupby(words, key=lambda word: word[0]):
        said = " ".join(word for _, word in some)
        parts.append(said if plain else _spanned(said))
    return " ".join(parts)


def fenced(lines: Iterable[str], language: str = "") -> str:
    """A fenced block of lines; each is one already (see `onestack.harmless.one_line`)."""
    held = list(lines)
    fence = "`" * max(3, _longest_run("\n".join(held)) + 1)
    return "\n".join((f"{fence}{language}", *held, fence))


def excerpt(lines: Iterable[str]) -> str:
    """A fenced block of as many lines as a pull request has room for, and how many more there are."""
    held = [line if len(line) <= _LONG else f"{line[: _LONG - 1]}…" for line in lines]
    ends = accumulate(len(line) + 1 for line in held)
    kept = sum(end <= _ROOM for end in ends)
    more = [f"({len(held) - kept} lines more)"] if kept < len(held) else []
    return fenced([*held[:kept], *more])


def summary(text: str) -> str:
    """The beginning of what is folded away, and what of it is seen; ends with an empty line.

    The line is a block of HTML, in which Markdown is not looked for, and mentions aren't in ``code``.
    """
    return f"<details><summary><code>{html.escape(one_line(text))}</code></summary>\n\n"


def _words(text: str) -> Iterator[tuple[bool, str]]:
    for word in text.split():
        # At a line's start "1." would be a list.
        plain = _PLAIN.fullmatch(word) is not None and not (word[0].isdigit() and word[-1] in ".)")
        yield plain, word


def _spanned(text: str) -> str:
    """The text in a code span, punctuation at its end outside."""
    found = _ENDS.search(text)
    ends = found[0] if found and found.start() else ""
    return code(text.removesuffix(ends)) + ends


def _longest_run(text: str) -> int:
    return max(map(len, _RUN.findall(text)), default=0)
