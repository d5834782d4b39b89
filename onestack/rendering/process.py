"""A rendering tool as a child process: bounded in time, memory and output, and told nothing of this machine.

The tool leads a session of its own, which is killed whole when a bound is broken or we are interrupted. Its
environment is made from scratch: no credentials, an empty search path, and proxies that lead nowhere. What
input may make it fetch is refused before it is run; should something get past that, there is no network for
it where the kernel lets us take it away (:mod:`onestack.rendering.apart`).
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from onestack.child import started
from onestack.errors import ToolNotRun
from onestack.rendering import apart
from onestack.rendering.bounds import BOUNDS, Bounds, Breach, cost

# How often what a running tool costs is looked at. The kernel's own bound stops what grows faster than that.
_TICK_SECONDS: Final = 0.1
_CHUNK: Final = 1024 * 1024
_SAID_BYTES: Final = 64 * 1024
_STARVED: Final = re.compile(rb"^(?:fatal error|runtime): .*(?:out of|cannot allocate) memory", re.MULTILINE)
# Port 1 (tcpmux) is never listened on; a connection to it is refused at once.
_NOWHERE: Final = "http://127.0.0.1:1"
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
# What a tool needs of this machine to reach an allowed host.
_NETWORK: Final = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", *_PROXIES, "NO_PROXY")


@dataclass(frozen=True)
class Ran:
    """How a run ended. ``said`` is what it wrote to stderr, its first 64 KiB.

    ``code`` is the exit code, or minus the signal that ended it.
    """

    code: int
    stdout: bytes
    said: str
    breach: Breach | None
    bounds: Bounds

    @property
    def failure(self) -> str:
        """What is wrong with how it ended, in words that follow the tool's name; empty if nothing is."""
        match self.breach:
            case Breach.TIME:
                return f"was not done after {self.bounds.seconds:g} s and was stopped"
            case Breach.PROCESSOR:
                return f"was not done after {self.bounds.cpu_seconds:g} s of processor time and was stopped"
            case Breach.MEMORY:
                return f"took more than {self.bounds.memory_bytes // 2**20} MiB of memory and was stopped"
            case Breach.OUTPUT:
                return f"printed more than {self.bounds.output_bytes // 2**20} MiB and was stopped"
        if self.code < 0:
            return f"was ended from outside ({signal.Signals(-self.code).name})"
        return f"failed with exit code {self.code}" if self.code else ""


def run(
    command: Sequence[str],
    *,
    folder: Path,
    network: bool = False,
    environ: Mapping[str, str] | None = None,
    bounds: Bounds = BOUNDS,
) -> Ran:
    """Runs a tool in ``folder`` until it ends or breaks a bound; its home is a folder that is then removed.

    With ``network`` it has that, and this machine's search path, proxies and certificates. ``environ`` is
    added to what it is given anyway.

    Raises: ToolNotRun if it can't be started.
    """
    before = () if network else apart.prefix()
    try:
        with tempfile.TemporaryDirectory(prefix="onestack-", ignore_cleanup_errors=True) as private:
            given = {**_environment(Path(private), bounds, network=network), **(environ or {})}
            with started(
                (*before, *command),
                given,
                folder=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                end=_end,
            ) as child:
                bounds.impose(child.pid)
                ran = _Watch(child, bounds).end()
    except (OSError, ValueError) as error:
        raise ToolNotRun(Path(command[0]).name, command[0], str(error)) from None
    if before and (why := apart.failure(ran.code, ran.said)):
        raise ToolNotRun(Path(command[0]).name, command[0], why)
    return ran


def _environment(private: Path, bounds: Bounds, *, network: bool) -> dict[str, str]:
    """All that the tool is told, below a private folder."""
    below = {
        "HOME": "home",
        "TMPDIR": "tmp",
        "XDG_CONFIG_HOME": "config",
        "XDG_CACHE_HOME": "cache",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "PATH": "bin",
    }
    environ = {name: str(private / folder) for name, folder in below.items()}
    for folder in below.values():
        (private / folder).mkdir(mode=0o700)
    # A Go program then collects its garbage before it breaks the bound.
    environ |= {"LANG": "C.UTF-8", "GOMEMLIMIT": str(bounds.memory_bytes * 3 // 4)}
    if network:
        return environ | {name: os.environ[name] for name in _either_case(_NETWORK) if name in os.environ}
    return environ | dict.fromkeys(_either_case(_PROXIES), _NOWHERE) | {"NO_PROXY": "", "no_proxy": ""}


def _either_case(names: Sequence[str]) -> tuple[str, ...]:
    return (*names, *map(str.lower, names))


def _end(child: subprocess.Popen[bytes]) -> None:
    _kill_group(child.pid)
    child.wait()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


class _Watch:
    """Reads what a child prints until it ends or breaks a bound."""

    def __init__(self, child: subprocess.Popen[bytes], bounds: Bounds) -> None:
        self._child = child
        self._bounds = bounds
        self._deadline = monotonic() + bounds.seconds
        self._look = monotonic() + _TICK_SECONDS
        self._printed = 0
        self._stdout: list[bytes] = []
        self._said = bytearray()

    def end(self) -> Ran:
        """Returns when the child has ended, or is to be."""
        breach = self._watched()
        if breach is None and self._child.returncode and _starved(self._said):
            breach = Breach.MEMORY
        stdout = b"" if breach else b"".join(self._stdout)
        code = self._child.returncode
        said = self._said.decode("utf-8", "replace")
        return Ran(-signal.SIGKILL if code is None else code, stdout, said, breach, self._bounds)

    def _watched(self) -> Breach | None:
        child = self._child
        with selectors.DefaultSelector() as pipes:
            for pipe in (child.stdout, child.stderr):
                if pipe is not None:
                    pipes.register(pipe, selectors.EVENT_READ)
            while pipes.get_map() or child.poll() is None:
                left = self._deadline - monotonic()
                if left <= 0:
                    return Breach.TIME
                if not self._take(pipes, min(left, _TICK_SECONDS)):
                    return Breach.OUTPUT
                if child.poll() is not None:
                    # What it started and left behind would hold the pipes open.
                    _kill_group(child.pid)
                elif breach := self._broken():
                    return breach
        return None

    def _take(self, pipes: selectors.BaseSelector, seconds: float) -> bool:
        """Reads what is there, waiting so long for it; False if it is too much."""
        if not pipes.get_map():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
        for key, _ in pipes.select(seconds) if pipes.get_map() else ():
            chunk = os.read(key.fd, _CHUNK)
            if not chunk:
                pipes.unregister(key.fileobj)
            self._printed += len(chunk)
            if self._printed > self._bounds.output_bytes:
                return False
            if key.fileobj is self._child.stdout:
                self._stdout.append(chunk)
            else:
                self._said += chunk[: _SAID_BYTES - len(self._said)]
        return True

    def _broken(self) -> Breach | None:
        if monotonic() < self._look:
            return None
        self._look = monotonic() + _TICK_SECONDS
        return self._bounds.broken_by(cost(self._child.pid))


def _starved(said: bytes | bytearray) -> bool:
    """Whether a Go program says that the kernel gave it no more memory."""
    return _STARVED.search(said) is not None
