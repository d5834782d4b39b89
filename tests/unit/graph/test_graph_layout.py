"""Nothing lies on anything else, and arrows pass beside boxes."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given

from onestack.graph import Edge, Group, Picture, fold
from onestack.graph.arrows import Rectangle
from onestack.graph.layout import Layout, Size, laid_out
from tests.unit.graph.canned import cloud, pictures

SIZE = Size(160.0, 60.0)


def layout(picture: Picture) -> Layout:
    """The picture's, with boxes that are higher the later they come."""
    boxes = [box.id for group in picture.groups for box in group.boxes]
    return laid_out(
        {group.id: [box.id for box in group.boxes] for group in picture.groups},
        {box: Size(130.0 + 7 * number, 40.0 + 9 * number) for number, box in enumerate(boxes)},
        [(edge.source, edge.target) for edge in picture.edges],
    )


def apart(one: Rectangle, other: Rectangle) -> bool:
    """Whether they have no point in common."""
    beside = one.x + one.width < other.x or other.x + other.width < one.x
    return beside or one.bottom < other.y or other.bottom < one.y


@given(pictures())
def test_boxes_and_bands_lie_apart_and_boxes_in_their_band(picture: Picture) -> None:
    found = layout(picture)
    assert all(apart(*two) for two in combinations(found.boxes.values(), 2))
    assert all(apart(*two) for two in combinations(found.bands.values(), 2))
    for group in picture.groups:
        band = found.bands[group.id]
        assert band.x >= 0
        assert band.x + band.width <= found.width
        assert band.bottom <= found.height
        for box in (found.boxes[one.id] for one in group.boxes):
            assert band.x < box.x
            assert box.x + box.width < band.x + band.width
            assert band.y < box.y
            assert box.bottom < band.bottom


@given(pictures())
def test_arrows_begin_and_end_where_they_should_and_cross_no_box(picture: Picture) -> None:
    found = layout(picture)
    assert set(found.arrows) == {(edge.source, edge.target) for edge in picture.edges}
    for (source, target), points in found.arrows.items():
        assert on_border(points[0], {**found.boxes, **found.bands}[source])
        assert on_border(points[-1], found.boxes[target])
        for (x, y), (next_x, next_y) in pairwise(points):
            # Bends stay between the rows: only a straight piece is in a row.
            top, bottom = sorted((y, next_y))
            piece = Rectangle(min(x, next_x), top + 0.1, abs(x - next_x), bottom - top - 0.2)
            assert all(apart(piece, box) for box in found.boxes.values())


def on_border(point: tuple[float, float], place: Rectangle) -> bool:
    x, y = point
    return place.x <= x <= place.x + place.width and min(abs(y - place.y), abs(y - place.bottom)) < 0.01


def test_what_is_needed_lies_lower() -> None:
    picture = fold("dev", cloud().graph())
    found = layout(picture)
    upward = "b_workloadidentity_bookshop_server"  # an identity that the cluster's are bound to
    for edge in picture.edges:
        if edge.source != upward:
            above = {**found.boxes, **found.bands}[edge.source]
            assert above.bottom < found.boxes[edge.target].y, edge


def test_a_long_row_is_broken_and_a_chain_of_any_length_is_a_column() -> None:
    many = [f"b_{number}" for number in range(1500)]
    wide = laid_out({"g": many[:40]}, dict.fromkeys(many, SIZE), [])
    assert wide.width < 1200
    chain = laid_out({"g": many}, dict.fromkeys(many, SIZE), list(pairwise(many)))
    assert chain.width < 300


def test_two_that_need_each_other_have_an_arrow_each() -> None:
    edges = (Edge("b_1", "b_2"), Edge("b_2", "b_1"))
    found = laid_out(
        {"g1": ["b_1"], "g2": ["b_3"], "g3": ["b_2"]},
        dict.fromkeys(["b_1", "b_2", "b_3"], SIZE),
        [(edge.source, edge.target) for edge in edges],
    )
    there, back = found.arrows["b_1", "b_2"], found.arrows["b_2", "b_1"]
    assert {x for x, _ in there}.isdisjoint({x for x, _ in back})
    assert layout(Picture("x", (Group("g", "", ()),), ())).arrows == {}
