"""Runs a command and measures it with all its children."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from onestack import processes
from tests.bench.results import Process

_SAMPLE_SECONDS: Final = 0.05
_REMIND_SECONDS: Final = 30.0
_MODULES: Final = {"onestack": "onestack", "onestack.local.kubernetes": "provider (offline)"}
_PROGRAMS: Final = {"pulumi": "engine", "pulumi-language-python": "language host"}


@dataclass(frozen=True)
class Command:
    """What to run; an exit code that is not in ``ok`` is a failure."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    ok: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Watched:
    """What a command took. ``cpu_seconds`` are user and system time of the tree, as the kernel
    counts them for processes that were waited for, or as sampled where that is more."""

    code: int
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    processes: Mapping[str, Process]


def watch(command: Command, log: Path, *, limit_seconds: float, remind: Callable[[float], None]) -> Watched:
    """Runs it to its end; its output goes to ``log``. ``remind`` hears every 30 s how long it has taken.

    After ``limit_seconds`` it is killed with its children, and so it is when we are interrupted.
    """
    before = _children_cpu()
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,  # an interrupt from the terminal is for us to handle
        )
        tree = _Tree(process.pid, limit_seconds, remind)
        try:
            code = process.wait()
        except BaseException:
            kill(process.pid)
            process.wait()
            raise
        finally:
            wall = time.perf_counter() - began
            tree.end()
    cpu = max(_children_cpu() - before, tree.cpu())
    return Watched(code, wall, cpu, tree.peak, tree.processes())


def kill(pid: int) -> None:
    """Kills a process that we started, and its children."""
    for process in processes.tree(pid):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def named(arguments: Sequence[str]) -> str:
    """What a process is to us, by its command line; empty for one that has none (any more)."""
    if not arguments:
        return ""
    program = Path(arguments[0]).name
    if "-m" in arguments[:-1]:
        module = arguments[arguments.index("-m") + 1]
        return _MODULES.get(module, module)
    if any(Path(argument).name == "pulumi-language-python-exec" for argument in arguments[:4]):
        return "program (python)"
    if program.startswith("pulumi-resource-"):
        return "provider"
    return _PROGRAMS.get(program, program)


class _Tree:
    """Samples a process and its children until it is told to end."""

    def __init__(self, top: int, limit_seconds: float, remind: Callable[[float], None]) -> None:
        self.peak = 0
        self._top = psutil.Process(top)
        self._limit_seconds = limit_seconds
        self._remind = remind
        self._over = threading.Event()
        self._peaks: dict[str, int] = {}
        self._cpu: dict[psutil.Process, tuple[str, float]] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        began = reminded = time.monotonic()
        while not self._over.wait(_SAMPLE_SECONDS):
            self._sample()
            now = time.monotonic()
            if now - reminded >= _REMIND_SECONDS:
                reminded = now
                self._remind(now - began)
            if now - began >= self._limit_seconds:
                kill(self._top.pid)

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def cpu(self) -> float:
        return sum(seconds for _, seconds in self._cpu.values())

    def processes(self) -> dict[str, Process]:
        cpu: dict[str, float] = defaultdict(float)
        for name, seconds in self._cpu.values():
            cpu[name] += seconds
        return {name: Process(round(cpu[name], 2), peak) for name, peak in self._peaks.items()}

    def _sample(self) -> None:
        memory: dict[str, int] = defaultdict(int)
        with suppress(psutil.NoSuchProcess):
            for process in (self._top, *self._top.children(recursive=True)):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied), process.oneshot():
                    # Asked for anew each time: a process changes its name when it executes a program.
                    if not (name := named(process.cmdline())):
                        continue
                    times = process.cpu_times()
                    self._cpu[process] = (name, times.user + times.system)
                    memory[name] += process.memory_info().rss
        self.peak = max(self.peak, sum(memory.values()))
        for name, size in memory.items():
            self._peaks[name] = max(self._peaks.get(name, 0), size)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
