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


def one_line(text: str) -> str:
    """The same as one line: its lines follow each other, parted by bars."""
    return harmless(_PARTS.join(filter(None, (line.strip() for line in text.splitlines()))))


def _line(text: str) -> str:
    if not text.isprintable():
        text = "".join(map(_printable, text))
    return _COMMAND.sub(r"\1\\::", text).replace(_OLD_COMMAND, r"##\[")


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character == "\t" else character.encode("unicode_escape").decode()
