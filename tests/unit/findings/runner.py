"""Which commands GitHub's runner finds in a line: both of its syntaxes, as actions/runner reads them."""

from __future__ import annotations

from dataclasses import dataclass

# What .NET takes for white space at the start of a line.
_SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True)
class Found:
    """A command with its properties, and what it says."""

    name: str
    properties: dict[str, str]
    said: str


def command(line: str) -> Found | None:
    """The command that a line is, or holds; the runner knows a few names, any name counts here."""
    return _new(line.lstrip(_SPACE)) or _old(line)


def _new(line: str) -> Found | None:
    head, colons, said = line[2:].partition("::")
    if not line.startswith("::") or not colons:
        return None
    name, _, rest = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if "=" in pair)
    properties = {key: _undone(value, ":", ",") for key, value in pairs}
    return Found(name, properties, _undone(said))


def _old(line: str) -> Found | None:
    _, prefix, rest = line.partition("##[")
    head, bracket, said = rest.partition("]")
    return Found(head.partition(" ")[0], {}, said) if prefix and bracket else None


def _undone(text: str, *more: str) -> str:
    """One replacement after the other, that of the per cent sign last."""
    for token in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(token):02X}", token)
    return text
