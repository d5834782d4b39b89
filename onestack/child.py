"""A child process that leads a group of its own, of which nothing is left when it is no longer needed."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from onestack import interruptions


@contextlib.contextmanager
def started(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    folder: Path | None = None,
    stdout: IO[bytes] | int,
    stderr: int,
    end: Callable[[subprocess.Popen[bytes]], None],
) -> Iterator[subprocess.Popen[bytes]]:
    """A running command in a session of its own; ``end`` ends its group on leaving, however that is.

    Raises OSError if the command can't be started.
    """
    child: subprocess.Popen[bytes] | None = None
    try:
        # An interruption between the start and the assignment would leave a command that no one knows.
        with interruptions.held_back():
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        yield child
    finally:
        if child is not None:
            end(child)
            for pipe in (child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()
