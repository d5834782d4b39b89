"""One pass over a text that takes every form of every secret value out of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ahocorasick_rs import AhoCorasick

from onestack.masking.forms import beginnings, encoded, forms, quoted
from onestack.masking.wrapped import Joined

MASKED: Final = "[secret]"

# Letters of all forms; each takes some 40 bytes. Beyond it, the longest values are known by how they begin.
_MOST: Final = 2_000_000
_EDGE: Final = re.compile(r"[A-Za-z0-9+/_-]?={0,2}")
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}")
_LETTER: Final = re.compile(r"[A-Za-z0-9+/_-]")


@dataclass(frozen=True)
class Mask:
    """What to take out: ``values`` are the secret values as they are in the cluster.

    ``words`` are those that our own sentences, paths and names may hold as well, such as ``value``: they
    are taken out only where they are encoded, quoted (``"value"``, as other programs quote), or all of a
    value of an object.

    Linear in the length of the text, whatever the number of values (Aho-Corasick); the automaton is
    made when the first text comes. Occurrences that overlap are taken out as one.
    """

    values: frozenset[bytes] = frozenset()
    words: frozenset[bytes] = frozenset()

    def __or__(self, other: Mask) -> Mask:
        """What either takes out; a value of one is one, also where it is a word of the other."""
        values = self.values | other.values
        return Mask(values, (self.words | other.words) - values)

    def __call__(self, text: str) -> str:
        """The text with `MASKED` wherever a value stands in it, in any form."""
        if not text or not (self._patterns or self._quoted):
            return text
        parts: list[str] = []
        at = 0
        for start, end in self._spans(text):
            parts += (text[at:start], MASKED)
            at = end
        return "".join((*parts, text[at:])) if parts else text

    def tree(self, value: Any) -> Any:
        """A tree of plain values with its strings masked; keys are the schema's and stay."""
        if not self.values and not self.words:
            return value
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Mapping):
            return {key: self.tree(held) for key, held in value.items()}
        return [self.tree(held) for held in value] if isinstance(value, (list, tuple)) else value

    def body(self, value: Any) -> Any:
        """The same for an object of the cluster, where a word may be all of a value."""
        if isinstance(value, str):
            return MASKED if f'"{value}"' in self._quoted else self(value)
        if isinstance(value, Mapping):
            return {key: self.body(held) for key, held in value.items()}
        return [self.body(held) for held in value] if isinstance(value, (list, tuple)) else value

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of what is to go, in order, overlaps and neighbours joined."""
        found = [_with_edges(text, *its) if edges else its for its, edges in self._found(text)]
        joined = Joined.of(text)
        if joined is not None:
            spans = (joined.back(*its) for its, edges in self._found(joined.text) if edges)
            found += [_with_edges(text, *its) for its in spans]
        found.sort()
        held: tuple[int, int] | None = None
        for start, end in found:
            if held is None or start > held[1]:
                if held is not None:
                    yield held
                held = start, end
            else:
                held = held[0], max(held[1], end)
        if held is not None:
            yield held

    def _found(self, text: str) -> Iterator[tuple[tuple[int, int], bool]]:
        """Start and end of all there is, and whether letters of base64 at its edges belong to it."""
        for number, start, end in self._automaton.find_matches_as_indexes(
            _searchable(text), overlapping=True
        ):
            if number >= len(self._has_edges):
                yield (start + 1, end - 1), False  # the quotes around a word stay
            else:
                yield (start, end), self._has_edges[number]

    @cached_property
    def _patterns(self) -> dict[str, bool]:
        """Texts to look for, and whether letters of base64 at their edges belong to them."""
        patterns = {text: edges for word in self.words for text, edges in encoded(word)}
        length = 0
        for value in sorted(self.values, key=lambda held: (len(held), held)):
            for text, edges in forms(value) if length < _MOST else beginnings(value):
                length += 0 if text in patterns else len(text)
                patterns[text] = patterns.get(text, False) or edges
        return patterns

    @cached_property
    def _quoted(self) -> dict[str, None]:
        """Words as other programs quote them, with one letter too many at either end."""
        return dict.fromkeys(text for word in sorted(self.words) for text in quoted(word))

    @cached_property
    def _has_edges(self) -> list[bool]:
        return list(self._patterns.values())

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick([_alike(one) for one in (*self._patterns, *self._quoted)], store_patterns=False)


NOTHING: Final = Mask()
"""The mask that takes out nothing."""


def _with_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """With the letters of base64 at either side, which hold some bits of the value, and its padding."""
    before = start > 0 and _LETTER.match(text, start - 1) is not None
    after = _EDGE.match(text, end)
    return start - before, after.end() if after else end


def _alike(text: str) -> str:
    """The text with the escapes of URLs and JSON in small letters: programs write either."""
    return _ESCAPE.sub(lambda found: found[0].lower(), text) if "%" in text or "\\u" in text else text


def _searchable(text: str) -> str:
    """The same without halves of surrogate pairs, which can't be searched; its length stays."""
    text = _alike(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
