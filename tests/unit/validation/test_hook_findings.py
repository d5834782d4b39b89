"""Where hooks differ from Helm's, someone who knows Helm is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onestack.manifests.manifest import Location, Manifest
from onestack.validation.finding import Rule, Severity, Weights
from onestack.validation.hooks import hook_findings

HOOK = "metadata.annotations.helm.sh/hook"
POLICY = "metadata.annotations.helm.sh/hook-delete-policy"


def made(events: str, kind: str = "Job", policy: str | None = None) -> Manifest:
    annotations = {"helm.sh/hook": events} | (
        {} if policy is None else {"helm.sh/hook-delete-policy": policy}
    )
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", "annotations": annotations}}
    return Manifest("app", "v1", kind, "a", "web", body, Location("x.yaml", 0, 0))


def told(manifest: Manifest) -> list[str]:
    found = hook_findings([manifest], Weights())
    assert all((one.rule, one.severity) == (Rule.HOOK, Severity.WARNING) for one in found)
    start = f"x.yaml: {manifest.kind} web/a "
    return [str(one.problem).removeprefix(start) for one in found]


@pytest.mark.parametrize(
    "manifest",
    [
        made("pre-install"),
        made("pre-install,pre-upgrade"),
        made("post-install,post-upgrade", policy="before-hook-creation,hook-succeeded"),
        made("test", "Pod", "hook-succeeded"),
        made("pre-install", "Pod"),
        made("pre-install", "Secret"),
        made("crd-install", "CustomResourceDefinition"),
    ],
)
def test_what_does_as_in_helm_is_no_finding(manifest: Manifest) -> None:
    assert told(manifest) == []


@pytest.mark.parametrize(
    ("manifest", "key", "expected"),
    [
        (
            made("pre-delete,post-rollback"),
            HOOK,
            (
                "a hook for post-rollback, pre-delete is not supported: it is left out; do by hand what it "
                "does, or remove it"
            ),
        ),
        (
            made("pre-install,pre-rollback"),
            HOOK,
            "the hook never runs for pre-rollback, only for its other events; do by hand what it does",
        ),
        (
            made("post-install,test"),
            HOOK,
            (
                "the hook runs after the rest is ready, but not as a test; write the test as an object of "
                "its own"
            ),
        ),
        (
            made("pre-upgrade"),
            HOOK,
            (
                "the hook runs before the rest in the first deployment too, not in upgrades only; see that "
                "it does no harm there"
            ),
        ),
        (
            made("pre-upgrade,post-install"),
            HOOK,
            "the hook runs after the rest is ready only; make two objects of it to run on both sides",
        ),
        (
            made("pre-upgrade,pre-install", "Pod"),
            HOOK,
            "a Pod as a hook runs once only, also when the release changes; make it a Job",
        ),
        (
            made("pre-install", "ClusterRole", "hook-succeeded"),
            POLICY,
            "the ClusterRole stays after its hook ran; Helm would delete it; see that it may stay",
        ),
    ],
)
def test_what_would_surprise_is_told(manifest: Manifest, key: str, expected: str) -> None:
    assert told(manifest) == [f"{key}: {expected}"]


def test_findings_weigh_as_the_settings_say() -> None:
    (found,) = hook_findings([made("pre-delete")], replace(Weights(), hook=Severity.ERROR))
    assert found.severity is Severity.ERROR
    assert hook_findings([made("pre-delete")], replace(Weights(), hook=Severity.OFF)) == ()
