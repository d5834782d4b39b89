"""What an application made with Helm is rendered from: its helm.yaml, chart and values, read and judged."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.rendering import chart, chart_scan, chart_schema, chart_values, confine, fetch, folder
from onestack.rendering.options import Options
from onestack.rendering.release import FILE, LocalChart, Release, release

_VALUES: Final = "values.yaml"
_CHART: Final = "Chart.yaml"


@dataclass(frozen=True)
class Chart:
    """All that one application is rendered from.

    ``folder`` is the chart's in the repository; of a chart that is an archive it is empty. ``asks`` says that
    API versions may matter; ``changing`` has the functions that may give something else each time, by
    template; with ``chance`` that may be so later where it isn't now, and ``passing`` has the functions of
    which that can't be told. ``secrets`` are texts that no message may repeat.
    """

    application: Application
    release: Release
    folder: str
    files: chart.Files
    values: tuple[chart_values.Values, ...]
    secrets: frozenset[str]
    asks: bool
    changing: Mapping[str, tuple[str, ...]]
    passing: Mapping[str, tuple[str, ...]]
    chance: bool

    def file(self, path: str) -> str:
        """What a person would edit for a file of the chart: itself, where it is in the repository."""
        return posixpath.normpath(f"{self.folder}/{path}") if self.in_folder(path) else self.release.file

    def in_folder(self, path: str) -> bool:
        """Whether the file is one of the chart's folder in the repository."""
        return bool(self.folder) and path in self.files


@dataclass(frozen=True)
class _Source:
    folder: str
    files: chart.Files


def prepared(
    application: Application, options: Options, total: chart.Total, problems: Problems
) -> Chart | None:
    """What the application is rendered from; None if something is wrong with it, all of which is reported.

    Raises: ChartUnavailable, ToolMissing, ToolNotRun.
    """
    base = posixpath.normpath(f"{options.folder}/{application.name}")
    before = len(problems.found)
    its = _release(base, application, options, problems)
    if its is None:
        return None
    values = chart_values.values(options.root, base, options.stack, its, problems)
    source = _source(base, application, its, options, total, problems)
    _refuse_unread(base, its, values, source, options, problems)
    if source is None or len(problems.found) > before:
        return None
    own = _own_values(source, options, problems)
    told = _told(its, source, values, problems)
    if len(problems.found) > before:
        return None
    return Chart(
        application,
        its,
        source.folder,
        source.files,
        values,
        frozenset().union(*(its.secrets for its in (*values, *own))),
        asks=told.asks,
        changing=told.changing,
        passing=told.passing,
        chance=told.chance,
    )


def _release(base: str, application: Application, options: Options, problems: Problems) -> Release | None:
    file = f"{base}/{FILE}"
    try:
        real = confine.real(options.root, file, file)
    except confine.Refused as refused:
        problems.whole(file, refused.what, refused.expected)
        return None
    content = folder.content(options.root, real, problems)
    return None if content is None else release(content, file, application, problems)


def _source(
    base: str,
    application: Application,
    its: Release,
    options: Options,
    total: chart.Total,
    problems: Problems,
) -> _Source | None:
    """The chart's files. Raises: ChartUnavailable, ToolMissing, ToolNotRun."""
    at = ""
    try:
        if not isinstance(its.chart, LocalChart):
            archive = fetch.archive(application, its, its.chart, options, problems)
            return None if archive is None else _Source("", chart.archive_files(archive, total))
        place = confine.followed(options.root, base, its.chart.path)
        if not (options.root / place.real).is_dir():
            archive = chart.local_archive(options.root, place.real)
            return _Source("", chart.archive_files(archive, total))
        at = place.named
        files = chart.folder_files(options.root, place.named, total)
    except confine.Refused as refused:
        its.problem(problems, "chart", refused.what, refused.expected)
        return None
    except chart.BadChart as bad:
        if at:
            problems.whole(posixpath.join(at, bad.at), bad.what, bad.expected)
        else:
            its.problem(problems, "chart", f"{bad.at}: {bad.what}" if bad.at else bad.what, bad.expected)
        return None
    if _CHART not in files:
        its.problem(problems, "chart", f"{at} is no chart: it has no {_CHART}", "name the chart's folder")
        return None
    return _Source(at, files)


def _own_values(source: _Source, options: Options, problems: Problems) -> Sequence[chart_values.Values]:
    """The chart's own values, where people of this repository write them."""
    if not source.folder or _VALUES not in source.files:
        return ()
    its = chart_values.judged(options.root, posixpath.join(source.folder, _VALUES), problems)
    return () if its is None else (its,)


def _refuse_unread(
    base: str,
    its: Release,
    values: Sequence[chart_values.Values],
    source: _Source | None,
    options: Options,
    problems: Problems,
) -> None:
    """YAML beside helm.yaml that is neither values nor of the chart would be left out unseen.

    Listed values count as such, also where something else is wrong with them.
    """
    if source is None or source.folder == base:
        return
    listed = (posixpath.normpath(f"{base}/{name}") for name in its.values or ())
    read = {its.file, *listed, *(one.file for one in values)}
    for name in sorted(entry.name for entry in os.scandir(options.root / base)):
        file = f"{base}/{name}"
        usual = name.startswith("values.") and name.endswith((".yaml", ".yml"))
        if name.endswith((".yaml", ".yml")) and file not in read and not usual:
            what = f"the file is not read: the application is made with Helm, by {its.file}"
            expected = "put it into the chart's templates, into an application of its own, or under 'values'"
            problems.whole(file, what, expected)


def _told(
    its: Release, source: _Source, values: Sequence[chart_values.Values], problems: Problems
) -> chart_scan.Told:
    """What the texts of the chart tell; schemas that Helm may not have are reported."""
    told = chart_scan.Told()
    for name, content in chart.with_subcharts(source.files):
        told.take(name, content)
        if not its.skip_schema_validation and chart_schema.is_schema(name):
            _judge_schema(name, content, its, source, problems)
    for one in values:
        told.take(one.file, one.content)
    return told


def _judge_schema(name: str, content: bytes, its: Release, source: _Source, problems: Problems) -> None:
    file = posixpath.join(source.folder, name) if source.folder and name in source.files else its.file
    instead = f"or 'skipSchemaValidation: true' in {FILE}"
    try:
        schema = chart_schema.read(content)
    except chart_schema.BadSchema as bad:
        what = f"the schema of values ({name}) can't be read: {bad}"
        problems.whole(file, what, f"write JSON, in UTF-8, {instead}")
        return
    for reference in chart_schema.outside_references(schema):
        what = f"the schema of values ({name}) refers to '{reference[:200]}', which Helm would read or fetch"
        problems.whole(file, what, f"write the definition into the schema itself, {instead}")
