"""What explains a workload that isn't ready, from the objects around it."""

from __future__ import annotations

from typing import Any

from onestack.health import Verdict
from onestack.wait import ObjectRef
from onestack.wait.explain import Evidence, explain
from onestack.wait.tracker import Tracker

REVISION = "deployment.kubernetes.io/revision"


def owned(kind: str, name: str, owner: str, **parts: Any) -> dict[str, Any]:
    version = "apps/v1" if kind == "ReplicaSet" else "v1"
    metadata = {"name": name, "uid": name, "ownerReferences": [{"uid": owner}], **parts.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}


def pod(name: str, owner: str, reason: str = "ImagePullBackOff", **metadata: Any) -> dict[str, Any]:
    waiting = {"name": "c", "state": {"waiting": {"reason": reason}}}
    return owned("Pod", name, owner, metadata=metadata, status={"containerStatuses": [waiting]})


def live(**metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web", "uid": "web", **metadata}}


def warning(uid: str, reason: str, at: str) -> dict[str, Any]:
    return {"involvedObject": {"uid": uid}, "reason": reason, "message": "m\nmore", "lastTimestamp": at}


def test_only_the_newest_replica_sets_pods_count() -> None:
    old = owned("ReplicaSet", "old", "web", metadata={"annotations": {REVISION: "1"}})
    new = owned("ReplicaSet", "new", "web", metadata={"annotations": {REVISION: "2"}})
    pods = [pod("old-a", "old", "InvalidImageName"), pod("new-a", "new"), pod("new-b", "new")]
    found = explain(live(annotations={REVISION: "2"}), Evidence([old, new], pods))
    assert found is not None
    assert found.message == "pod new-a: container c: ImagePullBackOff (and 1 more pod not ready)"
    assert not found.final


def test_pods_of_an_older_revision_do_not_count() -> None:
    stateful = {**live(), "status": {"updateRevision": "b"}}
    old = pod("web-0", "web", "InvalidImageName", labels={"controller-revision-hash": "a"})
    assert explain(stateful, Evidence(pods=[old])) is None
    daemon = live(annotations={"deprecated.daemonset.template.generation": "2"})
    old = pod("web-x", "web", "InvalidImageName", labels={"pod-template-generation": "1"})
    assert explain(daemon, Evidence(pods=[old])) is None


def test_a_pod_with_a_wrong_spec_is_final_and_comes_first() -> None:
    found = explain(live(), Evidence(pods=[pod("a", "web"), pod("b", "web", "InvalidImageName")]))
    assert found is not None
    assert found.final
    assert found.message.startswith("pod b: container c: InvalidImageName")


def test_a_failed_pod_is_not_final_for_it_is_replaced() -> None:
    failed = owned("Pod", "a", "web", status={"phase": "Failed", "reason": "Evicted"})
    found = explain(live(), Evidence(pods=[failed]))
    assert found is not None
    assert not found.final


def test_pods_that_are_leaving_or_belong_to_others_do_not_count() -> None:
    leaving = pod("a", "web", deletionTimestamp="2026-01-01T00:00:00Z")
    assert explain(live(), Evidence(pods=[leaving, pod("b", "other")])) is None


def test_the_newest_warning_stands_in_for_pods() -> None:
    old, new = warning("web", "Old", "2026-01-01T00:00:00Z"), warning("web", "New", "2026-01-02T00:00:00Z")
    other = warning("other", "Other", "2026-01-03T00:00:00Z")
    found = explain(live(), Evidence(warnings=[new, old, other]))
    assert found is not None
    assert found.message == "New: m"


def test_a_waiting_pods_own_warning_says_more_than_its_phase() -> None:
    waiting = owned("Pod", "a", "web", status={"phase": "Pending"})
    found = explain(live(), Evidence(pods=[waiting], warnings=[warning("a", "FailedMount", "2026")]))
    assert found is not None
    assert found.message == "pod a: FailedMount: m"


REF = ObjectRef("apps/v1", "Deployment", "shop", "web")


def test_a_final_verdict_must_last() -> None:
    tracker = Tracker([REF])
    tracker.decide(REF, Verdict("failed", "m"))
    assert not tracker.doomed(0.0)
    tracker.decide(REF, Verdict("failed", "m", final=True))
    assert tracker.doomed(0.0)
    assert not tracker.doomed(1000.0)
    tracker.decide(REF, Verdict("ready", "m"))
    assert not tracker.doomed(0.0)


def test_what_nobody_reports_on_is_given_time() -> None:
    tracker = Tracker([REF])
    tracker.decide(REF, Verdict("unobservable", "m"))
    assert tracker.done(0.0)
    assert not tracker.done(1000.0)


def test_a_detail_that_only_repeats_the_verdict_is_left_out() -> None:
    tracker = Tracker([REF])
    tracker.decide(REF, Verdict("waiting", "0 of 1; FailedCreate: exceeded quota"))
    tracker.explain(REF, "FailedCreate: (combined) exceeded quota", final=False)
    assert str(tracker.outcomes()[0]) == "Deployment shop/web: 0 of 1; FailedCreate: exceeded quota"
    tracker.explain(REF, "pod a: Other", final=False)
    assert str(tracker.outcomes()[0]).endswith("exceeded quota; pod a: Other")
