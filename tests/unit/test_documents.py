"""The documents that readers start from: finished, with links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)[^)]*\)|^\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS]
)


@each_document
def test_nothing_is_left_to_fill_in(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    # A difference's heading, as in a plan's comment, is none.
    unfilled = [(at, line) for at, line in enumerate(lines, start=1) if "@@" in line.removeprefix("@@ ")[:-3]]
    left = [f"{document.name}:{at}: {line}" for at, line in unfilled]
    assert not left, "\n".join(left)


@each_document
def test_links_lead_to_files(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    broken = [link for link in relative_links(text) if not target(document, link).exists()]
    assert not broken, f"{document.relative_to(ROOT)} links to what isn't there: {', '.join(broken)}"


@each_document
def test_links_lead_to_headings(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    broken = [
        link
        for link in relative_links(text)
        if "#" in link and link.partition("#")[2] not in headings(target(document, link))
    ]
    assert not broken, (
        f"{document.relative_to(ROOT)} links to headings that aren't there: {', '.join(broken)}"
    )


def test_lock_names_no_host() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line]


def test_links_are_found() -> None:
    text = '[a](a.md) ![b](b.svg "t") [c](c.md#d) [`d`](d.md) [e](https://e.org) `[f](f.md)`\n[g]: g.md\n'
    text += "```\n[h](h.md)\n```\n[i](#i)"
    assert relative_links(text) == ["a.md", "b.svg", "c.md#d", "d.md", "g.md", "#i"]


def relative_links(text: str) -> list[str]:
    """Where the links of a document lead that stay in the repository; code holds none."""
    found = (inline or reference for inline, reference in LINK.findall(CODE.sub("code", text)))
    return [link for link in found if not ELSEWHERE.match(link)]


def target(document: Path, link: str) -> Path:
    path = link.partition("#")[0]
    return document.parent / path if path else document


def headings(document: Path) -> set[str]:
    """The anchors that code hosts make of a document's headings."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
