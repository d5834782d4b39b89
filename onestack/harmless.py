"""Text of others made harmless to whoever reads our output: terminals, logs, and GitHub's runner. Pure.

What stands in a stranger's manifest or comes out of a tool may hold escape sequences, which a terminal
obeys, and workflow commands, which GitHub's runner obeys on stdout and stderr alike: ``::name::`` where a
line begins, after white space too, and the older ``##[name]`` anywhere (actions/runner, ActionCommand.cs).
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"^(\s*)::")
_OLD_COMMAND = "##["
_PARTS = " | "


def harmless(text: str) -> str:
    """The text, line by line, with what can't be printed escaped, and with nothing that is a command."""
    return "\n".join(map(_line, text.split("\n")))


def harmless_json(text: str) -> str:
    """A JSON document, indented or not, of the same value: what can't be printed and commands are escaped.

    Strings of JSON hold no line feed, so no line begins with what stands in one.
    """
    if not text.replace("\n", "").isprintable():
        text = "".join(char if char == "\n" or char.isprintable() else _escaped(char) for char in text)
    return text.replace(_OLD_COMMAND, "#\\u0023[")


def one_line(text: str) -> str:
    """The same as one line: its lines follow each other, parted by bars."""
    return harmless(_PARTS.join(filter(None, (line.strip() for line in text.splitlines()))))


def _line(text: str) -> str:
    if not text.isprintable():
        text = "".join(map(_printable, text))
    return _COMMAND.sub(r"\1\\::", text).replace(_OLD_COMMAND, r"##\[")


def _escaped(character: str) -> str:
    """As JSON escapes it, in units of UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character == "\t" else character.encode("unicode_escape").decode()
