"""The command in a process of its own that is forked from one which has imported it: a second less each time.

What a command does from its arguments to its exit code is the same; that it starts from nothing, too, is
shown by the tests that start it as a program, and by those who run it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from subprocess import TimeoutExpired

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.e2e.warm_modules"])


@dataclass(frozen=True)
class Command:
    """What a process is started with; ``output`` and ``errors`` are files that it writes."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    output: str
    errors: str


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float
) -> tuple[int, str, str]:
    """Exit code, output and errors of ``onestack`` with these. Raises: TimeoutExpired."""
    with tempfile.NamedTemporaryFile() as output, tempfile.NamedTemporaryFile() as errors:
        command = Command(tuple(arguments), folder, dict(environment), output.name, errors.name)
        child = _SERVER.Process(target=_child, args=(command,))
        child.start()
        child.join(timeout)
        if child.exitcode is None:
            child.kill()
            child.join()
            raise TimeoutExpired(["onestack", *arguments], timeout, output.read(), errors.read())
        return child.exitcode, output.read().decode(), errors.read().decode()


def _child(command: Command) -> None:
    """What the program's own start does, then the command."""
    os.chdir(command.folder)
    os.environ.clear()
    os.environ.update(command.environment)
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, command.output, os.O_WRONLY),
        (2, command.errors, os.O_WRONLY),
    ):
        opened = os.open(name, flags | os.O_APPEND)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.argv = ["onestack", *command.arguments]
    sys.path.insert(0, str(command.folder))
    from onestack.cli import main  # noqa: PLC0415 - in the child, where it is there already

    main()
