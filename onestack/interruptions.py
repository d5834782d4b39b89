"""Signals that end a command must not hit between the start of a child and the moment it is known."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Signals that interrupt are acted on at the end; only the main thread is ever interrupted by them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    usual = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    # An ignored signal stays so: the child inherits that, and not a handler.
    held = {n: handler for n, handler in usual.items() if handler not in {signal.SIG_IGN, None}}
    for number in held:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        for first in came[:1]:
            signal.raise_signal(first)
