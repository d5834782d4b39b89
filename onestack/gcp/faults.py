"""What is wrong with settings, said at the setting that has to be changed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pydantic_core import PydanticCustomError

KIND: Final = "onestack_faults"
"""The type of pydantic's finding that carries `Fault` values, under ``faults`` of its context."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    ``at`` are the names of settings from the value that was looked at down to the wrong one; ``expected``
    says what to write instead.
    """

    at: tuple[str | int, ...]
    what: str
    expected: str = ""


def refuse(faults: Sequence[Fault]) -> None:
    """For a validator of pydantic: all faults at once, or nothing where there are none.

    Raises: PydanticCustomError of the type `KIND`.
    """
    if faults:
        raise PydanticCustomError(KIND, "{said}", {"said": faults[0].what, "faults": tuple(faults)})


def near(given: str, known: Sequence[str]) -> str:
    """A hint for a name that isn't among those known, or nothing where none is like it."""
    found = get_close_matches(given.casefold(), known, n=1)
    return f"did you mean {found[0]}?" if found else ""
