"""Which plans the text of a comment or review approves: its lines ``/approve sha256:...``. Pure.

Only what its author says counts: not what is quoted, shown as code, or hidden. Markdown is followed as far
as that needs (https://github.github.com/gfm/), and in doubt a line is none of its author's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onestack.gates.approvals import SHORTEST

_APPROVES: Final = re.compile(rf" {{0,3}}/approve[ \t]+((?:sha256:)?[0-9a-fA-F]{{{SHORTEST},64}})[ \t]*")
_FENCE: Final = re.compile(r"[ \t>*+-]*(?P<marks>`{3,}|~{3,})(?P<info>[^`]*|.*)")
_QUOTE: Final = re.compile(r"[ \t]*>")
# What GitHub shows as it stands, or folds away, or doesn't show at all.
_HTML: Final = re.compile(r"<(/?)(pre|code|script|style|textarea|blockquote|del|s|details)\b", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def approved(text: str) -> tuple[str, ...]:
    """The digests that the text approves, as they are written there, each once."""
    return tuple(dict.fromkeys(found[1].casefold() for line in _said(text) if (found := line)))


def _said(text: str) -> Iterator[re.Match[str]]:
    """The lines that approve, among those that the author says."""
    fence, quoted, inside = "", False, 0
    for line in _shown(text).splitlines():
        if fence:
            marks = line.strip(" \t>")
            fence = "" if len(marks) >= len(fence) and set(marks) == {fence[0]} else fence
            continue
        opened = _FENCE.fullmatch(line)
        if opened:
            fence, quoted = opened["marks"], False
            continue
        # A line that follows a quoted one belongs to the quote until a blank line.
        quoted = bool(_QUOTE.match(line)) or (quoted and bool(line.strip()))
        found = None if quoted or inside else _APPROVES.fullmatch(line)
        if found:
            yield found
        inside = max(0, inside + sum(-1 if closes else 1 for closes, _name in _HTML.findall(line)))


def _shown(text: str) -> str:
    """The text without comments of HTML; a line that one stood in can't approve any more."""
    return _HIDDEN.sub("<!>", text)
