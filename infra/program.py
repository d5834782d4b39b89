"""The edge between program and engine: a failure of ours ends the run in words, not in a traceback."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pulumi
from pulumi.runtime.stack import ResourceRegistrationFailed

from onestack import handover
from onestack.errors import OnestackError, PartNotEnough


@contextmanager
def program() -> Iterator[None]:
    """Turns a typed failure into the engine's own way of ending a program early."""
    signal.signal(signal.SIGINT, _end)
    try:
        yield
    except PartNotEnough as error:
        handover.ask_for_all()
        raise pulumi.RunError(error.message()) from None
    except ResourceRegistrationFailed as error:  # only in a run that goes on after an error
        raise pulumi.RunError(str(error)) from None
    except OnestackError as error:
        raise pulumi.RunError(error.message()) from None


def _end(_signal: int, _frame: FrameType | None) -> None:
    """The engine interrupts the program when the run has failed, and has then said why itself."""
    sys.exit(1)
