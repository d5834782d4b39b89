"""Text of others obeys nobody: no escape sequence reaches a terminal, no command GitHub's runner."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onestack.harmless import harmless, harmless_json, one_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain: text, 100% of it", "plain: text, 100% of it"),
        ("Größe 日本", "Größe 日本"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udc80b", "a\\udc80b"),
        ("a\tb", "a b"),
        ("a\rb", "a\\rb"),
        ("::add-mask::x", "\\::add-mask::x"),
        ("  ::add-mask::x", "  \\::add-mask::x"),
        ("one\n  ::error::two", "one\n  \\::error::two"),
        ("said ##[add-mask]x", "said ##\\[add-mask]x"),
        ("a::b", "a::b"),
    ],
)
def test_commands_and_what_cannot_be_printed_are_taken_apart(text: str, expected: str) -> None:
    assert harmless(text) == expected


def test_many_lines_become_one() -> None:
    assert one_line("error:\n  ::group::x\r\n\n last ") == "error: | ::group::x | last"
    assert one_line("::group::x\nb") == "\\::group::x | b"


# What .NET's TrimStart takes away: the runner looks for a command behind all of it.
_SPACE = st.text(st.sampled_from(" \t\v\f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000"), max_size=3)


@given(_SPACE, st.text())
def test_no_line_begins_with_a_command_whatever_space_stands_before_it(space: str, rest: str) -> None:
    for line in harmless(f"{space}::{rest}\n{rest}").split("\n"):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert line.isprintable()


@given(st.recursive(st.text(), lambda held: st.lists(held) | st.dictionaries(st.text(), held), max_leaves=8))
@example(["##[error]old", "###[x]", "\\##[y]", "\x1b[31m \x9b31m \x7f \u202e \u2028 \U000e0001"])
def test_a_document_of_json_stays_what_it_was(value: Any) -> None:
    printed = harmless_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(printed) == value
    assert "##[" not in printed
    assert printed.replace("\n", "").isprintable()
