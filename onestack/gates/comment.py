"""Which plans the text of a comment or review approves: its lines ``/approve sha256:...``. Pure.

Only what its author says counts: not what is quoted, shown as code, folded away or hidden. Markdown is
followed as far as that needs (https://github.github.com/gfm/). A line that begins at its very edge is in no
list and no indented code, so that only fences, quotes and HTML are left; in doubt a line doesn't count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

from onestack.gates.approvals import SHORTEST, Approval, folded

_APPROVES: Final = re.compile(rf"/approve[ \t]+((?:sha256:)?[0-9a-fA-F]{{{SHORTEST},64}})[ \t]*")
_FENCE: Final = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>.*)")
_QUOTE: Final = re.compile(r"[ \t]*>")
# What GitHub shows as it stands, strikes out or folds away.
_HTML: Final = re.compile(r"<(/?)(pre|code|script|style|textarea|blockquote|del|s|details)\b", re.IGNORECASE)
# A comment of HTML and its like, and a tag that goes on in the next line: an attribute can hold anything.
_HIDDEN: Final = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))
_GOES_ON: Final = re.compile(r"<[/A-Za-z][^>]*$")
_LINE: Final = re.compile(r"\r\n|\r|\n")


class Remark(Protocol):
    """What somebody said on a pull request, as `onestack.forge` reads it.

    ``state`` of a review is GitHub's word for its verdict; ``machine``: no person wrote it.
    """

    @property
    def who(self) -> str: ...
    @property
    def kind(self) -> Literal["review", "comment"]: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def edited(self) -> bool | None: ...
    @property
    def dismissed(self) -> bool: ...
    @property
    def state(self) -> str: ...
    @property
    def machine(self) -> bool: ...
    @property
    def url(self) -> str: ...


def approvals(remarks: Sequence[Remark]) -> tuple[Approval, ...]:
    """The approvals in all that was said, one for each plan that a remark names; machines give none.

    A review that approves and names no plan is one of no plan, so that its author can be told. Who asks for
    changes takes back what they approved before.
    """
    return tuple(
        Approval(
            remark.who,
            remark.kind,
            digest,
            remark.at,
            edited=remark.edited,
            dismissed=remark.dismissed or _withdrawn(remark, remarks),
            url=remark.url,
        )
        for remark in remarks
        if not remark.machine
        for digest in approved(remark.text) or ([""] if remark.state == "APPROVED" else [])
    )


def _withdrawn(remark: Remark, remarks: Sequence[Remark]) -> bool:
    """Whether its author asks for changes, in it or later."""
    return any(
        other.state == "CHANGES_REQUESTED"
        and not other.dismissed
        and folded(other.who) == folded(remark.who)
        and other.at >= remark.at
        for other in remarks
    )


def approved(text: str) -> tuple[str, ...]:
    """The digests that the text approves, as they are written there but in lower case, each once."""
    found = (match[1].casefold() for line in _said(text) if (match := _APPROVES.fullmatch(line)))
    return tuple(dict.fromkeys(found))


def _said(text: str) -> Iterator[str]:
    """The lines that the author says, those in lists and indented code among them."""
    fence, quoted, inside = "", False, 0
    for line in _LINE.split(text):
        marks = _FENCE.fullmatch(line)
        if fence:
            closes = marks is not None and marks["marks"].startswith(fence) and not marks["info"].strip()
            fence = "" if closes else fence
        elif marks:
            fence, quoted = marks["marks"], False
        else:
            # A line that follows a quoted one belongs to the quote until a blank line.
            quoted = bool(_QUOTE.match(line)) or (quoted and bool(line.strip()))
            if not quoted and not inside:
                yield line
            inside = max(0, inside + sum(-1 if closing else 1 for closing, _name in _HTML.findall(line)))
            if _GOES_ON.search(line) or any(_open(line, *marks) for marks in _HIDDEN):
                return  # it isn't shown; where it ends isn't worth being wrong about


def _open(line: str, begins: str, ends: str) -> bool:
    return begins in line and ends not in line.rpartition(begins)[2]
