"""What the YAML parser says, in words that help. Pure."""

from __future__ import annotations

from typing import Final

from yaml import MarkedYAMLError

_UNSTARTED: Final = "found character that cannot start any token"
# The parser's problem -> what is wrong, what was expected.
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no key can be",
        "check the indentation, or quote the value if ':' belongs to it",
    ),
    "could not find expected ':'": ("a key has no ':' behind it", "write 'key: value', or indent the line"),
    "did not find expected key": (
        "this is neither a key nor the end of the mapping",
        "check indentation and quotes; a key stands right below the others",
    ),
    "did not find expected '-' indicator": (
        "this is neither a list item nor the end of the list",
        "check the indentation; an item starts with '-' right below the others",
    ),
    "did not find expected ',' or ']'": ("the list in brackets isn't closed", "write ',' or ']'"),
    "did not find expected ',' or '}'": ("the mapping in braces isn't closed", "write ',' or '}'"),
    "found unexpected end of stream": ("the quoted text isn't closed", "write the closing quote"),
    "block sequence entries are not allowed in this context": (
        "a list item '-' stands where none can be",
        "start the list on a line of its own",
    ),
    "did not find expected <document start>": (
        "something stands behind the end of the document",
        "start another document with '---', and remove brackets or text that are left over",
    ),
    "found undefined tag handle": ("this tag isn't declared", "remove the tag; manifests need none"),
    "found unknown escape character": (
        "this escape is unknown in double quotes",
        "double the backslash, or use single quotes",
    ),
    "found unexpected document indicator": (
        "the document ends inside quoted text",
        "write the closing quote, and indent lines of quoted text",
    ),
    "found a tab character where an indentation space is expected": (
        "a tab stands where indentation is expected",
        "indent with spaces",
    ),
    "found a tab character that violates indentation": (
        "a tab stands where indentation is expected",
        "indent with spaces",
    ),
    "found duplicate anchor": ("this anchor is defined twice", "give each anchor its own name"),
}


def explained(error: MarkedYAMLError, text: str, first_line: int) -> tuple[int, int, str, str]:
    """Line and column from 1, what is wrong, and what was expected; ``text`` began in ``first_line``."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem = str(error.problem or error.context or "it can't be parsed")
    if problem == _UNSTARTED:
        what, expected = _no_token(text, line, column)
    else:
        what, expected = _WORDS.get(problem, (f"this is not YAML: {problem}", "mend the YAML"))
    began = error.context_mark
    if began is not None and began.line != line:
        what += f" (it began in line {first_line + began.line})"
    return first_line + line, column + 1, what, expected


def _no_token(text: str, line: int, column: int) -> tuple[str, str]:
    lines = text.splitlines()  # at the line breaks that the parser counts, and a few it doesn't know
    character = lines[line][column] if line < len(lines) and column < len(lines[line]) else ""
    if character == "\t":
        return "a tab stands where indentation is expected", "indent with spaces"
    return f"a value can't start with '{character}'", "put the value in quotes"
