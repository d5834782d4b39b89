"""What the YAML parser says, in words that help. Pure."""

from __future__ import annotations

from typing import Any, Final

from yaml import MarkedYAMLError

from onestack.manifests.places import Places

_UNSTARTED: Final = "found character that cannot start any token"
_TAB: Final = ("a tab stands where indentation is expected", "indent with spaces")
_MALFORMED_TAG: Final = ("a tag is malformed", "remove it, or put the value in quotes if it starts with '!'")
_DIRECTIVE: Final = (
    "a line starts with '%', as only YAML directives do",
    "remove it, or indent and quote it if it is text",
)
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
    "found a tab character where an indentation space is expected": _TAB,
    "found a tab character that violates indentation": _TAB,
    "did not find expected node content": (
        "a value or a closing bracket is missing here",
        "write it, or remove the bracket or comma before it",
    ),
    "did not find expected alphabetic or numeric character": (
        "a '*' or '&' without a name of letters, digits, '-' and '_' behind it",
        "put the value in quotes if it starts with '*' or '&'",
    ),
    "mapping keys are not allowed in this context": (
        "a '?' stands where no key can be",
        "put the value in quotes if it starts with '?'",
    ),
    "did not find expected comment or line break": (
        "something stands behind the '|' or '>' of a block of text",
        "start the text on the next line; behind '|' and '>' come '-', '+' or a digit only",
    ),
    "found an indentation indicator equal to 0": (
        "a block of text can't be indented by 0",
        "write 1 to 9 behind '|' or '>', or nothing",
    ),
    "did not find expected hexdecimal number": (  # sic
        "the escape has too few hexadecimal digits",
        "write \\xNN, \\uNNNN or \\UNNNNNNNN, or use single quotes",
    ),
    "found invalid Unicode character escape code": (
        "the escape is no character: it is half of a pair, or beyond U+10FFFF",
        "write the character itself, or \\UNNNNNNNN",
    ),
    "found unexpected ':'": ("a ':' stands where none can be", "put the value in quotes"),
    "did not find the expected '>'": _MALFORMED_TAG,
    "did not find expected tag URI": _MALFORMED_TAG,
    "did not find URI escaped octet": _MALFORMED_TAG,
    "did not find expected '!'": _MALFORMED_TAG,
    "did not find expected whitespace or line break": _MALFORMED_TAG,
    "found an incorrect leading UTF-8 octet": _MALFORMED_TAG,
    "found an incorrect trailing UTF-8 octet": _MALFORMED_TAG,
}


def explained(error: MarkedYAMLError, places: Places) -> tuple[int, int, str, str]:
    """Line and column from 1, what is wrong, and what was expected."""
    mark, began = error.problem_mark, error.context_mark
    line, column = places.of(mark)
    problem = str(error.problem)
    if "directive" in str(error.context):
        what, expected = _DIRECTIVE
    elif problem == _UNSTARTED:
        what, expected = _no_token(places.text, mark)
    else:
        what, expected = _WORDS.get(problem, (f"this is not YAML: {problem}", "mend the YAML"))
    if began is not None and places.of(began)[0] != line:
        what += f" (it began in line {places.of(began)[0]})"
    return line, column, what, expected


def _no_token(text: str, mark: Any) -> tuple[str, str]:
    # At the line breaks that the parser counts; the others that Python knows are not allowed in YAML.
    character = text.splitlines()[mark.line][mark.column]
    if character == "\t":
        return _TAB
    return f"a value can't start with '{character}'", "put the value in quotes"
