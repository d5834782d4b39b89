"""What failures of a deployment say, by object. Pure."""

from __future__ import annotations

import re
from typing import Final

from onestack.errors import EngineFailed, NotReady, OnestackError
from onestack.trial.model import Said

LONGEST: Final = 4_000
_OBJECT: Final = re.compile(r"^\W*([A-Z]\w+(?:\.[\w.-]+)? (?:[\w.-]+/)?[\w.:-]+): (.+)$")


def not_ready(error: OnestackError) -> tuple[Said, ...]:
    """The objects that didn't become ready, and why."""
    return _by_object(error.why) if isinstance(error, NotReady) else ()


def refused(error: OnestackError) -> tuple[Said, ...]:
    """The objects that were refused in a run of the engine, and why."""
    return _by_object(error.why) if isinstance(error, EngineFailed) else ()


def cut(text: str) -> str:
    """A text that is no longer than a trial holds."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _by_object(text: str) -> tuple[Said, ...]:
    found = (_OBJECT.match(line) for line in text.splitlines())
    return tuple(Said(one[1], cut(one[2])) for one in found if one)
