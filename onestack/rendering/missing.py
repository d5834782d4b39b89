"""What could not be had for one application keeps no other from being looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from onestack.errors import Unavailable


class Missing:
    """What could not be had, each thing once: a tool that is missing is so for all applications."""

    def __init__(self) -> None:
        self._found: dict[str, Unavailable] = {}

    @property
    def found(self) -> tuple[Unavailable, ...]:
        """All of it, as it was met."""
        return tuple(self._found.values())

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Does what is below, and notes what it could not have."""
        try:
            yield
        except Unavailable as error:
            self._found.setdefault(error.message(), error)
