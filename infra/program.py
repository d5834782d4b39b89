"""The edge between program and engine: a failure of ours ends the run in words, not in a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from onestack.errors import OnestackError


@contextmanager
def program() -> Iterator[None]:
    """Turns a typed failure into the engine's own way of ending a program early."""
    try:
        yield
    except OnestackError as error:
        raise pulumi.RunError(error.message()) from None
