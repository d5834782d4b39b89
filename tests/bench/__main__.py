"""``make bench``: measures onestack beside kubectl, kapp and a plain Pulumi program."""

from __future__ import annotations

import shlex
import signal
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from onestack.errors import OnestackError
from onestack.local.toolchain import ALL, ensure
from onestack.terminal import Terminal
from tests.bench import report
from tests.bench.generated import LEAST
from tests.bench.machine import look
from tests.bench.results import Results, read
from tests.bench.session import Session, Turn, fresh_plane, turns
from tests.bench.subjects import SUBJECTS

ROOT = Path(__file__).parents[2]
INTERRUPTED = 130


def default_runs(size: int) -> int:
    """More runs where they are quick."""
    return 3 if size <= 100 else 2


def _sizes(_context: click.Context, _option: click.Parameter, given: str) -> tuple[int, ...]:
    sizes = given.split(",")
    if not all(size.isdecimal() and int(size) >= LEAST for size in sizes):
        raise click.BadParameter(f"'{given}' is no list of numbers of objects, each {LEAST} or more")
    return tuple(sorted({int(size) for size in sizes}))


def _subjects(_context: click.Context, _option: click.Parameter, given: str) -> tuple[str, ...]:
    if unknown := set(given.split(",")) - set(SUBJECTS):
        raise click.BadParameter(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    return tuple(name for name in SUBJECTS if name in given.split(","))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--sizes", default="100,500,2000", callback=_sizes, help="Numbers of objects.")
@click.option("--runs", type=click.IntRange(1), help="Runs of each size. [default: 3, 2 above 100]")
@click.option("--only", default=",".join(SUBJECTS), callback=_subjects, help="Who is measured.")
@click.option(
    "--json", "file", type=click.Path(path_type=Path), help="Results. [default: build/bench/DATE.json]"
)
@click.option(
    "--docs", type=click.Path(path_type=Path), default="docs", help="Folder of the document and plot."
)
@click.option("--from", "kept", type=click.Path(path_type=Path), help="Measure nothing, show these results.")
def bench(
    sizes: tuple[int, ...],
    runs: int | None,
    only: tuple[str, ...],
    file: Path | None,
    docs: Path,
    kept: Path | None,
) -> int:
    """Measure onestack beside kubectl, kapp and a plain Pulumi program; figures are kept as it goes."""
    if kept:
        return _report(read(kept), docs)
    began = datetime.now(UTC)
    file = file or Path("build") / "bench" / f"{began:%Y-%m-%dT%H%M%S}.json"
    planned = turns([SUBJECTS[name] for name in only], {size: runs or default_runs(size) for size in sizes})
    return _measure(planned, file, docs, began)


def _measure(planned: tuple[Turn, ...], file: Path, docs: Path, began: datetime) -> int:
    with Terminal() as terminal:
        toolchain = ensure(ROOT, terminal, (*ALL, "kubeconform", "kapp"))
    command = shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]])
    begun = Results(look(toolchain), command, began.isoformat(timespec="seconds"), False, {}, ())
    session = Session(begun, file, toolchain, partial(fresh_plane, toolchain), partial(click.echo, err=True))
    click.echo(f"{len(planned)} turns; figures go to {file}", err=True)
    try:
        session.run(planned)
    except KeyboardInterrupt:
        # The document of a whole run is not replaced by half of one.
        click.echo(f"interrupted: what was measured is in {file}; --from {file} shows it", err=True)
        return INTERRUPTED
    return _report(session.results, docs)


def _report(results: Results, docs: Path) -> int:
    report.show(results, Console())
    click.echo(f"report: {report.write(results, docs)}", err=True)
    return OnestackError.exit_code if results.failures else 0


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Runs the command; a mistake becomes its message and its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(bench(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except OnestackError as error:
        click.echo(f"error: {error.message()}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
