"""A run that is killed: the command, the engine, the program, the provider, all at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from onestack import processes


class Victim:
    """A verb of onestack under way in a repository."""

    def __init__(self, root: Path, verb: str, stack: str, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "onestack", verb, stack, *options],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        """The command's process."""
        return self._process.pid

    def kill(self) -> None:
        """Kills it and all that it started. Each is stopped first, so that none sees another die."""
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in processes.tree(self.pid):
                with suppress(ProcessLookupError):
                    os.kill(process.pid, number)

    def ended(self) -> bool:
        """Whether it ended by itself or was killed."""
        return self._process.poll() is not None

    def wait(self, seconds: float = 600) -> int:
        """Waits for its end; returns its exit code, or minus the signal that killed it."""
        return self._process.wait(seconds)
