"""The SVG: one file that is safe, says what it shows, and can be read on light and on dark."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onestack.graph import Picture, fold, svg, words
from tests.unit.graph.canned import Made, cloud, local, pictures
from tests.unit.graph.golden import held
from tests.unit.graph.test_graph_mermaid import HOSTILE

NAMESPACE = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text"}
ATTRIBUTES = {
    "class", "viewBox", "width", "height", "role", "aria-labelledby", "id", "orient", "refX", "refY",
    "markerWidth", "markerHeight", "d", "x", "y", "rx", "text-anchor", "marker-end",
}  # fmt: skip
PLAIN = re.compile(r"[\w .#()-]*", re.ASCII)


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 - our own


def texts(drawn: str) -> list[str]:
    return ["".join(one.itertext()) for one in parsed(drawn).iter(f"{NAMESPACE}text")]


@pytest.mark.parametrize(("name", "made"), [("cloud", cloud()), ("local", local())])
def test_a_picture_is_the_golden_one(name: str, made: Made) -> None:
    drawn = svg(fold(name, made.graph()))
    assert drawn == held(f"{name}.svg", drawn)


@given(pictures(st.text(max_size=60) | st.sampled_from(HOSTILE)))
@example(Picture("]]><script>", (), ()))
def test_whatever_names_hold_they_end_as_text(picture: Picture) -> None:
    drawn = svg(picture)
    root = parsed(drawn)
    for one in root.iter():
        assert one.tag.removeprefix(NAMESPACE) in TAGS
        assert set(one.attrib) <= ATTRIBUTES
        assert all(PLAIN.fullmatch(value) for value in one.attrib.values()), one.attrib
    said = texts(drawn)
    titles = [
        title for group in picture.groups for title in (group.title, *(one.title for one in group.boxes))
    ]
    assert [one for one in titles if words.title(one) not in said] == []


def test_the_same_style_whatever_is_drawn() -> None:
    """No name gets into the one place where text has a meaning."""
    styles = {
        root.findtext(f"{NAMESPACE}style")
        for root in (parsed(svg(fold("x", one.graph()))) for one in (cloud(), local(), Made()))
    }
    assert len(styles) == 1
    assert not re.search(r"url|@import|expression", styles.pop() or "")


def test_those_who_cannot_see_it_are_told_all_that_it_shows() -> None:
    root = parsed(svg(fold("dev", cloud().graph())))
    described = root.findtext(f"{NAMESPACE}desc") or ""
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    assert [one.attrib["id"] for one in root[:2]] == named
    assert root.findtext(f"{NAMESPACE}title") == "Stack dev"
    assert "Cluster dev needs Network dev" in described
    assert "bookshop, 4 Deployments, 4 Services, 1 Ingress, 1 Namespace" in described


def colours(style: str) -> dict[str, dict[str, str]]:
    """Colour by property and selector, the last that is said."""
    found: dict[str, dict[str, str]] = {}
    for selector, rules in re.findall(r"^ *([.\w ]+) \{ (.*) \}$", style, re.MULTILINE):
        found.setdefault(selector, {}).update(re.findall(r"(fill|stroke): (#\w{6})", rules))
    return found


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_arrows_can_be_read_on_light_and_on_dark(dark: bool) -> None:
    style = parsed(svg(fold("dev", local().graph()))).findtext(f"{NAMESPACE}style") or ""
    light, _, rest = style.partition("@media (prefers-color-scheme: dark) {")
    assert rest
    found = colours(light + rest if dark else light)
    for text, paper in (("text", ".box"), (".name", ".box"), ("text", ".band")):
        assert contrast(found[text]["fill"], found[paper]["fill"]) > 4.5
    for paper in (".paper", ".band"):
        assert contrast(found[".arrow"]["stroke"], found[paper]["fill"]) > 3
    assert (contrast(found[".paper"]["fill"], "#000000") < 2) is dark
