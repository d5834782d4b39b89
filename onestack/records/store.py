"""What a store of named texts can do, wherever it keeps them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Protocol

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


class Stored(NamedTuple):
    """A text as it was read; ``version`` is that of this very content, for `Store.replace`."""

    content: str
    version: str


class Store(Protocol):
    """Named texts that are written whole or not at all, by compare and swap.

    Names are parts of ``A-Z a-z 0-9 _ . -`` joined by ``/``; a part begins with neither ``.`` nor ``-``.
    Where a write is said to have failed, nothing of it is to be seen. In a bucket a write whose answer
    was lost is known again by its content, so whoever must be the only one writes what nobody else would.
    """

    @property
    def place(self) -> str:
        """Where it is, in words."""

    @property
    def note(self) -> str:
        """What people have to know of this place; mostly nothing."""

    def read(self, name: str) -> Stored | None:
        """The text of that name; None where there is none. Raises: Unavailable."""

    def create(self, name: str, content: str) -> str:
        """Writes a new text and returns its version. Raises: RecordChanged if it is there; Unavailable."""

    def replace(self, name: str, content: str, version: str) -> str:
        """Writes a text in the place of that very version. Raises: RecordChanged if it isn't; Unavailable."""

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """All names that begin so, sorted. Raises: Unavailable."""


def checked(name: str) -> str:
    """The name, which stays inside any folder. Raises: ValueError for one that a store doesn't take."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a record: {name}")
    return name
