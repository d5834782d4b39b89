"""Control planes for tests and trials: up on enter, gone without a trace on exit."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from onestack.local.plane.commands import Tools
from onestack.local.plane.plane import Plane
from onestack.progress import Silent


@contextmanager
def throwaway(toolchain: Tools, parent: Path | None = None) -> Iterator[Plane]:
    """A control plane of one's own in a new folder below ``parent`` (the system's temporary
    folder by default). Several can run side by side.

    A watchdog process removes it also when this process is killed. Raises as `Plane.up`.
    """
    folder = Path(tempfile.mkdtemp(prefix="onestack-plane-", dir=parent))
    plane = Plane(folder / "plane", toolchain, folder / "kubeconfig", durable=False)
    try:
        with _watchdog(folder):
            try:
                plane.up(Silent())
                yield plane
            finally:
                plane.discard()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _watchdog(folder: Path) -> Iterator[None]:
    """Runs a process that waits for the end of a pipe which only this process holds open:
    the kernel closes it however this process ends."""
    read, hold = os.pipe()
    source = str(Path(__file__).parents[3])
    try:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "onestack.local.plane.watchdog", str(folder)],
            {**os.environ, "PYTHONPATH": source},
            file_actions=[(os.POSIX_SPAWN_DUP2, read, 0)],
            setsid=True,
        )
    finally:
        os.close(read)
    try:
        yield
    finally:
        os.close(hold)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
