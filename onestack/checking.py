"""The verb ``check``: every stack read, rendered, validated and ordered; nothing of the repository is run.

No cluster, no engine, no credentials; no tool is downloaded or built, for ``tools/`` is the repository's;
nothing is decrypted. What one stack fails at keeps no other from being checked.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from onestack import settings as stack_settings
from onestack.declaration import Declaration, declaration, of_texts
from onestack.errors import NoStacks, OnestackError
from onestack.findings.remark import of_failure, of_finding
from onestack.findings.report import Counts, Report, StackReport, counts
from onestack.local.toolchain import here
from onestack.loose import NAMESPACE, Loose
from onestack.manifests.application import Application
from onestack.manifests.garbage import uncollected
from onestack.manifests.manifest import Manifest
from onestack.manifests.problems import Problems
from onestack.manifests.text import Text
from onestack.progress import Discreet, Progress
from onestack.rendering.folder import content
from onestack.rendering.options import Told, Tools, untold
from onestack.rendering.texts import Texts
from onestack.repository import Repository
from onestack.settings import Settings
from onestack.validation.verdict import Verdict

PROJECT = "check"
"""Stands for the project's name where there is none."""


def check(repository: Repository, stacks: Sequence[str], progress: Progress, *, offline: bool) -> Report:
    """What is wrong in ``stacks``, or in all of them where none is named. Raises: NoStacks."""
    names = tuple(dict.fromkeys(stacks)) or stack_settings.stack_names(repository.root)
    if not names:
        raise NoStacks(str(repository.root))

    def read(stack: str, told: Told) -> Declaration:
        settings = stack_settings.from_file(repository.root, stack)
        return declare(repository, settings, offline=offline, told=told)

    return _report({stack: partial(read, stack) for stack in names}, progress)


def check_loose(found: Sequence[Loose], tools: Tools, progress: Progress, *, offline: bool) -> Report:
    """What is wrong in manifests that belong to no stack."""
    return _report({one.title: partial(_declared_loose, one, tools, offline) for one in found}, progress)


def declare(repository: Repository, settings: Settings, *, offline: bool, told: Told = untold) -> Declaration:
    """All that a stack declares, with what a check found in it. Raises: OnestackError."""
    tools = tools_here(repository.root)
    return declaration(
        repository.root, settings, project=repository.project, tools=tools, offline=offline, told=told
    )


def objects(
    repository: Repository, settings: Settings, progress: Discreet, *, offline: bool
) -> tuple[Manifest, ...]:
    """All objects that a deployment applies, for rules to look at; what is secret in them is masked.

    Raises: OnestackError.
    """
    what = f"reading {settings.stack}"
    progress.step(what)
    made = declare(repository, settings, offline=offline, told=_telling(what, progress))
    progress.hide(made.plaintexts)
    return made.applied


def tools_here(root: Path) -> Tools:
    """Tools by name, each looked for when an application needs it, and never fetched or built."""
    return lambda name: here(root, (name,)).path(name)


def _declared_loose(one: Loose, tools: Tools, offline: bool, told: Told) -> Declaration:
    if not one.file:
        return declaration(
            one.root, one.settings, project=PROJECT, tools=tools, offline=offline, guess=True, told=told
        )
    problems = Problems()
    read = content(one.root, one.file, problems)
    application = Application(Path(one.file).stem, namespace=NAMESPACE)
    texts = (Text(application, one.file, read),) if read is not None else ()
    return of_texts(Texts(texts, tuple(problems.found)), one.settings, project=PROJECT, guess=True)


def _report(declarations: Mapping[str, Callable[[Told], Declaration]], progress: Progress) -> Report:
    reports = []
    for number, (title, declare) in enumerate(declarations.items(), start=1):
        what = f"checking {title}, {number} of {len(declarations)}"
        progress.step(what)
        reports.append(_checked(title, partial(declare, _telling(what, progress))))
    return Report(tuple(reports))


def _telling(what: str, progress: Progress) -> Told:
    return lambda more: progress.step(f"{what}: {more}")


def _checked(stack: str, declare: Callable[[], Declaration]) -> StackReport:
    began = time.monotonic()
    try:
        with uncollected():
            made = declare()
    except OnestackError as error:
        remarks, seconds = of_failure(error, stack), time.monotonic() - began
        return StackReport(stack, Counts(), {}, remarks, seconds, failed=error.exit_code)
    remarks = tuple(of_finding(found, stack) for found in made.checked.findings)
    whole = counts(made.checked.verdicts)
    return StackReport(stack, whole, _applications(made), remarks, time.monotonic() - began)


def _applications(made: Declaration) -> dict[str, Counts]:
    """The verdicts by application."""
    application = {one.identity: one.application for one in (*made.applied, *made.tests, *made.never)}
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in made.checked.verdicts:
        verdicts[application[verdict.identity]].append(verdict)
    return {name: counts(its) for name, its in sorted(verdicts.items())}
