"""Properties of the reader: whatever comes in, values or problems come out, and plain values survive."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from onestack.errors import InvalidManifests, Problem
from onestack.manifests.application import Application
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.reader import read
from onestack.manifests.text import Text
from onestack.manifests.writer import write

PIECES = [
    "a",
    "b: ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\n  ",
    '"',
    "'",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">\n",
]
PIECES += [
    "!!str ",
    "!x ",
    "%",
    "@",
    "\t",
    "---\n",
    "...\n",
    "#",
    "0x1",
    "~",
    "1e9",
    "\r\n",
    "\ufeff",
    "\\",
    "? ",
]

# Without surrogates (no UTF-8 has them) and control characters (YAML has only escapes for them).
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff"))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | texts
    # kubectl reads larger whole ones as integers of as few digits as they need.
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda it: abs(it) < 2**53 or abs(it) >= 1e21),
    # In a key of JSON YAML allows no line break, and these are ones.
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(texts.filter(lambda it: not {"\u2028", "\u2029"} & {*it}), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(
    st.binary() | st.lists(st.sampled_from(PIECES), max_size=30).map(lambda pieces: "".join(pieces).encode())
)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa: 1")
@example(b"\xff\xfe")
def test_whatever_comes_in_values_or_problems_come_out(content: bytes) -> None:
    reading = read(content, "f.yaml")
    for problem in reading.problems:
        assert problem.what
        assert str(problem).startswith("f.yaml:")
        assert "\n" not in str(problem)
    for document in reading.documents:
        json.dumps(document.value, allow_nan=False)


@given(
    st.lists(st.text("ab é\U0001f600\t\u2028\x85", max_size=5), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_value_knows_its_place(values: list[str], line_break: str) -> None:
    written = [json.dumps(value, ensure_ascii=False) for value in values]
    lines = [f'{{"{"é" * number}k": [\t{value} , {value}]}}' for number, value in enumerate(written)]
    reading = read(line_break.join(f"- {line}" for line in lines).encode(), "f.yaml")
    assert reading.problems == ()
    for number, (item, value) in enumerate(zip(reading.documents[0].items(), written, strict=True)):
        key, found = next(item.fields())
        first, second = found.items()
        assert (found.key_line, found.key_column) == (number + 1, 4)
        assert [node.line for node in (found, first, second)] == [number + 1] * 3
        assert [found.column, first.column] == [8 + len(key), 10 + len(key)]
        assert second.column == first.column + len(value) + 3


@given(values)
def test_what_json_says_is_read_as_json_means_it(value: Any) -> None:
    reading = read(json.dumps(value, ensure_ascii=False).encode(), "f.json")
    assert reading.problems == ()
    if value is not None:
        assert [document.value for document in reading.documents] == [value]


MORE = ["kind: ", "List", "items:\n", "apiVersion: v1\n", "metadata:\n  name: a\n"]


@given(
    st.lists(st.sampled_from([*PIECES, *MORE])).map(lambda pieces: "".join(pieces).encode()), st.booleans()
)
def test_whatever_comes_in_manifests_or_problems_come_out(content: bytes, rendered: bool) -> None:
    problems: tuple[Problem, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    try:
        manifests = load([Text(Application("app", namespace="app"), "f.yaml", content, rendered)])
    except InvalidManifests as invalid:
        problems = invalid.problems
    assert not (manifests and problems)
    assert manifests or problems or rendered  # a tool may make nothing of what it is given
    assert all(problem.file == "f.yaml" for problem in problems)
    assert all(problem.line == 0 for problem in problems if rendered)


@given(values)
def test_what_is_written_is_read_back_and_by_pyyaml_too(value: Any) -> None:
    text = write([{"value": value}, {"last": 1}])
    assert list(yaml.load_all(text, Loader=yaml.CSafeLoader)) == [{"value": value}, {"last": 1}]
    reading = read(text.encode(), "f.yaml")
    assert reading.problems == ()
    assert [document.value for document in reading.documents] == [{"value": value}, {"last": 1}]


@given(st.text("0123456789_+-.xobeEyYnNfF~=<:", max_size=6))
def test_a_string_that_looks_like_something_else_is_written_so_that_it_stays_one(text: str) -> None:
    (document,) = read(write([{text: text}]).encode(), "f.yaml").documents
    assert document.value == {text: text}
