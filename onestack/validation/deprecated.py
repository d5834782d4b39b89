"""apiVersions that the declared Kubernetes release doesn't serve, or will stop serving. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from onestack.manifests.manifest import Manifest
from onestack.manifests.scope import is_before, superseding
from onestack.validation.builtin import Release
from onestack.validation.fault import Fault
from onestack.validation.finding import Finding, Rule, Severity, Weights

_AT = ("apiVersion",)


def not_served(manifest: Manifest, release: Release) -> Fault | None:
    """Why a release won't take an object of a built-in kind; None where it will."""
    if release.knows(manifest.api_version, manifest.kind):
        return None
    gone = superseding(manifest.api_version, manifest.kind)
    if gone is not None and gone.removed and not is_before(release.version, gone.removed):
        what = f"there is no {manifest.kind} in {manifest.api_version} since Kubernetes {gone.removed}"
        return Fault(_AT, what, gone.advice)
    what = f"Kubernetes {release.version} has no {manifest.kind} in {manifest.api_version}"
    return Fault(_AT, what, "write a version that it has, or set onestack:kubernetesVersion to the cluster's")


def findings(manifests: tuple[Manifest, ...], release: Release, weights: Weights) -> Iterator[Finding]:
    """The objects whose apiVersion the release still serves but calls deprecated."""
    severity = weights.of(Rule.DEPRECATED)
    for manifest in manifests if severity is not Severity.OFF else ():
        gone = superseding(manifest.api_version, manifest.kind)
        if gone is None or not gone.deprecated or is_before(release.version, gone.deprecated):
            continue
        if not release.knows(manifest.api_version, manifest.kind):
            continue
        end = f" and gone in {gone.removed}" if gone.removed else ""
        what = (
            f"{manifest.kind} in {manifest.api_version} is deprecated since Kubernetes {gone.deprecated}{end}"
        )
        yield Finding(Rule.DEPRECATED, severity, manifest.identity, manifest.problem(what, gone.advice, *_AT))
