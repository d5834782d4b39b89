"""The world of these tests, which nothing survives and in which nothing hangs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psutil
import pytest

from tests.unit.local.toolchain.world import World

LIMIT_SECONDS = 90


@pytest.fixture(autouse=True)
def _no_hanging() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"took more than {LIMIT_SECONDS} s")

    usual = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LIMIT_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, usual)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path)
    for name in ("PULUMI_HOME", "GOFLAGS", "http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    yield made
    # What was killed just now may need a moment to be gone.
    _, left = psutil.wait_procs(made.processes(), timeout=5)
    names = [process.cmdline() for process in left if process.is_running()]
    for process in left:
        process.kill()
    assert not names, "processes were left behind"
