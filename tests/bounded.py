"""The command, run many times from one process: each time in a child of its own, whose cost is measured.

``python -m tests.bounded`` reads one JSON list of arguments a line from stdin, and for each writes one
JSON object a line to stdout: what the command said, its exit code, CPU seconds and peak memory.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests import reaching

ROOT = Path(__file__).parents[1]
CPU_SECONDS = 20
"""What ends a run that never would; tests ask for far less."""


@dataclass(frozen=True)
class Run:
    """``seconds`` of CPU, in and below the process; ``mebibytes`` is its peak of resident memory."""

    exit_code: int
    output: str
    errors: str
    seconds: float
    mebibytes: int


def run_all(commands: Iterable[Sequence[str]], *, reached: Path | None = None) -> list[Run]:
    """Runs ``onestack`` with each list of arguments; ``reached``: see `tests.reaching`."""
    text = "".join(f"{json.dumps(list(command))}\n" for command in commands)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(ROOT)}
    if reached is not None:
        environment[reaching.VARIABLE] = str(reached)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bounded"],
        input=text,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return [Run(**json.loads(line)) for line in done.stdout.splitlines()]


def _run(arguments: Sequence[str]) -> Run:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            os.dup2(output.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            os._exit(_command(arguments))
        _, status, usage = os.wait4(child, 0)
        return Run(
            exit_code=os.waitstatus_to_exitcode(status),
            output=_text(output.fileno()),
            errors=_text(errors.fileno()),
            seconds=usage.ru_utime + usage.ru_stime,
            mebibytes=usage.ru_maxrss // 1024,
        )


def _command(arguments: Sequence[str]) -> int:
    from onestack.cli import main  # noqa: PLC0415 - imported before the first fork, after reaching.install

    sys.argv = ["onestack", *arguments]
    try:
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    reaching.save()
    return code


def _text(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb", closefd=False) as file:
        return file.read().decode("utf-8", "replace")


def _main() -> None:
    # Once, so that the children needn't.
    for module in reaching.modules():
        importlib.import_module(module)
    from onestack.manifests.scope import builtin  # noqa: PLC0415

    builtin()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(asdict(_run(json.loads(line))))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    reaching.install()
    _main()
