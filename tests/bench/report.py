"""The results for people: on the terminal, and as a document with a plot."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table as Shown

from tests.bench.plot import plot
from tests.bench.results import Results
from tests.bench.tables import machine, objects, tables

_INTRODUCTION: Final = """\
# Benchmarks
How long onestack takes beside `kubectl`, `kapp` and a plain Pulumi program, on the same generated objects,
in one run on one machine. Written by `{command}`; `make bench` measures again. Ratios travel between
machines, seconds don't.

**onestack** is `onestack deploy`, `preview` and `destroy` as whole commands; its first up ends when every
object is ready. **kubectl** is `apply --server-side`, `diff --server-side` and `delete -f`, with its own
defaults; waiting until every Deployment is available is counted apart. **kapp** is `deploy`, which waits
until all is ready, `deploy --diff-run` and `delete`, with its own defaults. **plain pulumi** registers every
object with a `CustomResource`, waits inside each, checkpoints after each and keeps the engine's defaults
(its automatic log too); its cost is quadratic, so it is measured up to 500 objects. Each has a fresh
control plane of its own (embedded, one simulated node, an etcd that writes before it confirms), removed
afterwards. One change is the image tag of one Deployment. How many objects there are is counted after the
first up and after destroy.

Kubernetes provider plugin: **{provider}**. {how_often}
"""
_PLOT: Final = "benchmarks.svg"


def document(results: Results) -> str:
    """The document as Markdown."""
    introduction = _INTRODUCTION.format(
        command=results.command, provider=results.machine.provider, how_often=_how_often(results)
    )
    parts = [introduction]
    if not results.finished:
        parts.append("**The run was interrupted: not everything was measured.**\n")
    load = results.measurements[0].load if results.measurements else 0.0
    if load > results.machine.cores / 2:
        parts.append(
            f"**Other work went on on this machine when the run began (load {load:.1f}): "
            "these figures are provisional.**\n"
        )
    parts.append(f"![Seconds by number of objects]({_PLOT})\n")
    parts += [table.markdown() for table in (*tables(results), objects(results), machine(results))]
    return "\n".join(parts)


def write(results: Results, folder: Path) -> Path:
    """Writes the document and its plot; returns the document's path."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "benchmarks.md"
    file.write_text(document(results))
    (folder / _PLOT).write_bytes(plot(results))
    return file


def show(results: Results, console: Console) -> None:
    """Prints the tables and what they were measured with."""
    for table in tables(results):
        shown = Shown(*table.head, title=table.title, box=box.SIMPLE_HEAD)
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown)
    one = results.machine
    console.print(f"provider plugin: {one.provider}; {one.cores} cores, {one.processor}", soft_wrap=True)


def _how_often(results: Results) -> str:
    most = max((one.run for one in results.measurements), default=1)
    if most == 1:
        return "Every figure is of one run: there is no spread to see."
    return f"Up to {most} runs; see the table of the machine."
