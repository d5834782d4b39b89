"""Every check over a set of manifests: one verdict per object, and all findings. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.scope import Kind
from onestack.validation import deprecated, namespaces, plaintext, references, undefined
from onestack.validation.builtin import release
from onestack.validation.custom import Definitions, Looked
from onestack.validation.fault import Fault
from onestack.validation.finding import Finding, Rule, Severity, Weights
from onestack.validation.hooks import hook_findings
from onestack.validation.objects import look
from onestack.validation.verdict import State, Verdict


@dataclass(frozen=True)
class Checked:
    """What was found; ``verdicts`` has one entry per manifest, in their order."""

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a deployment."""
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)


def check(
    manifests: Sequence[Manifest], *, kubernetes: str, weights: Weights, known_kinds: Collection[Kind] = ()
) -> Checked:
    """Checks manifests against each other and the schemas of a Kubernetes version, such as ``1.36``.

    ``known_kinds`` are custom kinds that the cluster has from elsewhere, so that no CRD of them is missing.
    The findings stand in the order of the manifests, then of the places in them.

    Raises: UnknownKubernetes where the version's schemas are not at hand.
    """
    known = release(kubernetes)
    definitions = Definitions(manifests, known)
    looked = [look(manifest, known, definitions) for manifest in manifests]
    found = [
        *(
            _finding(manifest, fault)
            for manifest, at in zip(manifests, looked, strict=True)
            for fault in at.faults
        ),
        *_between(manifests, weights),
        *undefined.findings(manifests, weights, known_kinds),
        *deprecated.findings(tuple(manifests), known, weights),
    ]
    failed = {finding.identity for finding in found if finding.severity is Severity.ERROR}
    verdicts = (
        _verdict(manifest, at, failed=manifest.identity in failed)
        for manifest, at in zip(manifests, looked, strict=True)
    )
    return Checked(tuple(verdicts), _sorted(_without_echoes(found), manifests))


def _between(manifests: Sequence[Manifest], weights: Weights) -> Iterator[Finding]:
    """What only shows when the manifests are seen together."""
    yield from references.findings(manifests, weights)
    yield from namespaces.findings(manifests, weights)
    yield from plaintext.findings(manifests, weights)
    yield from hook_findings(manifests, weights)


def _finding(manifest: Manifest, fault: Fault) -> Finding:
    problem = manifest.problem(fault.what, fault.expected, *fault.path, key=fault.key)
    severity = Severity.WARNING if fault.harmless else Severity.ERROR
    return Finding(Rule.SCHEMA, severity, manifest.identity, problem)


def _verdict(manifest: Manifest, looked: Looked, *, failed: bool) -> Verdict:
    if failed:
        return Verdict(manifest.identity, State.INVALID, unchecked=looked.unchecked)
    if looked.because:
        return Verdict(manifest.identity, State.NOT_CHECKABLE, looked.because)
    return Verdict(manifest.identity, State.VALID, unchecked=looked.unchecked)


def _without_echoes(found: Sequence[Finding]) -> list[Finding]:
    """What the schema refuses can't also refer to nothing: the second would only say the same again."""

    def place(finding: Finding) -> tuple[Identity | None, int, int]:
        return (finding.identity, finding.problem.line, finding.problem.column)

    refused = {place(one) for one in found if one.rule is Rule.SCHEMA and one.problem.line}
    return [one for one in found if one.rule is not Rule.REFERENCE or place(one) not in refused]


def _sorted(found: Sequence[Finding], manifests: Sequence[Manifest]) -> tuple[Finding, ...]:
    order: dict[Identity | None, int] = {manifest.identity: index for index, manifest in enumerate(manifests)}

    def key(finding: Finding) -> tuple[int, int, int]:
        problem = finding.problem
        return (order.get(finding.identity, len(order)), problem.line, problem.column)

    return tuple(sorted(dict.fromkeys(found), key=key))
