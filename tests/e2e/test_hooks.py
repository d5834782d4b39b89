"""Hooks by the real engine: their order, their failures, their TTLs, and the chart tests of `verify`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from onestack.errors import ApiError
from onestack.kube.blocking import answered
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.local.plane import Plane
from tests.e2e.clone import Clone, Finished, clone
from tests.e2e.test_recovery import kill_tree

pytestmark = pytest.mark.e2e

SPACE = "hooks"
RECORD = "ConfigMap onestack-system/onestack-release-test"
WAIT_SECONDS = 60
SIMULATE = "onestack.dev/simulate"

Document = dict[str, Any]


def pod(simulate: str = "") -> Document:
    """A pod's template; what it does is simulated."""
    annotations = {SIMULATE: simulate} if simulate else {}
    containers = [{"name": "a", "image": "example.org/a:1"}]
    return {
        "metadata": {"annotations": annotations},
        "spec": {"restartPolicy": "Never", "containers": containers},
    }


def job(name: str, hook: str, weight: int = 0, *, simulate: str = "", **spec: Any) -> Document:
    """A Job, as a hook where ``hook`` says of which event."""
    annotations = {"helm.sh/hook": hook, "helm.sh/hook-weight": str(weight)} if hook else {}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"backoffLimit": 0, "template": pod(simulate), **spec},
    }


def shop() -> dict[str, Document]:
    """An application with everything that can be a hook, by name."""
    reading = job("prepare", "pre-install,pre-upgrade", -5)
    reading["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "settings"}}]
    web = {**pod(), "metadata": {"labels": {"app": "web"}}}
    web["spec"] = {"containers": web["spec"]["containers"]}
    documents: list[Document] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "rest"}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": web},
        },
        reading,
        job("migrate", "pre-install,pre-upgrade", ttlSecondsAfterFinished=1),
        job("once", "pre-install", 3),
        job("ordinary", "", ttlSecondsAfterFinished=1),
        job("warm", "post-install,post-upgrade", 5),
        job("announce", "post-install,post-upgrade"),
        job("try-job", "test", 7, ttlSecondsAfterFinished=0),
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "try-pod", "annotations": {"helm.sh/hook": "test"}},
            "spec": pod()["spec"],
        },
        job("gone", "pre-delete"),
    ]
    return {one["metadata"]["name"]: one for one in documents}


class Live:
    """The cluster, asked."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def uid(self, path: str) -> str | None:
        """What tells an object from another of its name; None where it isn't there."""

        async def get() -> str | None:
            async with Client(connect(self._plane.kubeconfig), user_agent="test") as client:
                try:
                    return str((await client.request("GET", path))["metadata"]["uid"])
                except ApiError as error:
                    if error.status == 404:
                        return None
                    raise

        return answered(get())

    def job(self, name: str) -> str | None:
        return self.uid(f"/apis/batch/v1/namespaces/{SPACE}/jobs/{name}")

    def pod(self, name: str) -> str | None:
        return self.uid(f"/api/v1/namespaces/{SPACE}/pods/{name}")

    def until_gone(self, *jobs: str) -> None:
        """Until their TTL has removed them."""
        late = time.monotonic() + WAIT_SECONDS
        while any(map(self.job, jobs)):
            assert time.monotonic() < late, jobs


@pytest.fixture
def live(plane: Plane) -> Live:
    return Live(plane)


@pytest.fixture
def repository(tmp_path: Any, plane: Plane) -> Iterator[Clone]:
    """A repository with one application, not deployed."""
    made = clone(tmp_path / "repository", plane.kubeconfig)
    made.applications(shop=SPACE)
    yield made
    made.destroy()


def lay(made: Clone, documents: Mapping[str, Document]) -> None:
    made.write("manifests/shop/all.yaml", yaml.safe_dump_all(documents.values()))


def steps(deployed: Mapping[str, Any]) -> list[str]:
    """The names of what a run changed, in the order that it began."""
    return [step["name"].removeprefix(f"{SPACE}/") for step in deployed["steps"]]


def refused(made: Clone) -> Finished:
    done = made.onestack("deploy", made.stack)
    assert done.code == 1, done.err
    return done


def test_hooks_run_around_the_release_and_again_only_when_it_changes(repository: Clone, live: Live) -> None:
    documents = shop()
    lay(repository, documents)
    first = steps(repository.deploy())
    record = first.index("onestack-system/onestack-release-test")
    chain = ["settings", "prepare", "migrate", "once", "web"]
    assert sorted(chain, key=first.index) == chain
    assert first.index("once") < first.index("rest") < record
    assert first[record + 1 :] == ["announce", "warm"]
    limited = [one["urn"].rpartition("/")[2] for one in repository.state() if one.get("customTimeouts")]
    assert sorted(limited) == ["announce", "migrate", "once", "prepare", "warm"]
    assert not {"try-job", "try-pod", "gone"} & set(first)

    # Nothing changed: Jobs that their TTL removed are no change and stay away.
    live.until_gone("migrate", "ordinary")
    prepared, once, announced = (live.job(name) for name in ("prepare", "once", "announce"))
    assert repository.planned() == {}
    assert repository.deploy()["steps"] == []
    assert live.job("migrate") is None
    assert live.job("prepare") == prepared

    # Its content changed: its hooks run again, what needn't change stays.
    documents["settings"]["data"] = {"a": "2"}
    lay(repository, documents)
    hooks = ("prepare", "migrate", "announce", "warm")
    planned = {f"Job {SPACE}/{name}": "replace" for name in hooks}
    assert repository.planned() == {**planned, f"ConfigMap {SPACE}/settings": "update", RECORD: "update"}
    repository.deploy()
    assert live.job("prepare") not in {prepared, None}
    assert live.job("announce") not in {announced, None}
    assert live.job("once") == once
    assert repository.planned() == {}


@pytest.mark.torture
def test_a_hook_that_fails_ends_the_deployment_and_the_next_one_tries_again(
    repository: Clone, live: Live
) -> None:
    documents = shop()
    documents["announce"] = job("announce", "post-install", simulate="fail")
    documents["migrate"] = job("migrate", "pre-install", simulate="fail", ttlSecondsAfterFinished=1)
    lay(repository, documents)
    said = refused(repository).err
    assert "1 hook failed on stack 'test'" in said
    assert f"Job {SPACE}/migrate: " in said
    assert "backoff limit" in said
    assert live.uid(f"/apis/apps/v1/namespaces/{SPACE}/deployments/web") is None
    live.until_gone("migrate")

    # It failed and is gone; unchanged, it runs again.
    assert f"Job {SPACE}/migrate: " in refused(repository).err
    documents["migrate"] = job("migrate", "pre-install", ttlSecondsAfterFinished=1)
    lay(repository, documents)
    said = refused(repository).err
    assert f"Job {SPACE}/announce: failed: BackoffLimitExceeded" in said
    assert "container a: Error, exit code 1" in said
    assert live.job("warm") is None
    announced = live.job("announce")
    assert f"Job {SPACE}/announce: failed" in repository.onestack("verify", "test").err

    # What failed is tried again although nothing changed.
    refused(repository)
    assert live.job("announce") not in {announced, None}
    documents["announce"] = job("announce", "post-install")
    lay(repository, documents)
    repository.deploy()
    assert live.job("warm") is not None
    assert repository.planned() == {}


@pytest.mark.torture
@pytest.mark.parametrize("told", [signal.SIGKILL, signal.SIGTERM])
def test_a_hook_that_was_running_when_its_run_was_ended_runs_again(
    repository: Clone, live: Live, told: signal.Signals
) -> None:
    documents = shop()
    documents["migrate"] = job("migrate", "pre-install", simulate="never-ready")
    lay(repository, documents)
    victim = subprocess.Popen(
        [sys.executable, "-m", "onestack", "deploy", "test"],
        cwd=repository.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    late = time.monotonic() + WAIT_SECONDS
    while live.job("migrate") is None:
        assert time.monotonic() < late
        assert victim.poll() is None
    if told == signal.SIGKILL:
        kill_tree(victim)
    else:
        os.kill(victim.pid, told)
        assert victim.wait(WAIT_SECONDS) == 130
    interrupted = live.job("migrate"), live.job("prepare")
    # Its pods' template is another one now, which a Job can't be given.
    documents["migrate"] = job("migrate", "pre-install")
    documents["settings"]["data"] = {"a": "2"}
    lay(repository, documents)
    done = repository.onestack("deploy", "test")
    assert done.code == 0, done.err
    died = "deleting hooks that a run that died left, to run them again: "
    assert (died in done.err) == (told == signal.SIGKILL)
    assert not {live.job("migrate"), live.job("prepare")} & {*interrupted, None}
    assert repository.planned() == {}


def test_hooks_after_the_release_wait_until_it_is_ready(repository: Clone, live: Live) -> None:
    documents = shop()
    documents["web"]["spec"]["template"]["metadata"]["annotations"] = {SIMULATE: "image-pull"}
    documents["web"]["spec"]["progressDeadlineSeconds"] = 1
    lay(repository, documents)
    assert f"Deployment {SPACE}/web" in refused(repository).err
    assert live.job("once") is not None
    assert live.job("announce") is None


def test_chart_tests_run_in_verify_and_leave_nothing(repository: Clone, live: Live) -> None:
    documents = shop()
    lay(repository, documents)
    done = repository.onestack("verify", "test", "--json")
    assert done.code == 1
    tests = done.document()["tests"]
    assert {test["state"] for test in tests} == {"not run"}

    repository.deploy()
    done = repository.onestack("verify", "test", "--json")
    assert done.code == 0, done.err
    assert [(test["object"], test["state"], test["message"]) for test in done.document()["tests"]] == [
        (f"Pod {SPACE}/try-pod", "passed", "ran to its end"),
        (f"Job {SPACE}/try-job", "passed", "complete"),
    ]
    assert live.job("try-job") is None
    assert live.pod("try-pod") is None

    # Other tests are no other release; a failed one fails the command and is named with its reason.
    documents["try-job"] = job("try-job", "test", simulate="fail")
    lay(repository, documents)
    assert repository.planned() == {}
    done = repository.onestack("verify", "test")
    assert done.code == 1
    assert f"test shop: Job {SPACE}/try-job: failed: failed: BackoffLimitExceeded" in done.err
    assert f"test shop: Pod {SPACE}/try-pod: passed" in done.err

    # Killed while a test runs, it leaves the test; interrupted, it doesn't. Neither is in the way.
    documents["try-pod"]["metadata"]["annotations"][SIMULATE] = "never-ready"
    documents["try-job"] = job("try-job", "test")
    lay(repository, documents)
    halfway(repository, live, signal.SIGKILL)
    assert live.pod("try-pod") is not None
    assert halfway(repository, live, signal.SIGTERM) == 130
    assert live.pod("try-pod") is None
    del documents["try-pod"]["metadata"]["annotations"][SIMULATE]
    lay(repository, documents)
    assert repository.onestack("verify", "test").code == 0


def halfway(made: Clone, live: Live, told: signal.Signals) -> int:
    """Ends `verify` while its first test, a new one, runs; its exit code."""
    before = live.pod("try-pod")
    victim = subprocess.Popen(
        [sys.executable, "-m", "onestack", "verify", made.stack],
        cwd=made.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    late = time.monotonic() + WAIT_SECONDS
    while live.pod("try-pod") in {before, None}:
        assert time.monotonic() < late
        assert victim.poll() is None
    os.kill(victim.pid, told)
    return victim.wait(WAIT_SECONDS)
