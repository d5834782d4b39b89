"""A picture as one SVG file: no script, nothing from elsewhere, light or dark as the reader has it. Pure.

Names come from manifests: the tree is built, not pasted, so they end as text whatever they hold.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

from onestack.graph import words
from onestack.graph.arrows import Point, Rectangle
from onestack.graph.layout import Layout, Size, laid_out
from onestack.graph.picture import Box, Edge, Picture

_TITLE: Final = 20.0
_LINE: Final = 17.0
_PADDING: Final = 12.0
_LETTER: Final = 7.1
_WIDE_LETTER: Final = 13.0
_NARROWEST: Final = 130.0
_PREFIX: Final = "onestack-graph"
"""Of the ids, which are the whole document's where several pictures stand in one page."""

_STYLE: Final = """
text { fill: #59636e; font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 13px; }
.paper { fill: #ffffff; }
.band { fill: #f6f8fa; stroke: #d1d9e0; }
.box { fill: #ffffff; stroke: #d1d9e0; stroke-width: 1.5; }
.protected .box { stroke: #0969da; stroke-width: 3; }
.name { fill: #1f2328; font-weight: 600; font-size: 14px; }
.group { font-weight: 600; stroke: #f6f8fa; stroke-width: 6px; paint-order: stroke; }
.arrow { fill: none; stroke: #59636e; stroke-width: 1.5; }
.head { fill: #59636e; }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1; }
  .paper { fill: #0d1117; }
  .band { fill: #151b23; stroke: #3d444d; }
  .box { fill: #212830; stroke: #3d444d; }
  .protected .box { stroke: #4493f8; }
  .name { fill: #f0f6fc; }
  .group { stroke: #151b23; }
  .arrow { stroke: #9198a1; }
  .head { fill: #9198a1; }
}
"""
"""Plain rules and no variables, which programs other than browsers don't know."""


def svg(picture: Picture) -> str:
    """The SVG's text, with a title and a description for those who can't see it; ends with a line feed."""
    layout = _layout(picture)
    width, height = _number(layout.width), _number(layout.height)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": _PREFIX,
            "viewBox": f"0 0 {width} {height}",
            "width": width,
            "height": height,
            "role": "img",
            "aria-labelledby": f"{_PREFIX}-title {_PREFIX}-desc",
        },
    )
    _said(root, "title", _of_stack(picture), id=f"{_PREFIX}-title")
    _said(root, "desc", _described(picture), id=f"{_PREFIX}-desc")
    _said(root, "style", _STYLE)
    _arrow_head(root)
    ET.SubElement(root, "rect", {"class": "paper", "width": width, "height": height})
    for group in picture.groups:
        _rectangle(root, "band", layout.bands[group.id], 10)
    for edge in picture.edges:
        _arrow(root, layout.arrows[edge.source, edge.target])
    for group in picture.groups:
        band = layout.bands[group.id]
        _text(root, words.title(group.title), (band.x + _PADDING, band.y + _TITLE), "group")
        for box in group.boxes:
            _box(root, box, layout.boxes[box.id])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _layout(picture: Picture) -> Layout:
    boxes = [box for group in picture.groups for box in group.boxes]
    return laid_out(
        {group.id: [box.id for box in group.boxes] for group in picture.groups},
        {box.id: _size(box) for box in boxes},
        [(edge.source, edge.target) for edge in picture.edges],
    )


def _size(box: Box) -> Size:
    said = words.lines(box)
    # The title is larger and bold.
    widest = max([1.15 * _width(words.title(box.title)), *map(_width, said)])
    return Size(max(_NARROWEST, widest + 2 * _PADDING), _TITLE + _LINE * len(said) + 1.5 * _PADDING)


def _width(text: str) -> float:
    """About how wide the text is; no font is known here, so rather too wide."""
    return sum(_WIDE_LETTER if unicodedata.east_asian_width(char) in "WF" else _LETTER for char in text)


def _of_stack(picture: Picture) -> str:
    return f"Stack {words.title(picture.stack)}"


def _described(picture: Picture) -> str:
    """The picture in words."""
    told = [
        f"{words.title(group.title)}: "
        + "; ".join(", ".join([words.title(box.title), *words.lines(box)]) for box in group.boxes)
        for group in picture.groups
    ]
    return ". ".join([*told, *(_needs(edge, picture) for edge in picture.edges)]) + "."


def _needs(edge: Edge, picture: Picture) -> str:
    source, target = (words.title(picture.titles[one]) for one in (edge.source, edge.target))
    of_group = any(group.id == edge.source for group in picture.groups)
    return f"All of {source} need {target}" if of_group else f"{source} needs {target}"


def _arrow_head(root: ET.Element) -> None:
    defs = ET.SubElement(root, "defs")
    shape = {"viewBox": "0 0 10 10", "refX": "9", "refY": "5", "markerWidth": "7", "markerHeight": "7"}
    marker = ET.SubElement(defs, "marker", {"id": f"{_PREFIX}-head", "orient": "auto", **shape})
    ET.SubElement(marker, "path", {"class": "head", "d": "M 0 0 L 10 5 L 0 10 z"})


def _box(root: ET.Element, box: Box, place: Rectangle) -> None:
    part = ET.SubElement(root, "g", {"class": "protected"} if box.protected else {})
    _rectangle(part, "box", place, 6)
    y = place.y + _TITLE
    _text(part, words.title(box.title), (place.middle, y), "name", centred=True)
    for number, line in enumerate(words.lines(box), start=1):
        _text(part, line, (place.middle, y + _LINE * number), "", centred=True)


def _rectangle(root: ET.Element, name: str, place: Rectangle, round_by: int) -> None:
    sides = {"x": place.x, "y": place.y, "width": place.width, "height": place.height, "rx": round_by}
    ET.SubElement(root, "rect", {"class": name, **{side: _number(length) for side, length in sides.items()}})


def _text(root: ET.Element, said: str, at: Point, name: str, *, centred: bool = False) -> None:
    attributes = {"x": _number(at[0]), "y": _number(at[1])}
    if centred:
        attributes["text-anchor"] = "middle"
    if name:
        attributes["class"] = name
    _said(root, "text", said, **attributes)


def _arrow(root: ET.Element, points: tuple[Point, ...]) -> None:
    """Straight along its lanes, bent between the rows."""
    way = [f"M {_point(points[0])}"]
    for (x, y), (next_x, next_y) in pairwise(points):
        half = (y + next_y) / 2
        way.append(f"C {_point((x, half))} {_point((next_x, half))} {_point((next_x, next_y))}")
    ET.SubElement(root, "path", {"class": "arrow", "d": " ".join(way), "marker-end": f"url(#{_PREFIX}-head)"})


def _said(root: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(root, tag, attributes).text = text


def _point(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
