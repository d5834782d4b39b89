"""Chart tests against a fake API server: put up, judged, taken down, whatever happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from onestack import chart_tests
from onestack.chart_tests import Ended, Owner, judged
from onestack.errors import ForeignObjects
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.ownership import owned
from tests.unit.kube.fake_api_server import FakeApiServer, Reply, failure

PODS = "/api/v1/namespaces/shop/pods"
MAPS = "/api/v1/namespaces/shop/configmaps"
JOBS = "/apis/batch/v1/namespaces/shop/jobs"
DONE = {"conditions": [{"type": "Complete", "status": "True"}]}
NOTHING = failure(404, "NotFound")


@pytest.fixture
async def server() -> AsyncIterator[FakeApiServer]:
    async with FakeApiServer().running() as running:
        core = [("pods", "Pod"), ("configmaps", "ConfigMap"), ("secrets", "Secret"), ("events", "Event")]
        for path, name, kinds in (("/api", "", core), ("/apis", "batch", [("jobs", "Job")])):
            resources = [
                {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced"}
                for plural, kind in kinds
            ]
            group = {"metadata": {"name": name}, "versions": [{"version": "v1", "resources": resources}]}
            running.on(f"GET {path}", Reply(200, {"kind": "APIGroupDiscoveryList", "items": [group]}))
        yield running


def manifest(kind: str, name: str, **content: Any) -> Manifest:
    api_version = "batch/v1" if kind == "Job" else "v1"
    metadata = {"name": name, "namespace": "shop"}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}
    made = Manifest("app", api_version, kind, name, "shop", body, Location("chart.yaml", 0, 0))
    return owned(made, project="onestack", stack="test")


def live(of: Manifest, **status: Any) -> Reply:
    return Reply(200, {**of.body, "metadata": {**of.body["metadata"], "uid": "1"}, "status": status})


def _ignored(_: str) -> None:
    """Nobody looks."""


async def run(
    server: FakeApiServer,
    *tests: Manifest,
    seconds: float = 20.0,
    on_progress: Callable[[str], None] = _ignored,
) -> tuple[Ended, ...]:
    async with server.client() as client:
        return await chart_tests.run(
            client,
            tests,
            Owner("onestack", "test"),
            timeout_seconds=seconds,
            on_progress=on_progress,
            look_seconds=0.001,
        )


def changes(server: FakeApiServer) -> list[str]:
    return [f"{one.method} {one.path}" for one in server.asked if one.method in {"POST", "DELETE"}]


async def test_tests_run_one_after_the_other_and_are_deleted_the_newest_first(server: FakeApiServer) -> None:
    config = manifest("ConfigMap", "data")
    pod = manifest("Pod", "try")
    job = manifest("Job", "load", spec={"ttlSecondsAfterFinished": 0, "backoffLimit": 0})
    for path in (MAPS, PODS, JOBS):
        server.on(f"POST {path}", Reply(201))
    server.on(f"GET {PODS}/try", NOTHING, live(pod, phase="Pending"), live(pod, phase="Succeeded"))
    server.on(f"GET {JOBS}/load", NOTHING, live(job, active=1), live(job, **DONE))
    found = await run(server, config, pod, job)
    assert [(one.manifest.name, one.state, one.message) for one in found] == [
        ("data", "passed", "created"),
        ("try", "passed", "ran to its end"),
        ("load", "passed", "complete"),
    ]
    assert [one.is_test for one in found] == [False, True, True]
    assert changes(server) == [
        *(f"POST {path}" for path in (MAPS, PODS, JOBS)),
        *(f"DELETE {path}" for path in (f"{JOBS}/load", f"{PODS}/try", f"{MAPS}/data")),
    ]
    (sent,) = (json.loads(one.body) for one in server.asked if one.method == "POST" and one.path == JOBS)
    assert sent["spec"] == {"backoffLimit": 0}
    assert sent["metadata"]["annotations"]["onestack.dev/id"] == "onestack/test/batch/Job/shop/load"


async def test_one_that_fails_keeps_no_other_from_running(server: FakeApiServer) -> None:
    refused, strange, bad, secret, good = (
        manifest("Pod", "refused"),
        manifest("Gadget", "strange"),
        manifest("Pod", "bad"),
        manifest("Secret", "filled", stringData={"a": "${secrets:a}"}),
        manifest("Pod", "good"),
    )
    server.on(f"POST {PODS}", failure(403, "Forbidden", "quota exceeded"), Reply(201))
    ended = {"name": "a", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
    server.on(f"GET {PODS}/bad", NOTHING, live(bad, phase="Failed", containerStatuses=[ended]))
    server.on(f"GET {PODS}/good", NOTHING, live(good, phase="Succeeded"))
    found = await run(server, refused, strange, bad, secret, good)
    assert [one.state for one in found] == ["failed", "failed", "failed", "failed", "passed"]
    assert "quota exceeded" in found[0].message
    assert found[1].message.startswith("could not be created: ")
    assert found[2].message == "failed: container a: Error, exit code 3"
    assert found[3].message == chart_tests.PLACEHOLDERS
    assert str(found[4]) == "Pod shop/good: passed: ran to its end"


async def test_a_job_that_fails_says_what_its_pods_say(server: FakeApiServer) -> None:
    job = manifest("Job", "load")
    server.on(f"POST {JOBS}", Reply(201))
    over = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "too often"}
    server.on(f"GET {JOBS}/load", NOTHING, live(job, conditions=[over]))
    pod = {
        "metadata": {"name": "load-x", "uid": "2", "ownerReferences": [{"uid": "1"}]},
        "status": {"phase": "Failed", "message": "Out of disk"},
    }
    server.on(f"GET {PODS}", Reply(200, {"kind": "PodList", "apiVersion": "v1", "items": [pod]}))
    (found,) = await run(server, job)
    assert found.message == "failed: BackoffLimitExceeded: too often; pod load-x: failed: Out of disk"


async def test_one_that_does_not_end_is_given_up_and_deleted(server: FakeApiServer) -> None:
    pod = manifest("Pod", "try")
    server.on(f"POST {PODS}", Reply(201))
    server.on(f"GET {PODS}/try", NOTHING, live(pod, phase="Pending"))
    (found,) = await run(server, pod, seconds=0.0)
    assert (found.state, found.message) == ("failed", "did not end within 0 s: phase Pending")
    assert changes(server) == [f"POST {PODS}", f"DELETE {PODS}/try"]


async def test_one_that_somebody_deletes_has_failed(server: FakeApiServer) -> None:
    server.on(f"POST {PODS}", Reply(201))
    (found,) = await run(server, manifest("Pod", "try"))
    assert (found.state, found.message) == ("failed", "somebody deleted it")


async def test_what_a_killed_run_left_is_deleted_first(server: FakeApiServer) -> None:
    pod = manifest("Pod", "try")
    left = live(pod, phase="Running")
    server.on(f"GET {PODS}/try", left, left, NOTHING, live(pod, phase="Succeeded"))
    server.on(f"DELETE {PODS}/try", Reply(200))
    server.on(f"POST {PODS}", Reply(201))
    (found,) = await run(server, pod)
    assert found.state == "passed"
    assert changes(server) == [f"DELETE {PODS}/try", f"POST {PODS}", f"DELETE {PODS}/try"]


async def test_what_a_killed_run_left_and_something_holds_is_told(
    server: FakeApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_tests, "_GONE_SECONDS", 0.0)
    pod = manifest("Pod", "try")
    metadata = {**pod.body["metadata"], "uid": "1", "finalizers": ["example.org/archive"]}
    server.on(f"GET {PODS}/try", Reply(200, {**pod.body, "metadata": metadata}))
    server.on(f"DELETE {PODS}/try", Reply(200))
    server.on(f"POST {PODS}", failure(409, "AlreadyExists"))
    (found,) = await run(server, pod)
    assert found.state == "failed"
    assert found.message == (
        "could not be created: there is one of an earlier run, which is not gone yet: "
        "it waits for whoever takes away its finalizers 'example.org/archive'"
    )


async def test_a_secret_is_created_without_escapes(server: FakeApiServer) -> None:
    secret = manifest("Secret", "data", stringData={"a": "$${secrets:x} and $5"})
    server.on("POST /api/v1/namespaces/shop/secrets", Reply(201))
    (found,) = await run(server, secret)
    assert found.state == "passed"
    (created,) = (one for one in server.asked if one.method == "POST")
    assert json.loads(created.body)["stringData"] == {"a": "${secrets:x} and $5"}


async def test_what_is_not_the_stack_s_is_left_alone(server: FakeApiServer) -> None:
    pod, other = manifest("Pod", "try"), manifest("Pod", "mine")
    theirs = {"metadata": {"name": "try", "namespace": "shop"}}
    server.on(f"GET {PODS}/try", Reply(200, theirs))
    server.on(f"GET {PODS}/mine", live(other, phase="Running"))
    with pytest.raises(ForeignObjects, match=r"Pod shop/try \(declared in chart.yaml\)"):
        await run(server, pod, other)
    assert changes(server) == []


async def test_what_was_created_is_deleted_when_the_run_is_interrupted(server: FakeApiServer) -> None:
    pod = manifest("Pod", "try")
    server.on(f"POST {PODS}", Reply(201))
    server.on(f"GET {PODS}/try", NOTHING, live(pod, phase="Pending"))
    seen = asyncio.Event()

    def told(said: str) -> None:
        if "Pending" in said:
            seen.set()

    running = asyncio.create_task(run(server, pod, on_progress=told))
    await seen.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert changes(server) == [f"POST {PODS}", f"DELETE {PODS}/try"]


@pytest.mark.parametrize(
    ("kind", "spec", "status", "state"),
    [
        ("Pod", {}, {"phase": "Succeeded"}, "ready"),
        ("Pod", {}, {"phase": "Failed"}, "failed"),
        ("Pod", {}, {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, "waiting"),
        ("Pod", {}, {"phase": "Pending"}, "waiting"),
        ("Job", {}, DONE, "ready"),
        ("Job", {}, {"active": 1}, "waiting"),
        ("Job", {"suspend": True}, {}, "waiting"),
        ("Job", {}, {"conditions": [{"type": "Failed", "status": "True"}]}, "failed"),
    ],
)
def test_only_its_end_decides(kind: str, spec: Any, status: Any, state: str) -> None:
    body = manifest(kind, "a", spec=spec, status=status).body
    assert judged(body).state == state


def test_tests_without_a_ready_release_are_not_run() -> None:
    (found,) = chart_tests.not_run([manifest("Pod", "try")], chart_tests.NOT_READY)
    assert (found.state, found.message) == ("not run", chart_tests.NOT_READY)
