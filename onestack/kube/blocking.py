"""Asking a cluster from code that can't wait: a program runs inside an event loop, and must know now."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def answered(question: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end in a loop and thread of its own; whatever it raises is raised here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()
