"""Verdicts over time: Jobs that their TTL removes, and the grace of what nobody reports on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from onestack.manifests.manifest import Location, Manifest
from onestack.wait import ObjectRef, reference
from onestack.wait.absent import absent
from onestack.wait.tracker import Tracker

KEPT = ObjectRef("batch/v1", "Job", "shop", "migrate")
VANISHING = ObjectRef("batch/v1", "Job", "shop", "migrate", may_vanish=True)
WEB = ObjectRef("apps/v1", "Deployment", "shop", "web")
WIDGET = ObjectRef("example.org/v1", "Widget", None, "w")
GONE = "gone: its ttlSecondsAfterFinished removed it after it finished"


def manifest(api_version: str, kind: str, spec: object) -> Manifest:
    return Manifest("app", api_version, kind, "m", "shop", {"spec": spec}, Location("f.yaml", 1, 1))


def job(condition: str = "", *, deleted: bool = False, **spec: Any) -> dict[str, Any]:
    times = {"deletionTimestamp": "2026-11-21T00:00:00Z"} if deleted else {}
    found = [{"type": condition, "status": "True", "reason": "Why"}] if condition else []
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "shop", **times},
        "spec": spec,
        "status": {"conditions": found},
    }


def verdict(tracker: Tracker) -> tuple[str, bool, str]:
    found = tracker.outcomes()[0].verdict
    return found.state, found.final, found.message


@pytest.mark.parametrize(
    ("declared", "vanishes"),
    [
        (manifest("batch/v1", "Job", {"ttlSecondsAfterFinished": 0}), True),
        (manifest("batch/v1", "Job", {"ttlSecondsAfterFinished": None}), False),
        (manifest("batch/v1", "Job", {}), False),
        (manifest("batch/v1", "Job", None), False),
        (manifest("example.org/v1", "Job", {"ttlSecondsAfterFinished": 0}), False),
        (manifest("apps/v1", "Deployment", {"ttlSecondsAfterFinished": 0}), False),
    ],
)
def test_only_a_job_with_a_ttl_may_vanish(declared: Manifest, vanishes: bool) -> None:
    assert reference(declared).may_vanish is vanishes


def pod(phase: str) -> dict[str, Any]:
    return {"metadata": {"name": "m"}, "status": {"phase": phase}}


def test_the_pod_of_a_hook_may_vanish_once_it_has_run_to_its_end() -> None:
    metadata = {"annotations": {"helm.sh/hook": "pre-install"}}
    declared = replace(manifest("v1", "Pod", {}), body={"metadata": metadata})
    assert reference(declared).may_vanish
    assert not reference(manifest("v1", "Pod", {})).may_vanish
    hook, plain = (ObjectRef("v1", "Pod", "shop", "m", may_vanish=vanishes) for vanishes in (True, False))
    assert absent(hook, None, seen_to_the_end=False).state == "ready"
    assert absent(hook, pod("Succeeded"), seen_to_the_end=True).state == "ready"
    assert absent(hook, pod("Running"), seen_to_the_end=True).state == "failed"
    assert absent(plain, pod("Succeeded"), seen_to_the_end=True).state == "failed"


def test_vanishing_is_no_part_of_what_an_object_is() -> None:
    assert KEPT == VANISHING
    assert len({KEPT, VANISHING}) == 1


def test_absent_from_the_start() -> None:
    tracker = Tracker([VANISHING])
    tracker.see(VANISHING, None)
    assert verdict(tracker) == ("ready", False, GONE)
    assert tracker.done(1000)
    tracker = Tracker([KEPT])
    tracker.see(KEPT, None)
    assert verdict(tracker) == ("failed", True, "does not exist")


def test_removed_in_the_foreground_after_it_finished() -> None:
    tracker = Tracker([VANISHING])
    tracker.see(VANISHING, job("Complete"))
    tracker.see(VANISHING, job("Complete", deleted=True))
    assert verdict(tracker)[0] == "ready"
    tracker.lose(VANISHING, job("Complete", deleted=True))
    assert verdict(tracker) == ("ready", False, GONE)


def test_finished_and_removed_while_nobody_looked() -> None:
    tracker = Tracker([VANISHING])
    tracker.see(VANISHING, job())
    tracker.see(VANISHING, None)
    assert verdict(tracker) == ("ready", False, GONE)


@pytest.mark.parametrize("last", [job(), job(deleted=True), job(suspend=True)])
def test_deleted_before_it_finished(last: dict[str, Any]) -> None:
    tracker = Tracker([VANISHING])
    tracker.see(VANISHING, last)
    tracker.lose(VANISHING, last)
    assert verdict(tracker) == ("failed", True, "does not exist")
    tracker.see(VANISHING, None)  # listed again later
    assert verdict(tracker)[0] == "failed"


@pytest.mark.parametrize("condition", ["Failed", "FailureTarget"])
def test_failed_and_then_removed_stays_failed(condition: str) -> None:
    tracker = Tracker([VANISHING])
    tracker.see(VANISHING, job(condition))
    tracker.see(VANISHING, None)
    state, final, message = verdict(tracker)
    assert (state, final) == ("failed", True)
    assert "Why" in message


def test_back_after_it_was_gone() -> None:
    tracker = Tracker([VANISHING])
    tracker.see(VANISHING, None)
    tracker.see(VANISHING, job())
    assert verdict(tracker)[0] == "waiting"


def test_grace_counts_from_the_last_object_that_became_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("onestack.wait.tracker.time", SimpleNamespace(monotonic=lambda: now))
    tracker = Tracker([WEB, WIDGET])
    widget = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"}}
    tracker.see(WIDGET, widget)
    tracker.see(WEB, deployment(available=0))
    now = 30.0
    assert not tracker.done(2.0)
    tracker.see(WEB, deployment(available=1))
    assert not tracker.done(2.0)
    now = 31.9
    tracker.see(WEB, deployment(available=1))  # no change
    assert not tracker.done(2.0)
    now = 32.0
    assert tracker.done(2.0)


def deployment(*, available: int) -> dict[str, Any]:
    replicas = {"replicas": 1, "updatedReplicas": 1, "availableReplicas": available}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "generation": 1},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 1, **replicas},
    }
