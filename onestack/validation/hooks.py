"""Where a chart's hooks do something else here than in Helm. Pure. The differences: docs/hooks.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from onestack.manifests.hooks import (
    DELETE_POLICY,
    EVENTS,
    UNSUPPORTED_EVENTS,
    Hook,
    Phase,
    delete_policies,
    hook,
)
from onestack.manifests.manifest import Manifest
from onestack.validation.finding import Finding, Rule, Severity, Weights

_RUNS: Final = frozenset({"Job", "Pod"})
_WHEN: Final = {Phase.BEFORE: "before the rest", Phase.AFTER: "after the rest is ready"}


def hook_findings(manifests: Iterable[Manifest], weights: Weights) -> tuple[Finding, ...]:
    """One finding for each way in which a hook would surprise someone who knows Helm's."""
    severity = weights.of(Rule.HOOK)
    if severity is Severity.OFF:
        return ()
    return tuple(
        Finding(
            Rule.HOOK,
            severity,
            manifest.identity,
            manifest.problem(what, expected, "metadata", "annotations", key),
        )
        for manifest in manifests
        if (its := hook(manifest)) is not None
        for key, what, expected in _differences(manifest, its)
    )


def _differences(manifest: Manifest, its: Hook) -> Iterator[tuple[str, str, str]]:
    """The annotation, what is different, what to do."""
    events = its.events
    never = ", ".join(sorted(events & UNSUPPORTED_EVENTS))
    if its.phase is Phase.UNSUPPORTED:
        yield (
            EVENTS,
            f"a hook for {never} is not supported: it is left out",
            "do by hand what it does, or remove it",
        )
        return
    if never:
        yield EVENTS, f"the hook never runs for {never}, only for its other events", "do by hand what it does"
    if its.phase is Phase.TEST:
        return
    when = _WHEN[its.phase]
    if events & {"test", "test-success"}:
        yield EVENTS, f"the hook runs {when}, but not as a test", "write the test as an object of its own"
    if not events & {"pre-install", "post-install"}:
        yield (
            EVENTS,
            f"the hook runs {when} in the first deployment too, not in upgrades only",
            "see that it does no harm there",
        )
    if events & {"pre-install", "pre-upgrade"} and events & {"post-install", "post-upgrade"}:
        yield EVENTS, f"the hook runs {when} only", "make two objects of it to run on both sides"
    yield from _of_kind(manifest, its)


def _of_kind(manifest: Manifest, its: Hook) -> Iterator[tuple[str, str, str]]:
    if manifest.kind == "Pod" and not its.once:
        yield EVENTS, "a Pod as a hook runs once only, also when the release changes", "make it a Job"
    if manifest.kind not in _RUNS and delete_policies(manifest) & {"hook-succeeded", "hook-failed"}:
        yield (
            DELETE_POLICY,
            f"the {manifest.kind} stays after its hook ran; Helm would delete it",
            "see that it may stay",
        )
