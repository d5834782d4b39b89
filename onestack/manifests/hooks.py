"""Helm's hooks: objects that run before or after the others of their application, or test them. Pure.

The annotations count wherever they are written, so that an object that moves between plain YAML,
Kustomize and Helm stays the same. The words and the order are Helm 4's (``pkg/release/v1``,
``pkg/release/v1/util``). What is different here: docs/hooks.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from onestack.errors import Problem
from onestack.manifests.manifest import Manifest

EVENTS: Final = "helm.sh/hook"
WEIGHT: Final = "helm.sh/hook-weight"
DELETE_POLICY: Final = "helm.sh/hook-delete-policy"
RUN: Final = "onestack.dev/run"
"""On the pod template of a hook's Job: the digest of what it runs for."""

_BEFORE: Final = frozenset({"pre-install", "pre-upgrade"})
_AFTER: Final = frozenset({"post-install", "post-upgrade"})
_TEST: Final = frozenset({"test", "test-success"})
UNSUPPORTED_EVENTS: Final = frozenset({"pre-delete", "post-delete", "pre-rollback", "post-rollback"})
_UPGRADE: Final = frozenset({"pre-upgrade", "post-upgrade"})
# What Helm 2 did with CRDs; here every CRD comes before what needs it.
_ORDINARY: Final = frozenset({"crd-install"})
_KNOWN: Final = _BEFORE | _AFTER | _TEST | UNSUPPORTED_EVENTS | _ORDINARY
_WEIGHT: Final = re.compile(r"[+-]?[0-9]{1,9}\Z")
_RUN_DIGITS: Final = 16
_RUNS: Final = frozenset({"Job", "Pod"})


class Phase(StrEnum):
    """When a hook runs; UNSUPPORTED ones never do."""

    BEFORE = "before"
    AFTER = "after"
    TEST = "test"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Hook:
    """What an object's annotations say.

    Hooks of a phase run by ``weight``, lowest first. ``once`` means for the first deployment only.
    """

    phase: Phase
    weight: int
    events: frozenset[str]
    once: bool


@dataclass(frozen=True)
class Split:
    """The manifests of any number of applications by phase; hooks stand in the order that they run in.

    ``main`` keeps the order given. Those in ``unsupported`` are never applied.
    """

    before: tuple[Manifest, ...]
    main: tuple[Manifest, ...]
    after: tuple[Manifest, ...]
    tests: tuple[Manifest, ...]
    unsupported: tuple[Manifest, ...]

    @property
    def applied(self) -> tuple[Manifest, ...]:
        """All that a deployment applies."""
        return (*self.before, *self.main, *self.after)


def hook(manifest: Manifest) -> Hook | None:
    """The hook that a manifest is; None for an ordinary one, and for one of `hook_problems`."""
    annotations = _annotations(manifest)
    said = annotations.get(EVENTS)
    weight = annotations.get(WEIGHT, "0")
    if said is None or not _WEIGHT.match(weight):
        return None
    events = _events(said)
    if events - _KNOWN or not events - _ORDINARY:
        return None
    return Hook(_phase(events), int(weight), events, once=not events & _UPGRADE)


def hook_problems(manifests: Iterable[Manifest]) -> tuple[Problem, ...]:
    """What is wrong with the annotations of hooks: Helm would ignore the object, or its weight."""
    problems = []
    for manifest in manifests:
        annotations = _annotations(manifest)
        if EVENTS not in annotations:
            continue
        for event in sorted(_events(annotations[EVENTS]) - _KNOWN):
            what = f"'{event}' in {EVENTS} is no event"
            expected = f"write one or more of {', '.join(sorted(_KNOWN))}"
            problems.append(manifest.problem(what, expected, "metadata", "annotations", EVENTS))
        weight = annotations.get(WEIGHT, "0")
        if not _WEIGHT.match(weight):
            what = f"'{weight[:40]}' in {WEIGHT} is no weight"
            expected = 'write a whole number in quotes, such as "-5"'
            problems.append(manifest.problem(what, expected, "metadata", "annotations", WEIGHT))
    return tuple(problems)


def delete_policies(manifest: Manifest) -> frozenset[str]:
    """When Helm would delete the hook: ``before-hook-creation``, ``hook-succeeded``, ``hook-failed``."""
    return _events(_annotations(manifest).get(DELETE_POLICY, "before-hook-creation"))


def split(manifests: Iterable[Manifest]) -> Split:
    """The manifests by phase; hooks by weight, those of equal weight by name as Helm has it.

    Of one weight and name Helm sorts by its order of kinds: what runs comes last.
    """
    found: dict[Phase, list[tuple[int, str, bool, str, str, Manifest]]] = {}
    main = []
    for manifest in manifests:
        its = hook(manifest)
        if its is None:
            main.append(manifest)
        else:
            runs = manifest.kind in _RUNS
            row = (its.weight, manifest.name, runs, manifest.kind, manifest.resource_name, manifest)
            found.setdefault(its.phase, []).append(row)

    def of(phase: Phase) -> tuple[Manifest, ...]:
        return tuple(row[-1] for row in sorted(found.get(phase, ()), key=lambda row: row[:-1]))

    return Split(of(Phase.BEFORE), tuple(main), of(Phase.AFTER), of(Phase.TEST), of(Phase.UNSUPPORTED))


def run_digest(manifests: Sequence[Manifest]) -> str:
    """A digest of all that an application applies, hooks with it: it changes exactly when that does."""
    applied = sorted(split(manifests).applied, key=lambda manifest: manifest.identity)
    text = json.dumps([manifest.body for manifest in applied], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_RUN_DIGITS]


def with_runs(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """The manifests, where each hook's Job carries its application's digest on its pod template.

    A pod template can't be changed, so a release with other content replaces the Job: it runs again.
    Call it before anything is written on the manifests that isn't their own content.
    """
    applications: dict[str, list[Manifest]] = {}
    for manifest in manifests:
        applications.setdefault(manifest.application, []).append(manifest)
    digests = {name: run_digest(its) for name, its in applications.items() if any(map(_runs_again, its))}
    return tuple(stamped(manifest, digests.get(manifest.application, "")) for manifest in manifests)


def stamped(manifest: Manifest, digest: str) -> Manifest:
    """A hook's Job with ``digest`` on its pod template; every other manifest as it is."""
    if not _runs_again(manifest):
        return manifest
    spec = manifest.body.get("spec")
    template = _mapping(spec, "template")
    annotations = _mapping(_mapping(template, "metadata"), "annotations")
    if not isinstance(spec, Mapping) or not template or annotations is None:
        return manifest  # the schemas say what is wrong
    metadata = {**(template.get("metadata") or {}), "annotations": {**annotations, RUN: digest}}
    template = {**template, "metadata": metadata}
    return replace(manifest, body={**manifest.body, "spec": {**spec, "template": template}})


def _mapping(holder: Any, key: str) -> Mapping[str, Any] | None:
    """The mapping under a key, empty if there is nothing; None for what is none, or in none."""
    held = (holder.get(key) or {}) if isinstance(holder, Mapping) else None
    return held if isinstance(held, Mapping) else None


def _runs_again(manifest: Manifest) -> bool:
    if (manifest.group, manifest.kind) != ("batch", "Job"):
        return False
    its = hook(manifest)
    return its is not None and its.phase in {Phase.BEFORE, Phase.AFTER} and not its.once


def _phase(events: frozenset[str]) -> Phase:
    """One phase for all deployments: a first one can't be told from a later one before it starts."""
    if "pre-install" in events or (events & _BEFORE and not events & _AFTER):
        return Phase.BEFORE
    if events & _AFTER:
        return Phase.AFTER
    return Phase.TEST if events & _TEST else Phase.UNSUPPORTED


def _events(said: str) -> frozenset[str]:
    return frozenset(event.strip().lower() for event in said.split(","))


def _annotations(manifest: Manifest) -> dict[str, str]:
    held = _mapping(manifest.body.get("metadata"), "annotations") or {}
    return {key: value for key, value in held.items() if isinstance(value, str)}
