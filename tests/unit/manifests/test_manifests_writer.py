"""YAML that is printed: read back it is the same, and nothing in it is a command to GitHub's runner."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from onestack.manifests.writer import write

# Pieces that commands are made of, between words long enough to be folded.
_PIECE = st.sampled_from(
    [
        "::",
        ":",
        "##[",
        "#",
        "[",
        "\n",
        " ",
        "\t",
        "\u3000",
        "error title=x::y",
        "word " * 20,
        "é",
        "'",
        '"',
        "\\x3a",
    ]
)
_TEXT = st.lists(_PIECE, max_size=8).map("".join)


def obeyed(printed: str) -> list[str]:
    """The lines that the runner would take for commands."""
    return [line for line in printed.splitlines() if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize(
    "text",
    [
        "::error title=pwn::hello",
        "a line\n  ::add-mask::e\nanother\n",
        "a\n##[error]old",
        f"{'word ' * 30}::error::folded",
        f"it's {'word ' * 30} ::error::'quoted' ##[group]",
        "a mark: escaped0x3a and ::error::x",
    ],
)
def test_a_string_is_no_command_and_stays_what_it_was(text: str) -> None:
    bodies = [{"data": {"key": text, text: "value", "list": [text]}}]
    printed = write(bodies)
    assert obeyed(printed) == []
    assert list(yaml.safe_load_all(printed)) == bodies


def test_what_is_no_command_is_written_as_ever() -> None:
    printed = write([{"a": "std::string and ::1", "b": "one\ntwo\n", "c": "plain"}])
    assert printed == '---\na: "std::string and \\x3a:1"\nb: |\n  one\n  two\nc: plain\n'


@given(_TEXT, _TEXT)
@example("\n::", "::")
def test_whatever_stands_in_strings_is_no_command(key: str, text: str) -> None:
    bodies = [{key: text, "nested": [{"more": {"key": text}}]}]
    printed = write(bodies)
    assert obeyed(printed) == []
    assert list(yaml.safe_load_all(printed)) == bodies
