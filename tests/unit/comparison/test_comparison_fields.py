"""Two trees of plain values are compared by what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.comparison.fields import fields
from onestack.plan.model import Missing


def said(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.before, one.after) for _path, one in fields(before, after)]


def containers(*named: tuple[str, str]) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": name, "image": image} for name, image in named]}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
        ({"a": 1}, {"a": 1.0}),
        ({}, {}),
    ],
)
def test_what_means_the_same_does_not_differ(before: Any, after: Any) -> None:
    assert said(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)]),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": [1]}, {"a": [True]}, [("a", [1], [True])]),
        ({"a": None}, {}, [("a", None, Missing.ABSENT)]),
        ({}, {"a": {}}, [("a", Missing.ABSENT, {})]),
        ({"a": ["x", "y"]}, {"a": ["y"]}, [("a", ["x", "y"], ["y"])]),
        ({"a": "1"}, {"a": {"b": 1}}, [("a", "1", {"b": 1})]),
        (
            {"metadata": {"annotations": {"onestack.dev/id": "x"}}},
            {"metadata": {"annotations": {"onestack.dev/id": "y"}}},
            [('metadata.annotations["onestack.dev/id"]', "x", "y")],
        ),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}]}, [("a[1]", {"b": 2}, Missing.ABSENT)]),
    ],
)
def test_what_differs_is_named_by_its_path(
    before: Any, after: Any, found: list[tuple[str, Any, Any]]
) -> None:
    assert said(before, after) == found


def test_items_with_names_are_compared_by_name() -> None:
    before, after = (
        containers(("web", "web:1"), ("log", "log:1")),
        containers(("sidecar", "s"), ("web", "web:2")),
    )
    assert said(before, after) == [
        ("spec.containers[web].image", "web:1", "web:2"),
        ("spec.containers[log]", {"name": "log", "image": "log:1"}, Missing.ABSENT),
        ("spec.containers[sidecar]", Missing.ABSENT, {"name": "sidecar", "image": "s"}),
    ]


def test_an_order_that_changed_is_told() -> None:
    before, after = containers(("a", "1"), ("b", "1")), containers(("b", "1"), ("a", "1"))
    assert said(before, after) == [("spec.containers (order)", ["a", "b"], ["b", "a"])]


def test_names_that_are_there_twice_are_numbers_instead() -> None:
    before, after = containers(("a", "1"), ("a", "2")), containers(("a", "1"), ("a", "3"))
    assert said(before, after) == [("spec.containers[1].image", "2", "3")]
