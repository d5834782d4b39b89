"""The reader: documents, places, aliases, merges and bounds."""

from __future__ import annotations

import pytest

from onestack.manifests.limits import Limits
from onestack.manifests.node import Node
from onestack.manifests.reader import Reading, read


def one(text: str) -> Node:
    reading = read(text.encode(), "f.yaml")
    assert reading.problems == ()
    (document,) = reading.documents
    return document


def said(reading: Reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def test_every_value_and_key_knows_its_place() -> None:
    text = "# first\n---\na: 1\nb:\n  - x\n  - {c: [v, z]}\n"
    document = one(text)
    assert document.value == {"a": 1, "b": ["x", {"c": ["v", "z"]}]}
    found = document.get("b", 1, "c", 1)
    assert found is not None
    assert (found.value, found.line, found.column) == ("z", 6, 13)
    held = document.get("b", 1, "c")
    assert held is not None
    assert (held.key_line, held.key_column, held.line, held.column) == (6, 6, 6, 9)
    assert document.get("b", 2) is None
    assert document.get("b", "c") is None
    assert document.nearest("b", 1, "d", "e").column == 5


def test_documents_are_cut_as_kubectl_cuts_them() -> None:
    text = "\ufeff---\n---\n# nothing\n--- # first\na: 1\n---\r\nb: 2\r\n---\n~\n---\nc: |\n  ---\n  x\n---"
    reading = read(text.encode(), "f.yaml")
    assert reading.problems == ()
    assert [document.value for document in reading.documents] == [{"a": 1}, {"b": 2}, {"c": "---\nx\n"}]
    assert [document.line for document in reading.documents] == [5, 7, 11]


def test_a_mistake_in_one_document_hides_none_in_the_others() -> None:
    reading = read(b"a: [\n---\nb: 1\n---\nc: 1\nc: 2\n", "f.yaml")
    assert [document.value for document in reading.documents] == [{"b": 1}, {"c": 1}]
    assert [problem.line for problem in reading.problems] == [2, 6]


def test_an_alias_repeats_what_its_anchor_holds() -> None:
    document = one("a: &x {k: [1]}\nb: *x\nc: [*x, *x]\n&k key: *k\n")
    assert document.value == {"a": {"k": [1]}, "b": {"k": [1]}, "c": [{"k": [1]}] * 2, "key": "key"}


def test_an_integer_as_a_key_is_its_text() -> None:
    assert one("8080: a\n-1: b\n0: c\n").value == {"8080": "a", "-1": "b", "0": "c"}
    assert said(read(b"8080: a\n'8080': b\n", "f.yaml")) == [
        "f.yaml:2:1: the key '8080' stands twice in this mapping; keep one; the other is in line 1"
    ]


def test_the_last_anchor_of_a_name_counts() -> None:
    assert one("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").value == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_merge_keys_give_way_to_what_stands_behind_them() -> None:
    text = "x: &x {a: 1, b: 1}\nw: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n"
    assert one(text).value["z"] == {"a": 3, "b": 1, "c": 2}
    assert one('a: {"<<": 1}\n').value == {"a": {"<<": 1}}


def test_a_key_that_a_merge_gave_may_be_said_once_more_but_not_twice() -> None:
    reading = read(b"x: &x {a: 1}\nz:\n  <<: *x\n  a: 2\n  a: 3\n", "f.yaml")
    assert said(reading) == [
        "f.yaml:5:3: the key 'a' stands twice in this mapping; keep one; the other is in line 4"
    ]


def test_tags_that_only_say_the_type_are_allowed() -> None:
    text = "a: !!str 1\nb: !!int 0644\nc: !!float 1\nd: !!bool yes\ne: !!null ~\nf: !!map {}\ng: !!seq []\n"
    assert one(text).value == {"a": "1", "b": 420, "c": 1, "d": True, "e": None, "f": {}, "g": []}


SMALL = Limits(file_bytes=100, documents=2, nodes=10, depth=3, problems=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 101, "f: the file has 101 bytes; split it; at most 100 are read"),
        ("--- \na\n---\nb\n---\nc\n", "f:6:1: the file holds more than 2 documents; split it"),
        (
            "[1,2,3,4,5,6,7,8,9,10]",
            "f:1:20: the file holds more than 10 values; split it, and repeat less by aliases",
        ),
        (
            "[&a [1,2,3], *a, *a]",
            "f:1:18: the file holds more than 10 values; split it, and repeat less by aliases",
        ),
        ("[[[[]]]]", "f:1:4: values are nested more than 3 deep; nest less; no Kubernetes object is so deep"),
        (
            "[&a [[]], [*a]]",
            "f:1:12: values are nested more than 3 deep; nest less; no Kubernetes object is so deep",
        ),
    ],
)
def test_everything_is_bounded(text: str, expected: str) -> None:
    assert said(read(text.encode(), "f", SMALL)) == [expected]
    if len(text) <= SMALL.file_bytes:
        assert read(text.encode(), "f").problems == ()


def test_after_many_problems_the_rest_is_not_read() -> None:
    reading = read(b"a: 1\na: 1\na: 1\na: 1\n", "f", SMALL)
    assert said(reading)[2:] == ["f: there are 2 problems or more; the rest of the file was not read"]


def test_exactly_the_bounds_are_allowed() -> None:
    assert read(b"[[[1,2,3,4,5,6,7]]]", "f", SMALL).problems == ()
    assert read(b"a\n---\nb\n", "f", SMALL).problems == ()
