"""All that a stack declares for its cluster: rendered, read, checked, ordered, marked as its own.

The program and every verb get the same list from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onestack import stack_secrets
from onestack.cache import cache_folder
from onestack.errors import DependencyCycle, Incomplete, InvalidManifests, OnestackError
from onestack.manifests.awaiting import instructed
from onestack.manifests.hooks import split, with_runs
from onestack.manifests.load import load
from onestack.manifests.manifest import Manifest
from onestack.manifests.order import Dependencies, awaited, dependencies
from onestack.manifests.ownership import owned
from onestack.manifests.placeholders import literal
from onestack.manifests.secrets import plaintexts, rolled
from onestack.masking import NOTHING, Mask
from onestack.rendering.options import Options, Told, Tools, untold
from onestack.rendering.texts import Texts, texts
from onestack.settings import Settings
from onestack.stack_secrets import StackSecrets
from onestack.validation import placeholders
from onestack.validation.check import Checked, check
from onestack.validation.finding import Finding, Rule, Severity

_OF_A_WHOLE: Final = {"reference": Severity.OFF, "namespace": Severity.OFF}
"""What can't be asked of a set of which a part is missing."""


@dataclass(frozen=True)
class Declaration:
    """``manifests`` are as they go to the cluster; ``needs`` says which need which others first.

    ``after`` are the hooks that run when all of them are ready, ``tests`` those that `verify` runs,
    ``never`` those that don't run here.
    ``plaintexts`` masks the values of Secrets that are in git in plain text.
    """

    manifests: tuple[Manifest, ...]
    needs: Dependencies
    checked: Checked
    after: tuple[Manifest, ...] = ()
    tests: tuple[Manifest, ...] = ()
    never: tuple[Manifest, ...] = ()
    plaintexts: Mask = NOTHING

    @property
    def applied(self) -> tuple[Manifest, ...]:
        """All that a deployment applies."""
        return (*self.manifests, *self.after)


def declaration(
    root: Path,
    settings: Settings,
    *,
    project: str,
    tools: Tools,
    offline: bool = False,
    guess: bool = False,
    told: Told = untold,
) -> Declaration:
    """What ``settings`` declare, with all that a check found; ``offline`` fetches nothing for it.

    ``guess``: custom kinds of which nothing is known are taken as namespaced, for nothing will be applied.

    Raises: InvalidManifests, DependencyCycle, Unavailable for what can't be had; Incomplete for several of
        these, and where a check found something beside them.
    """
    options = Options(
        root=root,
        folder=settings.manifests.path,
        stack=settings.stack,
        kubernetes=settings.kubernetes_version,
        tools=tools,
        cache=cache_folder() / "rendering",
        hosts=frozenset(() if offline else settings.rendering.allowed_hosts),
        offline=offline,
        known_kinds=settings.manifests.custom_kinds(),
        told=told,
    )
    secrets = stack_secrets.from_file(root, settings.stack)
    found = texts(settings.manifests.selected(), options)
    told("validating")
    return of_texts(found, settings, project=project, secrets=secrets, guess=guess)


def of_texts(
    found: Texts,
    settings: Settings,
    *,
    project: str,
    secrets: StackSecrets | None = None,
    guess: bool = False,
) -> Declaration:
    """What texts declare that were had already. Raises: as ``declaration``.

    Without ``secrets`` (there is no stack) any placeholder can be filled.
    """
    known, weights = settings.manifests.custom_kinds(), settings.checks.weights()
    try:
        loaded = load(
            found.texts,
            known_kinds=known,
            found=(*found.problems, *(secrets.problems if secrets else ())),
            guess=guess,
            partial=bool(found.unavailable),
        )
    except InvalidManifests as error:
        more = (*_of_sources(found), *_more(error, settings, secrets))
        raise _failure([error, *found.unavailable], more) from None
    checked = check(
        loaded,
        kubernetes=settings.kubernetes_version,
        weights=replace(weights, **_OF_A_WHOLE) if found.unavailable else weights,
        known_kinds=known,
    )
    hidden = plaintexts(loaded)
    checked = replace(checked, findings=(*_of_sources(found), *checked.findings))
    checked = _masked(_with_placeholders(checked, loaded, secrets), hidden)
    if found.unavailable:
        raise _failure(found.unavailable, checked.findings)
    try:
        needs = dependencies(loaded)
    except DependencyCycle as cycle:
        raise _failure([cycle], checked.findings) from None
    needed = awaited(loaded, needs)
    phases = split(with_runs(tuple(_filled(loaded, secrets))))

    def final(manifest: Manifest) -> Manifest:
        told = instructed(manifest, needed=manifest.identity in needed)
        return owned(told, project=project, stack=settings.stack)

    return Declaration(
        manifests=tuple(map(final, (*phases.before, *phases.main))),
        needs=needs,
        checked=checked,
        after=tuple(map(final, phases.after)),
        tests=tuple(owned(test, project=project, stack=settings.stack) for test in phases.tests),
        never=phases.unsupported,
        plaintexts=hidden,
    )


def declared(
    root: Path, settings: Settings, *, project: str, tools: Tools, told: Told = untold
) -> Declaration:
    """What ``settings`` declare, without an error in it. Raises: as ``declaration``."""
    made = declaration(root, settings, project=project, tools=tools, told=told)
    if made.checked.errors:
        raise InvalidManifests([found.problem for found in made.checked.errors])
    return made


def _failure(causes: Sequence[OnestackError], findings: Iterable[Finding]) -> OnestackError:
    """What keeps a stack from being declared, with all that was found beside it."""
    found = tuple(findings)
    if len(causes) == 1 and not found:
        return causes[0]
    errors = [one.problem for one in found if one.severity is Severity.ERROR]
    return Incomplete(causes, errors, found)


def _more(error: InvalidManifests, settings: Settings, secrets: StackSecrets | None) -> Iterator[Finding]:
    """What else is wrong with the manifests of which is known which objects they are: all is told at once.

    Where documents couldn't be read, the set isn't asked what it lacks, for they may hold it.
    """
    readable: tuple[Manifest, ...] = error.readable
    weights = settings.checks.weights()
    checked = check(
        readable,
        kubernetes=settings.kubernetes_version,
        weights=weights if error.complete else replace(weights, **_OF_A_WHOLE),
        known_kinds=settings.manifests.custom_kinds(),
    )
    checked = _masked(_with_placeholders(checked, readable, secrets), plaintexts(readable))
    told = {(one.file, one.line, one.column) for one in error.problems}
    for found in checked.findings:
        # Of what a tool rendered only the file is known: better one thing too few than one told twice.
        if (found.problem.file, found.problem.line, found.problem.column) not in told:
            yield found


def _of_sources(found: Texts) -> Iterator[Finding]:
    """What is told of the files that applications are made of."""
    return (Finding(Rule.SOURCE, Severity.WARNING, None, problem) for problem in found.warnings)


def _with_placeholders(
    checked: Checked, manifests: Sequence[Manifest], secrets: StackSecrets | None
) -> Checked:
    """All that was found, and the placeholders that can't be filled."""
    known = secrets.ciphertexts.keys() if secrets else None
    wrong = placeholders.findings(manifests, known, secrets.stack if secrets else "")
    return replace(checked, findings=(*checked.findings, *wrong))


def _masked(checked: Checked, mask: Mask) -> Checked:
    """What was found, without values of Secrets in its words."""
    findings = (replace(one, problem=one.problem.masked(mask)) for one in checked.findings)
    return replace(checked, findings=tuple(findings))


def _filled(manifests: Sequence[Manifest], secrets: StackSecrets | None) -> Iterator[Manifest]:
    """The manifests with escaped placeholders made text, and marked so that a rotated secret rolls them."""
    for manifest in rolled(manifests, secrets.ciphertexts if secrets else {}):
        body = literal(manifest.body)
        yield manifest if body is manifest.body else replace(manifest, body=body)
