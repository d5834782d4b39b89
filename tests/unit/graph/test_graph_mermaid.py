"""The Mermaid text: a golden, and names that would be syntax."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onestack.graph import Box, Group, Picture, fold, mermaid, words
from tests.unit.graph.canned import Made, cloud, local, pictures
from tests.unit.graph.golden import held

PLAIN = r"(?:[^\W_]|[ ,.()-]|#\d+;)*"
LABEL = r'\["((?:[^\W_]|[ ,()-]|#\d+;|<b>|</b>|<br/>)*)"\]'
LINE = re.compile(
    "|".join(
        (
            "flowchart TD",
            f"  acc(?:Title|Descr): {PLAIN}",
            rf"  subgraph g\w*{LABEL}",
            rf"    b_\w*{LABEL}(?::::protected)?",
            "  end",
            r"  [bg]\w* --> b_\w*",
            "  classDef protected stroke-width:3px",
        )
    )
)
HOSTILE = (
    '"]; click b "javascript:alert(1)"',
    "</b><script>alert(1)</script>",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "a\nend\n  x --> y",
    "**bold** `code` [link](http://x.example) www.example.com 1. list _em_",
    "fa:fa-car ##[error] ::error::x #quot; &lt; \\n",
    "\x1b[31m\u202e\ud800\x00",
)


@pytest.mark.parametrize(("name", "made"), [("cloud", cloud()), ("local", local())])
def test_a_picture_is_the_golden_one(name: str, made: Made) -> None:
    drawn = mermaid(fold(name, made.graph()))
    assert drawn == held(f"{name}.mmd", drawn)


def decoded(label: str) -> str:
    """As Mermaid shows a label, without the markup that is ours."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), re.sub(r"</?b>|<br/>", "", label))


@given(pictures(st.text(max_size=60) | st.sampled_from(HOSTILE)))
@example(Picture("x", (Group("g1", HOSTILE[0], (Box("b_1", HOSTILE[1], ()),)),), ()))
def test_whatever_names_hold_every_line_is_one_of_ours_and_shows_them(picture: Picture) -> None:
    text = mermaid(picture)
    assert text.endswith("\n")
    lines = text.removesuffix("\n").split("\n")
    assert [line for line in lines if LINE.fullmatch(line) is None] == []
    assert "%%" not in text
    labels = [found[1] for line in lines if (found := re.search(LABEL, line))]
    titles = [
        title for group in picture.groups for title in (group.title, *(one.title for one in group.boxes))
    ]
    for label, title in zip(labels, titles, strict=True):
        assert decoded(label).startswith(words.title(title))


def test_an_empty_stack_is_an_empty_flowchart() -> None:
    assert mermaid(Picture("dev", (), ())).splitlines()[0] == "flowchart TD"
