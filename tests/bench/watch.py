"""Runs a command and measures it with all its children."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

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


def watch(
    command: Command, log: Path, *, limit_seconds: float, remind: Callable[[float], None]
) -> Watched:
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
        tree = _Tree(psutil.Process(process.pid), limit_seconds, remind)
        try:
            tree.start()
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
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
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


@dataclass
class _Tree(threading.Thread):
    """Samples a process and its children until it is told to end."""

    top: psutil.Process
    limit_seconds: float
    remind: Callable[[float], None]
    peak: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _peaks: dict[str, int] = field(default_factory=dict)
    _cpu: dict[psutil.Process, tuple[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    # Threads are told apart by identity; a dataclass would compare, and not hash, them.
    __hash__ = threading.Thread.__hash__
    __eq__ = threading.Thread.__eq__

    def run(self) -> None:
        began = reminded = time.monotonic()
        while not self._over.wait(_SAMPLE_SECONDS):
            self._sample()
            now = time.monotonic()
            if now - reminded >= _REMIND_SECONDS:
                reminded = now
                self.remind(now - began)
            if now - began >= self.limit_seconds:
                kill(self.top.pid)

    def end(self) -> None:
        self._over.set()
        self.join()

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
            for process in (self.top, *self.top.children(recursive=True)):
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


def load_average() -> float:
    """Processes that wanted to run, over the last minute."""
    return round(os.getloadavg()[0], 2)
