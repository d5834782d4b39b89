"""A machine whose clock is set while a test runs."""

from __future__ import annotations

import time

import psutil
import pytest


def jump(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Sets the clock forward; psutil then tells of every process that it began that much later."""
    now, began = time.time, psutil.Process.create_time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: began(process) + seconds)
