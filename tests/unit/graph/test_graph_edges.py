"""Arrows that follow from others are left out, and none that doesn't."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onestack.graph.edges import reduced, shared_by_all
from tests.unit.graph.canned import reach

NODES = st.sampled_from("abcdefg")
ARROWS = st.sets(st.tuples(NODES, NODES), max_size=16)
FORWARD = ARROWS.map(lambda arrows: {(min(arrow), max(arrow)) for arrow in arrows if arrow[0] != arrow[1]})


@given(ARROWS)
def test_what_is_reached_stays_the_same_with_circles_too(arrows: set[tuple[str, str]]) -> None:
    arrows = {(source, target) for source, target in arrows if source != target}
    left = reduced(arrows)
    assert left <= arrows
    assert reach(left) == reach(arrows)


@given(FORWARD)
def test_without_circles_no_arrow_follows_from_others(arrows: set[tuple[str, str]]) -> None:
    left = reduced(arrows)
    assert [arrow for arrow in left if arrow in reach(left - {arrow})] == []


def test_a_circle_keeps_its_arrows_and_one_way_out() -> None:
    circle = {("a", "b"), ("b", "a")}
    assert reduced({*circle, ("a", "c"), ("c", "d"), ("b", "d")}) == {*circle, ("a", "c"), ("c", "d")}


@given(FORWARD, st.sets(NODES, min_size=2))
def test_what_a_group_shares_is_needed_by_each_and_lies_outside(
    arrows: set[tuple[str, str]], members: set[str]
) -> None:
    for target in shared_by_all(members, arrows):
        assert target not in members
        assert all((member, target) in reach(arrows) for member in members)
        assert sum((member, target) in arrows for member in members) > 1


def test_a_group_shares_what_some_need_through_its_others() -> None:
    assert shared_by_all({"a", "b", "c"}, {("a", "b"), ("b", "x"), ("c", "x")}) == {"x"}
    assert shared_by_all({"a", "b"}, {("a", "b"), ("b", "x")}) == set()
    assert shared_by_all({"a", "b", "c"}, {("a", "x"), ("b", "x")}) == set()
    assert shared_by_all({"a"}, {("a", "x")}) == set()
