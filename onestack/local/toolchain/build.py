"""Builds tools from the Go modules pinned in ``tools/``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onestack.errors import BuildFailed, ToolsDiskFull
from onestack.local.toolchain.catalogue import TOOLS, programs
from onestack.local.toolchain.disk import NO_SPACE, disk_full, is_full, line_with, no_room_for_output
from onestack.local.toolchain.golang import Go
from onestack.local.toolchain.lock import held
from onestack.local.toolchain.network import patience
from onestack.local.toolchain.pins import BUILD_FLAGS, Pin
from onestack.local.toolchain.places import Places
from onestack.local.toolchain.probe import Versions
from onestack.local.toolchain.process import OWNER, Ended, Tick, end_leftover, output_of, run
from onestack.local.toolchain.published import home_of, publish, published
from onestack.local.toolchain.stillness import Stillness
from onestack.progress import Progress

_UNFINISHED = ".building-"
_LOOK_UP_SECONDS = 60.0
_MODULE_ERRORS = ("dial tcp", "i/o timeout", "no such host", "connection refused", "module lookup disabled")


@dataclass(frozen=True)
class Build:
    """One module to build: the ``number``th of ``total`` in this run."""

    pin: Pin
    go: Go
    places: Places
    progress: Progress
    number: int
    total: int

    @property
    def name(self) -> str:
        return self.pin.module.folder

    @property
    def sources(self) -> Path:
        return self.places.pins / self.name

    @property
    def log(self) -> Path:
        return self.places.logs / f"build-{self.name}-{self.pin.folder}.log"


def build(work: Build, versions: Versions) -> Path:
    """The folder with the module's programs, built unless another run has done so by now.

    Safe to interrupt at any moment and to run twice at once. Raises BuildFailed, ToolsDiskFull,
    OSError, and KeyboardInterrupt.
    """
    with held(work.places, f"build-{work.name}", work.progress, f"building {_words(work)}"):
        if (done := published(work.pin, work.places)) is not None:
            return done
        _remove_unfinished(home_of(work.pin.module, work.places))
        return _build(work, versions)


def _build(work: Build, versions: Versions) -> Path:
    home = home_of(work.pin.module, work.places)
    home.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=home))
    try:
        fresh = unfinished / "bin"
        fresh.mkdir()
        total = _packages(work, unfinished)
        _compile(work, unfinished, fresh, total)
        _add_extras(work, fresh)
        for built, ours in work.pin.module.renames:
            # Where it is not there, the check says so in words.
            if (fresh / built).exists():
                (fresh / built).rename(fresh / ours)
        _check(work, fresh, versions)
        return publish(fresh, work.pin, work.places)
    except OSError as error:
        if is_full(error):
            place = Path(error.filename2 or error.filename or work.places.cache)
            raise _disk_full(work, str(error), place) from error
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _packages(work: Build, unfinished: Path) -> int:
    """How many packages the module has in all; fetches the modules that are not on this machine yet."""
    fetched = 0
    listed: set[str] = set()
    stillness = Stillness(patience(work.places.environ).stalled)

    def tick(lines: Sequence[str], pid: int) -> str:
        nonlocal fetched
        fetched += sum(line.startswith("go: downloading ") for line in lines)
        listed.update(line for line in lines if line and " " not in line)
        so_far = f"; {fetched} fetched so far" if fetched else ""
        work.progress.step(f"reading the modules of {_words(work)} ({_position(work)}{so_far})")
        return stillness.why_stop(pid)

    _go(work, unfinished, ("list", "-deps", "-mod=readonly", "tool"), tick)
    return len(listed)


def _compile(work: Build, unfinished: Path, fresh: Path, total: int) -> None:
    compiled = 0

    def tick(lines: Sequence[str], _: int) -> str:
        nonlocal compiled
        compiled += sum(bool(line) and " " not in line for line in lines)
        # Packages that Go's own cache holds are not said again, so the total is a bound.
        work.progress.step(
            f"building {_words(work)} ({_position(work)}, {compiled} of at most {total} packages compiled)"
        )
        return ""

    arguments = ("build", "-v", *BUILD_FLAGS, f"-ldflags={work.pin.linker}", "-o", f"{fresh}/", "tool")
    _go(work, unfinished, arguments, tick)


def _go(work: Build, unfinished: Path, arguments: Sequence[str], tick: Tick) -> None:
    """Runs Go in the module's folder. Raises ToolsDiskFull, BuildFailed."""
    ended = run(
        [str(work.go.program), *arguments],
        log=work.log,
        environ=work.go.environ,
        folder=work.sources,
        tick=tick,
        owner=unfinished / OWNER,
    )
    if ended.code != 0 or ended.stopped:
        raise _failure(work, ended)


def _failure(work: Build, ended: Ended) -> BuildFailed | ToolsDiskFull:
    """What a failed Go command's output means; the only place that reads it."""
    output = ended.output.lower()
    if NO_SPACE in output or no_room_for_output(work.places):
        return _disk_full(work, line_with(NO_SPACE, ended.output), work.places.cache)
    if ended.stopped or any(words in output for words in _MODULE_ERRORS):
        hint = (
            "the pinned Go modules can't be fetched: check the network and Go's GOPROXY, or fill Go's "
            f"module cache on a machine that has them; full output in {work.log}"
        )
        return BuildFailed(work.name, f"{ended.tail}\n{ended.stopped}", str(work.log), hint)
    if ended.code < 0:
        why = f"{ended.tail}\nit was ended by signal {-ended.code}".strip()
        return BuildFailed(work.name, why, str(work.log), "perhaps memory ran out; free some and run again")
    return BuildFailed(work.name, ended.tail, str(work.log))


def _disk_full(work: Build, said: str, place: Path) -> ToolsDiskFull:
    return disk_full(f"building {_words(work)}", said, place)


def _add_extras(work: Build, fresh: Path) -> None:
    """Copies scripts that lie in the Go module; a module's files carry no permission to execute."""
    if not work.pin.module.extras:
        return
    command = (
        str(work.go.program),
        "list",
        "-mod=readonly",
        "-m",
        "-f",
        "{{.Dir}}",
        work.pin.module.package,
    )
    ended = output_of(command, work.go.environ, seconds=_LOOK_UP_SECONDS, folder=work.sources)
    folder = Path(ended.output.strip())
    for extra in work.pin.module.extras:
        if ended.stopped or not folder.is_absolute() or not (folder / extra).is_file():
            why = f"{extra} is not in {work.pin.module.package}; {ended.stopped or 'go list -m'} {ended.tail}"
            raise BuildFailed(work.name, why.strip(), str(work.log))
        target = fresh / Path(extra).name
        shutil.copyfile(folder / extra, target)
        target.chmod(0o755)


def _check(work: Build, fresh: Path, versions: Versions) -> None:
    """Every program is there and says the pinned version. Raises BuildFailed."""
    for name in programs(work.name):
        tool = TOOLS[name]
        program = fresh / name
        if not program.is_file():
            raise BuildFailed(work.name, f"the build ended well but left no {name}", str(work.log))
        said = versions.ask(program, tool.ask, tool.answer) if tool.ask else work.pin.version
        if said != work.pin.version:
            why = f"{name} says its version is {said or 'unknown'}, pinned is {work.pin.version}"
            raise BuildFailed(work.name, why, str(work.log))


def _remove_unfinished(home: Path) -> None:
    """Clears what runs that died left. Only under the module's lock: then none of it is in use."""
    for left in home.glob(f"{_UNFINISHED}*"):
        end_leftover(left / OWNER)
        shutil.rmtree(left, ignore_errors=True)


def _words(work: Build) -> str:
    return ", ".join(programs(work.name))


def _position(work: Build) -> str:
    return f"{work.number} of {work.total} modules"
