"""Whether what a tool made holds no objects at all: no mistake where a stack switches all of it off. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from onestack.manifests.application import Application
from onestack.manifests.problems import Problems

_WORD: Final = re.compile(rb"^[ \t]*(?!---)[^#\s]", re.MULTILINE)


def tell_if_blank(application: Application, file: str, made: Iterable[bytes], problems: Problems) -> None:
    """Warns, at the file that says what is made, where nothing came of it but separators and comments."""
    if not any(_WORD.search(content) for content in made):
        what = f"application '{application.name}' has no objects: what its files are rendered to is empty"
        problems.warn(file, what, "take it out of the stack's settings, if that isn't meant")
