"""A picture as a Mermaid flowchart, which GitHub and GitLab draw in Markdown. Pure.

Names come from manifests and may hold anything. Ids hold none of them; labels are quoted, and every
character in them that isn't a letter, a digit or plain punctuation is written as an entity, so that
quotes, directives (``%%{``), Markdown and markup end as text (https://mermaid.js.org/syntax/flowchart.html,
"Entity codes to escape characters").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onestack.graph import words
from onestack.graph.picture import Box, Picture

_PLAIN: Final = re.compile(r"[^\W_]|[ ,()-]")
"""Not among them: what Mermaid's Markdown makes emphasis or links of (``_``, ``www.``, ``://``)."""
_PROTECTED: Final = "  classDef protected stroke-width:3px"


def mermaid(picture: Picture) -> str:
    """The flowchart's text, for a file of its own or a fenced block of Markdown; ends with a line feed."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield "flowchart TD"
    yield f"  accTitle: {escaped(words.title(f'Stack {picture.stack}'))}"
    yield "  accDescr: An arrow points at what is needed."
    for group in picture.groups:
        yield f'  subgraph {group.id}["{escaped(words.title(group.title))}"]'
        for box in group.boxes:
            yield f'    {box.id}["{_label(box)}"]{":::protected" if box.protected else ""}'
        yield "  end"
    for edge in picture.edges:
        yield f"  {edge.source} --> {edge.target}"
    if any(box.protected for group in picture.groups for box in group.boxes):
        yield _PROTECTED


def _label(box: Box) -> str:
    title = f"<b>{escaped(words.title(box.title))}</b>"
    return "<br/>".join([title, *map(escaped, words.lines(box))])


def escaped(text: str) -> str:
    """A text as a part of a quoted label."""
    return "".join(char if _PLAIN.match(char) else f"#{ord(char)};" for char in text)
