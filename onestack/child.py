"""Child processes: one that leads a group of its own, of which nothing is left; and what they don't get."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from onestack import interruptions

TOKENS: Final = frozenset({"GITHUB_TOKEN", "GH_TOKEN", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"})


def without_tokens(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what we tell people with: no program or plugin has a use for it. Pure."""
    return {name: held for name, held in environ.items() if name not in TOKENS}


@contextlib.contextmanager
def tokens_aside() -> Iterator[None]:
    """Runs a block, such as rules of the repository's own, in an environment without them. Not for threads.

    That keeps them from who looks there, and from nobody who means to find them in this process.
    """
    held = {name: os.environ.pop(name) for name in TOKENS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(held)


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
