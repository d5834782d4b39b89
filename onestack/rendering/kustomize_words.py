"""What Kustomize says of a failure, fit to be shown: short, paths as in the repository, no secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from onestack.manifests.reader import read
from onestack.manifests.secrets import plain
from onestack.rendering.kustomize_files import Closure
from onestack.rendering.unsaid import unsaid

_LENGTH: Final = 1000
# Shorter values are no secrets, and masking them would leave nothing to read.
_SHORTEST: Final = 4
# Kustomize repeats whole configurations, patches, lines and objects, with what Secrets are made of.
_REPEATED: Final = re.compile(
    r"""\ with\ config:\ `(?:.*`|.*\Z)
    | (?<=\[patch):\ "(?:[^"\\]|\\.)*"
    | (?<=\bline)\ \[\d+(?:\ \d+)*\]
    | (?<=node\ contents):.*
    | (?<=\ generator)\ &\{0x[0-9a-f]+[^{}]*\}
    | (?<=\ in\ object)\ .*
    | ^\#\ Warning:[^\n]*$""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def words(said: str, folder: str, made: Closure) -> str:
    """What Kustomize wrote to stderr, in one line. ``folder`` is the temporary one that it worked in."""
    text = _REPEATED.sub("", said).replace(f"{folder}/", "").replace(folder, ".")
    text = unsaid(text, (secret for secret in _secrets(made) if len(secret) >= _SHORTEST))
    line = " ".join(made.called(text).split()).removeprefix("Error: ")
    return line if len(line) <= _LENGTH else f"{line[:_LENGTH]}…"


def _secrets(made: Closure) -> Iterator[str]:
    """What Secrets are generated of, and what those in files and patches hold."""
    for file in made.manifests:
        if b"Secret" in made.files[file]:
            for document in read(made.files[file], file).documents:
                yield from (value.decode("utf-8", "replace") for value in _held(document.value))
    for value in made.kustomizations.values():
        for name, held in value.items():
            if name.casefold() == "secretgenerator":
                for literal in _literals(held):
                    yield from _of_line(literal)
    for file in made.secrets:
        for line in made.files[file].decode("utf-8", "replace").splitlines():
            yield from _of_line(line.strip())


def _held(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        yield from plain(value)
        items = value.get("items")
        for item in items if isinstance(items, list) else ():
            yield from _held(item)


def _of_line(line: str) -> Iterator[str]:
    """The value of ``key=value``; of anything else all, for it may be the value."""
    name, equals, value = line.partition("=")
    yield from (value, value.strip("'\"")) if equals else (name,)


def _literals(held: Any) -> Iterator[str]:
    for generator in held if isinstance(held, list) else ():
        for name, literals in generator.items() if isinstance(generator, dict) else ():
            if name.casefold() == "literals" and isinstance(literals, list):
                yield from map(str, literals)
