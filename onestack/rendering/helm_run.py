"""Runs ``helm template`` on a copy of the files that were judged, so that what is judged is what is rendered.

Helm has no plugins, no cluster, nothing of the user's, and no network where the kernel can take it away.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from onestack.errors import Problem, ToolNotRun
from onestack.manifests.problems import Problems
from onestack.rendering import chart_sealed, helm_output
from onestack.rendering.bounds import Bounds
from onestack.rendering.helm_chart import Chart
from onestack.rendering.process import Ran, run

BOUNDS: Final = Bounds(cpu_seconds=10, memory_bytes=512 * 1024 * 1024, output_bytes=32 * 1024 * 1024)
_FOLDER: Final = "chart"
_ARCHIVE: Final = "chart.tgz"


def arguments(one: Chart, versions: frozenset[str], kubernetes: str) -> tuple[str, ...]:
    """What Helm is told, but for the places of files. ``kubernetes`` is a minor version, ``1.36``."""
    said = [
        *(one.release.name, "--namespace", one.release.namespace, "--include-crds", "--dry-run=client"),
        *("--kube-version", f"{kubernetes}.0"),
    ]
    if one.release.skip_tests:
        said.append("--skip-tests")
    if one.release.skip_schema_validation:
        said.append("--skip-schema-validation")
    for version in sorted(versions) if one.asks else ():
        said += ["--api-versions", version]
    return tuple(said)


def sources(
    one: Chart, said: tuple[str, ...], program: Path, problems: Problems
) -> Mapping[str, bytes] | None:
    """The YAML that Helm makes, by path in the chart; None if it makes none, which is reported.

    Raises: ToolNotRun.
    """
    with _staged(one) as stage:
        command = [str(program), "template", said[0], str(stage / (_FOLDER if one.folder else _ARCHIVE))]
        command += said[1:]
        for index in range(len(one.values)):
            command += ["--values", str(_values(stage, index))]
        ran = run(command, folder=stage, bounds=BOUNDS)
        words = helm_output.words(ran.said, _hidden(one, stage), one.secrets)
    if ran.failure:
        problems.found.append(_failed(one, ran, words))
        return None
    before = len(problems.found)
    for events in helm_output.unknown_hooks(ran.said):
        what = f"an object says 'helm.sh/hook: {events[:80]}', which is no event, so Helm leaves it out"
        problems.whole(_hook_file(one, events), what, "correct the annotation; CRDs go into the folder crds")
    return helm_output.by_source(ran.stdout) if len(problems.found) == before else None


@contextlib.contextmanager
def _staged(one: Chart) -> Iterator[Path]:
    """A folder with the chart and the values as they were read. Raises: ToolNotRun if it can't be made."""
    with contextlib.ExitStack() as stack:
        try:
            name = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="onestack-", ignore_cleanup_errors=True)
            )
            stage = Path(name).resolve()
            files = chart_sealed.sealed(one.files, schemas=not one.release.skip_schema_validation)
            if not one.folder:
                (stage / _ARCHIVE).write_bytes(chart_sealed.archive(files))
            else:
                for path, content in files.items():
                    target = stage / _FOLDER / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            for index, its in enumerate(one.values):
                _values(stage, index).write_bytes(its.content)
        except OSError as error:
            raise ToolNotRun("helm", tempfile.gettempdir(), str(error)) from None
        yield stage


def _values(stage: Path, index: int) -> Path:
    return stage / f"values-{index}.yaml"


def _hidden(one: Chart, stage: Path) -> dict[str, str]:
    """What stands for temporary paths in messages."""
    hidden = {str(_values(stage, index)): its.file for index, its in enumerate(one.values)}
    return hidden | {
        str(stage / _FOLDER): one.folder,
        str(stage / _ARCHIVE): "the chart's archive",
        f"{stage}/": "",
        str(stage): "",
    }


def _failed(one: Chart, ran: Ran, words: str) -> Problem:
    """Why the chart doesn't render, at the template that Helm names."""
    name = one.application.name
    if ran.breach is not None or ran.code < 0:
        what = f"helm {ran.failure} while it rendered the chart of application '{name}'"
        return Problem(one.release.file, 0, 0, what, "look for templates that repeat themselves without end")
    what = f"the chart of application '{name}' does not render: {words or ran.failure}"
    if helm_output.lacks_subcharts(words):
        folder = one.folder or "the chart"
        return Problem(
            one.release.file, 0, 0, what, f"run 'helm dependency build {folder}' and commit {folder}/charts"
        )
    expected = "mend the chart, or the values it is given"
    place = helm_output.place(words)
    if place is None or not one.in_folder(place.path):
        return Problem(one.release.file, 0, 0, what, expected)
    return Problem(one.file(place.path), place.line, place.column, what, expected)


def _hook_file(one: Chart, events: str) -> str:
    """The template that has these events, if it can be told."""
    for path, content in one.files.items():
        if b"helm.sh/hook" in content and events.encode() in content:
            return one.file(path)
    return one.release.file
