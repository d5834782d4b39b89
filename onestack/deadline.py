"""A bound on all of what a server is asked: one on each read lets an answer that trickles go on for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_T = TypeVar("_T")


def within(seconds: float, ask: Callable[[], _T]) -> _T:
    """What ``ask`` returns or raises, if it does so in time.

    Where it doesn't, it goes on in a thread that the end of the process doesn't wait for.
    Raises: TimeoutError.
    """
    came: Future[_T] = Future()

    def run() -> None:
        try:
            came.set_result(ask())
        except BaseException as error:
            came.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return came.result(max(seconds, 0.0))
    except TimeoutError:
        if came.done():
            raise
        raise TimeoutError(f"there was no whole answer within {seconds:.0f} s") from None
