"""Collective waiting against a fake API server: dropped watches, forgotten histories, forbidden lists."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from onestack.errors import ApiError, ClusterUnreachable
from onestack.wait import ObjectRef, Tempo, WaitProgress, WaitReport, assess_now, until_ready
from tests.unit.kube.fake_api_server import Events, FakeApiServer, Reply, failure

QUICK = Tempo(settle=0.0, unobserved=0.0, explain=0.0, report=0.001)
WEB = ObjectRef("apps/v1", "Deployment", "shop", "web")
MAP = ObjectRef("v1", "ConfigMap", "shop", "settings")
WIDGET = ObjectRef("example.org/v1", "Widget", None, "w")
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
MAPS = "/api/v1/namespaces/shop/configmaps"


def deployment(
    available: int, version: int = 1, name: str = "web", namespace: str = "shop"
) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "generation": 1,
            "resourceVersion": str(version),
        },
        "spec": {"replicas": 1},
        "status": {
            "observedGeneration": 1,
            "replicas": 1,
            "updatedReplicas": 1,
            "availableReplicas": available,
        },
    }


def listed(*items: dict[str, Any], version: int = 10) -> Reply:
    return Reply(200, {"kind": "List", "metadata": {"resourceVersion": str(version)}, "items": list(items)})


def event(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "object": item}


def serve_kinds(server: FakeApiServer) -> None:
    def resource(plural: str, kind: str, scope: str = "Namespaced") -> dict[str, Any]:
        return {"resource": plural, "responseKind": {"kind": kind}, "scope": scope}

    def group(name: str, *resources: dict[str, Any]) -> dict[str, Any]:
        return {"metadata": {"name": name}, "versions": [{"version": "v1", "resources": list(resources)}]}

    core = group(
        "", resource("configmaps", "ConfigMap"), resource("persistentvolumeclaims", "PersistentVolumeClaim")
    )
    apps = group("apps", resource("deployments", "Deployment"))
    batch = group("batch", resource("jobs", "Job"))
    example = group("example.org", resource("widgets", "Widget", "Cluster"))
    kind = "APIGroupDiscoveryList"
    server.on("GET /api", Reply(200, {"kind": kind, "items": [core]}))
    server.on("GET /apis", Reply(200, {"kind": kind, "items": [apps, batch, example]}))


async def wait(
    server: FakeApiServer, *refs: ObjectRef, seconds: float = 20.0, seen: list[WaitProgress] | None = None
) -> WaitReport:
    serve_kinds(server)
    heard: list[WaitProgress] = [] if seen is None else seen
    async with server.client() as client:
        return await until_ready(client, refs, timeout_seconds=seconds, on_progress=heard.append, tempo=QUICK)


async def test_ready_at_once_needs_one_list_per_kind(server: FakeApiServer) -> None:
    other = ObjectRef("apps/v1", "Deployment", "shop", "api")
    server.on(
        f"GET {DEPLOYMENTS}", listed(deployment(1), deployment(1, name="api"), deployment(0, name="not-ours"))
    )
    server.on(f"WATCH {DEPLOYMENTS}", Events(()))
    server.on(f"GET {MAPS}", listed({"metadata": {"name": "settings", "namespace": "shop"}}))
    report = await wait(server, WEB, other, MAP)
    assert report.ok
    assert report.message().startswith("all 3 objects ready")
    assert server.count(f"GET {DEPLOYMENTS}") == 1
    assert "PartialObjectMetadataList" in next(a for a in server.asked if a.path == MAPS).headers["Accept"]
    assert server.count(f"WATCH {MAPS}") == 0


async def test_becomes_ready_through_the_watch(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    stranger = deployment(1, 11, name="other")
    bookmark = event("BOOKMARK", {"metadata": {"resourceVersion": "12"}})
    server.on(
        f"WATCH {DEPLOYMENTS}",
        Events((event("ADDED", stranger), bookmark, event("MODIFIED", deployment(1, 13)))),
    )
    seen: list[WaitProgress] = []
    report = await wait(server, WEB, seen=seen)
    assert report.ok
    assert (seen[0].ready, seen[0].waiting, seen[0].total) == (0, 1, 1)
    assert (seen[-1].ready, seen[-1].waiting) == (1, 0)
    watch = next(asked for asked in server.asked if asked.method == "WATCH")
    assert watch.query["resourceVersion"] == "10"
    assert watch.query["fieldSelector"] == "metadata.name=web"


async def test_goes_on_from_the_last_version_after_a_regular_end(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    bookmark = event("BOOKMARK", {"metadata": {"resourceVersion": "77"}})
    server.on(
        f"WATCH {DEPLOYMENTS}", Events((bookmark,), end=True), Events((event("MODIFIED", deployment(1, 78)),))
    )
    assert (await wait(server, WEB)).ok
    versions = [asked.query["resourceVersion"] for asked in server.asked if asked.method == "WATCH"]
    assert versions == ["10", "77"]
    assert server.count(f"GET {DEPLOYMENTS}") == 1


GONE = event("ERROR", {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"})


@pytest.mark.parametrize(
    "fault",
    [Events((GONE,)), failure(410, "Expired"), Events((), drop=True), Reply(drop=True), failure(500, "x")],
    ids=["410 event", "410 answer", "dropped", "reset", "500"],
)
async def test_lists_again_after_a_fault(server: FakeApiServer, fault: Events | Reply) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)), listed(deployment(1), version=99))
    # Twice: aiohttp repeats a GET once by itself when a kept connection turns out to be closed.
    server.on(f"WATCH {DEPLOYMENTS}", fault, *([fault] if isinstance(fault, Reply) else []), Events(()))
    report = await wait(server, WEB)
    assert report.ok
    assert report.trouble == ""
    assert server.count(f"GET {DEPLOYMENTS}") >= 2


async def test_trouble_is_told(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)), failure(403, "Forbidden", "token revoked"))
    server.on(f"WATCH {DEPLOYMENTS}", Events((), drop=True))
    report = await wait(server, WEB, seconds=1.0)
    assert "token revoked" in report.trouble
    assert "token revoked" in report.message()


async def test_first_look_that_fails_is_raised(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", failure(403, "Forbidden", "may not list"))
    with pytest.raises(ApiError, match="may not list"):
        await wait(server, WEB)
    server.on(f"GET {DEPLOYMENTS}", Reply(drop=True))
    with pytest.raises(ClusterUnreachable):
        await wait(server, WEB)


async def test_many_namespaces_share_one_watch(server: FakeApiServer) -> None:
    refs = [ObjectRef("apps/v1", "Deployment", f"n{i}", "web") for i in range(6)]
    everything = "/apis/apps/v1/deployments"
    server.on(f"GET {everything}", listed(*(deployment(1, namespace=f"n{i}") for i in range(9))))
    server.on(f"WATCH {everything}", Events(()))
    assert (await wait(server, *refs)).ok
    assert server.count(f"GET {everything}") == 1


async def test_namespaces_of_its_own_when_the_cluster_is_forbidden(server: FakeApiServer) -> None:
    refs = [ObjectRef("apps/v1", "Deployment", f"n{i}", "web") for i in range(6)]
    server.on("GET /apis/apps/v1/deployments", failure(403, "Forbidden"))
    for i in range(6):
        server.on(f"GET /apis/apps/v1/namespaces/n{i}/deployments", listed(deployment(1, namespace=f"n{i}")))
        server.on(f"WATCH /apis/apps/v1/namespaces/n{i}/deployments", Events(()))
    assert (await wait(server, *refs)).ok


async def test_time_is_up_and_every_object_is_named(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    server.on(f"WATCH {DEPLOYMENTS}", Events(()))
    server.on("GET /api/v1/namespaces/shop/events", listed())
    rs = {"metadata": {"name": "web-1", "uid": "rs", "ownerReferences": [{"uid": "uid-web"}]}}
    server.on("GET /apis/apps/v1/namespaces/shop/replicasets", listed_as("apps/v1", "ReplicaSet", rs))
    pulling = {"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such tag"}}}
    pod = {
        "metadata": {"name": "web-1-a", "uid": "p", "ownerReferences": [{"uid": "rs"}]},
        "status": {"phase": "Pending", "containerStatuses": [pulling]},
    }
    server.on("GET /api/v1/namespaces/shop/pods", listed_as("v1", "Pod", pod))
    report = await wait(server, WEB, seconds=0.2)
    assert report.timed_out
    assert not report.ok
    assert (
        "Deployment shop/web: 0 of 1 replicas available; "
        "pod web-1-a: container c: ImagePullBackOff: no such tag" in report.message()
    )


def listed_as(api_version: str, kind: str, *items: dict[str, Any]) -> Reply:
    return Reply(
        200, {"apiVersion": api_version, "kind": f"{kind}List", "metadata": {}, "items": list(items)}
    )


async def test_final_failure_ends_the_wait_early(server: FakeApiServer) -> None:
    job = ObjectRef("batch/v1", "Job", "shop", "migrate")
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"}
    live = {"metadata": {"name": "migrate", "namespace": "shop"}, "status": {"conditions": [failed]}}
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    server.on(f"WATCH {DEPLOYMENTS}", Events(()))
    server.on("GET /apis/batch/v1/namespaces/shop/jobs", listed(live))
    server.on("WATCH /apis/batch/v1/namespaces/shop/jobs", Events(()))
    report = await wait(server, WEB, job, seconds=1000)
    assert not report.timed_out
    assert [outcome.ref for outcome in report.not_ready] == [job, WEB]
    assert "BackoffLimitExceeded" in report.message()


async def test_pods_that_can_not_come_up_end_the_wait_early(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    server.on(f"WATCH {DEPLOYMENTS}", Events(()))
    wrong = {"name": "c", "state": {"waiting": {"reason": "InvalidImageName", "message": "bad"}}}
    pod = {
        "metadata": {"name": "p", "ownerReferences": [{"uid": "uid-web"}]},
        "status": {"containerStatuses": [wrong]},
    }
    server.on("GET /api/v1/namespaces/shop/pods", listed_as("v1", "Pod", pod))
    report = await wait(server, WEB, seconds=1000)
    assert not report.timed_out
    assert report.not_ready[0].verdict.final
    assert "InvalidImageName" in report.message()


@pytest.mark.parametrize("deleted", [False, True])
async def test_missing_object(server: FakeApiServer, deleted: bool) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)) if deleted else listed())
    events = (event("DELETED", deployment(0, 11)),) if deleted else ()
    server.on(f"WATCH {DEPLOYMENTS}", Events(events))
    server.on(f"GET {MAPS}", listed())
    report = await wait(server, WEB, MAP, seconds=1000)
    assert "Deployment shop/web: does not exist" in report.message() or not deleted
    assert "ConfigMap shop/settings: does not exist" in report.message()


async def test_job_removed_by_its_ttl_stays_ready(server: FakeApiServer) -> None:
    ref, jobs = ObjectRef("batch/v1", "Job", "shop", "j"), "/apis/batch/v1/namespaces/shop/jobs"
    complete = {"conditions": [{"type": "Complete", "status": "True"}]}
    live = {"metadata": {"name": "j", "namespace": "shop", "resourceVersion": "11"}, "status": complete}
    server.on(f"GET {jobs}", listed(live))
    server.on(f"WATCH {jobs}", Events((event("DELETED", live),)))
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    server.on(f"WATCH {DEPLOYMENTS}", Events((), drop=True), Events(()))
    report = await wait(server, WEB, ref, seconds=0.5)
    assert [outcome.ref for outcome in report.not_ready] == [WEB]


async def test_job_with_a_ttl_deleted_while_it_ran_is_missed(server: FakeApiServer) -> None:
    ref = ObjectRef("batch/v1", "Job", "shop", "j", may_vanish=True)
    jobs = "/apis/batch/v1/namespaces/shop/jobs"
    live = {"metadata": {"name": "j", "namespace": "shop", "resourceVersion": "11"}, "status": {"active": 1}}
    server.on(f"GET {jobs}", listed(live))
    server.on(f"WATCH {jobs}", Events((event("DELETED", live),)))
    report = await wait(server, ref, seconds=1000)
    assert "Job shop/j: does not exist" in report.message()


async def test_unknown_kind_is_a_final_failure_of_its_objects(server: FakeApiServer) -> None:
    report = await wait(server, ObjectRef("nope/v1", "Nope", None, "x"), seconds=1000)
    assert "Nope x: the cluster serves no kind Nope in nope/v1" in report.message()


async def test_unobservable_objects_do_not_hold_the_wait(server: FakeApiServer) -> None:
    server.on("GET /apis/example.org/v1/widgets", listed({"metadata": {"name": "w"}}))
    server.on("WATCH /apis/example.org/v1/widgets", Events(()))
    report = await wait(server, WIDGET, seconds=1000)
    assert report.ok
    assert report.count("unobservable") == 1
    assert "1 of them not observable" in report.message()


async def test_claim_that_waits_for_its_consumer(server: FakeApiServer) -> None:
    claims = "/api/v1/namespaces/shop/persistentvolumeclaims"
    claim = {
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {"storageClassName": "fast"},
        "status": {"phase": "Pending"},
    }
    storage = {"metadata": {"name": "fast"}, "volumeBindingMode": "WaitForFirstConsumer"}
    server.on("GET /apis/storage.k8s.io/v1/storageclasses", listed(storage))
    server.on(f"GET {claims}", listed(claim))
    server.on(f"WATCH {claims}", Events(()))
    assert (await wait(server, ObjectRef("v1", "PersistentVolumeClaim", "shop", "data"), seconds=1000)).ok


async def test_assess_now_looks_once(server: FakeApiServer) -> None:
    serve_kinds(server)
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    async with server.client() as client:
        report = await assess_now(client, [WEB, WEB])
    assert len(report.outcomes) == 1
    assert "1 of 1 objects not ready" in report.message()
    assert not any(asked.method == "WATCH" for asked in server.asked)


async def test_nothing_to_wait_for(server: FakeApiServer) -> None:
    assert (await wait(server)).ok


async def test_cancelling_leaves_no_task_behind(server: FakeApiServer) -> None:
    server.on(f"GET {DEPLOYMENTS}", listed(deployment(0)))
    server.on(f"WATCH {DEPLOYMENTS}", Events(()))
    before = asyncio.all_tasks()
    started = asyncio.Event()
    serve_kinds(server)
    async with server.client() as client:
        task = asyncio.create_task(
            until_ready(client, [WEB], timeout_seconds=1000, on_progress=lambda _: started.set(), tempo=QUICK)
        )
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    names = {t.get_coro().__qualname__ for t in asyncio.all_tasks() - before}  # type: ignore[union-attr]  # a coroutine
    assert not any("follow" in name for name in names)
