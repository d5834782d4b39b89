"""Applications made with Helm: ``helm template``'s output as texts, judged.

Charts may ask which API versions there are, and CRDs of any application add some: such charts are rendered
again until the CRDs of all of them have settled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from onestack.errors import Problem
from onestack.manifests.application import Application
from onestack.manifests.problems import Problems
from onestack.manifests.text import Text
from onestack.rendering import blank, cache, helm_run
from onestack.rendering.chart import Total
from onestack.rendering.helm_chart import Chart, prepared
from onestack.rendering.helm_versions import api_versions, builtin_versions, versions_of
from onestack.rendering.missing import Missing
from onestack.rendering.options import Options

ROUNDS: Final = 5
"""How often charts that ask for API versions are rendered, while the CRDs of each other appear."""
TRIES: Final = 3
"""How often a chart is rendered again that may come out the same by chance."""
# Raised when the same output is taken apart differently.
_FORMAT: Final = "2"

Rendered = Mapping[str, tuple[Text, ...]]
"""Texts by the names of their applications."""


def rendered(
    applications: Sequence[Application],
    options: Options,
    others: Sequence[Text],
    problems: Problems,
    missing: Missing,
) -> Rendered:
    """The texts of applications that have a ``helm.yaml``; one that has problems may have no entry.

    ``others`` are the texts of all other applications of the stack. What can't be fetched and tools that
    are not there are told to ``missing``.
    """
    settled: dict[str, tuple[Text, ...]] = {}
    asking: list[Chart] = []
    total = Total()
    for application in applications:
        with missing.noted():
            # One by one: the files of a chart are held no longer than they are needed.
            one = prepared(application, options, total, problems)
            if one is not None and one.asks:
                asking.append(one)
            elif one is not None:
                settled |= _texts([one], frozenset(), options, problems, missing)
    if not asking:
        return settled
    known_kinds = versions_of(options.known_kinds)
    given = builtin_versions() | known_kinds | api_versions([*others, *_all(settled)])
    known = given
    for _ in range(ROUNDS):
        attempt = Problems()
        made = _texts(asking, known, options, attempt, missing)
        now = given | api_versions(_all(made))
        if now == known:
            problems.found.extend(attempt.found)
            problems.warnings.extend(attempt.warnings)
            return {**settled, **made}
        known = now
    for one in asking:
        what = f"the CRDs of the charts that ask for API versions come and go, even after {ROUNDS} rounds"
        problems.whole(one.release.file, what, "write CRDs that depend on no API versions")
    return settled


def _all(texts: Rendered) -> list[Text]:
    return [text for its in texts.values() for text in its]


def _texts(
    charts: Sequence[Chart],
    versions: frozenset[str],
    options: Options,
    problems: Problems,
    missing: Missing,
) -> dict[str, tuple[Text, ...]]:
    texts = {}
    for one in charts:
        its = replace(one.application, namespace=one.release.namespace)
        with missing.noted():
            before = len(problems.found)
            parts = _parts(one, versions, options, problems)
            if len(problems.found) == before:
                blank.tell_if_blank(its, one.release.file, (part.content for part in parts), problems)
            texts[one.application.name] = tuple(
                Text(its, part.file, part.content, rendered=True) for part in parts
            )
    return texts


def _parts(
    one: Chart, versions: frozenset[str], options: Options, problems: Problems
) -> tuple[cache.Part, ...]:
    """What the chart renders to, kept from an earlier time if nothing of it has changed since.

    Raises: ToolMissing, ToolNotRun.
    """
    arguments = helm_run.arguments(one, versions, options.kubernetes)
    inputs = {f"chart/{path}": content for path, content in one.files.items()}
    inputs |= {f"values/{index}": its.content for index, its in enumerate(one.values)}
    said = (_FORMAT, one.release.file, one.folder, *arguments)
    found_by = cache.key("helm", said, inputs, root=options.root)
    kept = cache.Cache(options.cache)
    if (parts := kept.get(found_by)) is not None:
        return parts
    options.told(f"rendering {one.application.name} with Helm")
    program = options.tools("helm").absolute()
    before = len(problems.found)
    made = helm_run.sources(one, arguments, program, problems) or {}
    tries = TRIES if one.passing else 1 if one.changing else 0
    while tries and len(problems.found) == before:
        tries -= 1
        again = helm_run.sources(one, arguments, program, problems) or {}
        problems.found.extend(_mistakes(one, made, again))
    if len(problems.found) > before:
        return ()
    _warn_of_passing(one, problems)
    parts = tuple(cache.Part(one.file(source), content) for source, content in made.items())
    if not one.chance:
        kept.put(found_by, parts, program=program)
    return parts


def _warn_of_passing(one: Chart, problems: Problems) -> None:
    for path, names in sorted(one.passing.items()):
        what = (
            f"{path} of the chart of application '{one.application.name}' uses {', '.join(names)}: it "
            "renders the same now, and may render differently another time, which a deployment would change"
        )
        problems.warn(one.file(path), what, "set the value in a file of values")


def _mistakes(one: Chart, made: Mapping[str, bytes], again: Mapping[str, bytes]) -> Iterator[Problem]:
    """What is wrong with what a chart renders to, twice: something else each time."""
    for source in sorted({*made, *again}):
        if made.get(source) != again.get(source):
            names = one.changing.get(source) or {name for its in one.changing.values() for name in its}
            what = (
                f"{source} of the chart of application '{one.application.name}' renders differently each "
                f"time (it uses {', '.join(sorted(names))}), so every deployment would change it"
            )
            expected = "set the value that it would make up, in a file of values or a Secret"
            yield Problem(one.file(source), 0, 0, what, expected)
