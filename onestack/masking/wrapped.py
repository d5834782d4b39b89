"""Base64 in lines of some width, as ``base64``, ``openssl`` and YAML write it, put together again. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Self

# What parts two lines: a line break as it is or as JSON writes it (once or more), with a continuation
# before it, or the bar that stands for it in what is told in one line. The line before has at least 16
# letters, so that lines of prose are not taken together.
_BREAK: Final = re.compile(
    r"(?<=[A-Za-z0-9+/_-]{16})(?:[ \t]*(?:\\?\r?\n|(?:\\+r)?\\+n|\\+r|\|))+[ \t]*(?=[A-Za-z0-9+/_-])"
)


@dataclass(frozen=True)
class Joined:
    """A text without the breaks between lines of base64; ``ends`` and ``removed`` lead back.

    ``ends`` are the positions in it where a break was, ``removed`` how many letters were left out up to each.
    """

    text: str
    ends: tuple[int, ...]
    removed: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Self | None:
        """None if there are no such lines."""
        breaks = [found.span() for found in _BREAK.finditer(text)]
        if not breaks:
            return None
        removed = tuple(accumulate(end - start for start, end in breaks))
        ends = tuple(start - before for (start, _), before in zip(breaks, (0, *removed), strict=False))
        starts = (0, *(end for _, end in breaks))
        parts = (
            text[start:end]
            for start, end in zip(starts, (*(start for start, _ in breaks), None), strict=True)
        )
        return cls("".join(parts), ends, removed)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where a part that isn't empty is in the text as it was."""
        return self._back(start), self._back(end - 1) + 1

    def _back(self, at: int) -> int:
        before = bisect_right(self.ends, at)
        return at + (self.removed[before - 1] if before else 0)
