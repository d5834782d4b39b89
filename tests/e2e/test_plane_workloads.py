"""What real manifests need becomes ready on the simulated node, and goes away again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from onestack.local.plane import Plane
from onestack.local.plane.certificates import Pki
from onestack.local.plane.preparation import read_ports
from onestack.local.plane.probe import Probe

pytestmark = pytest.mark.e2e

NAMESPACE = "plane-workloads"
CORE = f"/api/v1/namespaces/{NAMESPACE}"
APPS = f"/apis/apps/v1/namespaces/{NAMESPACE}"
BATCH = f"/apis/batch/v1/namespaces/{NAMESPACE}"
NETWORK = f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}"


class Cluster:
    """Applies, reads and waits; nothing else."""

    def __init__(self, plane: Plane) -> None:
        ports = read_ports(plane.layout)
        assert ports is not None
        self.port = ports.apiserver
        self.probe = Probe(Pki(plane.layout.pki), "ca", "admin")

    def apply(self, path: str, api_version: str, kind: str, **content: Any) -> str:
        name = path.rsplit("/", 1)[1]
        body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **content}
        answer = self.probe.apply(self.port, path, body)
        assert answer.ok, answer.text
        return path

    def get(self, path: str) -> dict[str, Any]:
        return self.probe.get(self.port, path).json()

    def delete(self, path: str) -> None:
        answer = self.probe.delete(self.port, path)
        assert answer.ok, answer.text

    def gone(self, path: str) -> bool:
        return self.probe.get(self.port, path).status == 404

    def items(self, path: str) -> list[dict[str, Any]]:
        found = self.get(path)["items"]
        assert isinstance(found, list)
        return found


def eventually(what: str, check: Callable[[], object], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(plane: Plane) -> Iterator[Cluster]:
    """The shared plane with a namespace of this module's own, whose end is itself a test:
    it must go away with everything that is still in it."""
    found = Cluster(plane)
    found.apply(f"/api/v1/namespaces/{NAMESPACE}", "v1", "Namespace")
    eventually("its service account", lambda: found.get(f"{CORE}/serviceaccounts/default").get("metadata"))
    yield found
    found.delete(f"/api/v1/namespaces/{NAMESPACE}")
    eventually("the namespace is gone", lambda: found.gone(f"/api/v1/namespaces/{NAMESPACE}"))


def template(name: str, *, annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    metadata = {"labels": {"app": name}, "annotations": annotations or {}}
    return {
        "metadata": metadata,
        "spec": {"containers": [{"name": "main", "image": "example/main:1"}], **spec},
    }


def test_a_deployment_with_init_containers_and_selectors_becomes_ready(cluster: Cluster) -> None:
    pod = template(
        "web",
        nodeSelector={"kubernetes.io/os": "linux", "kubernetes.io/hostname": "onestack-node"},
        initContainers=[
            {"name": "prepare", "image": "example/prepare:1"},
            {"name": "sidecar", "image": "example/sidecar:1", "restartPolicy": "Always"},
        ],
        topologySpreadConstraints=[
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"app": "web"}},
            }
        ],
        readinessGates=[{"conditionType": "example.com/gate"}],
    )
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": pod}
    path = cluster.apply(f"{APPS}/deployments/web", "apps/v1", "Deployment", spec=spec)
    eventually("three are ready", lambda: cluster.get(path)["status"].get("readyReplicas") == 3)

    pods = cluster.items(f"{CORE}/pods?labelSelector=app%3Dweb")
    conditions = {entry["type"]: entry["status"] for entry in pods[0]["status"]["conditions"]}
    assert conditions["PodScheduled"] == conditions["Initialized"] == conditions["Ready"] == "True"
    assert len({pod["status"]["podIP"] for pod in pods}) == 3
    states = {entry["name"]: entry["state"] for entry in pods[0]["status"]["initContainerStatuses"]}
    assert "terminated" in states["prepare"]
    assert "running" in states["sidecar"]

    cluster.apply(
        f"{CORE}/services/web", "v1", "Service", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}
    )
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{NAMESPACE}/endpointslices"
    query = f"{slices}?labelSelector=kubernetes.io%2Fservice-name%3Dweb"
    eventually(
        "its endpoints", lambda: sum(len(part["endpoints"] or []) for part in cluster.items(query)) == 3
    )


def test_a_stateful_set_gets_its_volumes_and_they_are_reclaimed(cluster: Cluster) -> None:
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    pod = template("db")
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    spec = {
        "replicas": 2,
        "serviceName": "db",
        "selector": {"matchLabels": {"app": "db"}},
        "template": pod,
        "volumeClaimTemplates": [claim],
    }
    path = cluster.apply(f"{APPS}/statefulsets/db", "apps/v1", "StatefulSet", spec=spec)
    eventually("two are ready", lambda: cluster.get(path)["status"].get("readyReplicas") == 2)

    claims = cluster.items(f"{CORE}/persistentvolumeclaims")
    assert {entry["status"]["phase"] for entry in claims} == {"Bound"}
    volumes = [f"/api/v1/persistentvolumes/{entry['spec']['volumeName']}" for entry in claims]
    cluster.delete(path)
    eventually("its pods are gone", lambda: not cluster.items(f"{CORE}/pods?labelSelector=app%3Ddb"))
    for entry in claims:
        cluster.delete(f"{CORE}/persistentvolumeclaims/{entry['metadata']['name']}")
    eventually("the volumes are gone", lambda: all(map(cluster.gone, volumes)))


def test_a_daemon_set_runs_on_the_node(cluster: Cluster) -> None:
    spec = {"selector": {"matchLabels": {"app": "agent"}}, "template": template("agent", hostNetwork=True)}
    path = cluster.apply(f"{APPS}/daemonsets/agent", "apps/v1", "DaemonSet", spec=spec)
    eventually("one is ready", lambda: cluster.get(path)["status"].get("numberReady") == 1)


def test_a_job_completes(cluster: Cluster) -> None:
    spec = {"completions": 2, "parallelism": 2, "template": template("once", restartPolicy="Never")}
    path = cluster.apply(f"{BATCH}/jobs/once", "batch/v1", "Job", spec=spec)
    eventually("two have succeeded", lambda: cluster.get(path)["status"].get("succeeded") == 2)
    eventually("it is complete", lambda: cluster.get(path)["status"].get("completionTime"))


@pytest.mark.parametrize(
    ("simulated", "phase", "reason"),
    [
        ("image-pull", "Pending", "ImagePullBackOff"),
        ("crash-loop", "Running", "CrashLoopBackOff"),
        ("never-ready", "Running", None),
        ("fail", "Failed", "Error"),
    ],
)
def test_failures_can_be_simulated(cluster: Cluster, simulated: str, phase: str, reason: str | None) -> None:
    path = f"{CORE}/pods/{simulated}"
    body = template(simulated, restartPolicy="Never")
    answer = cluster.probe.apply(
        cluster.port,
        path,
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": simulated, "annotations": {"onestack.dev/simulate": simulated}},
            "spec": body["spec"],
        },
    )
    assert answer.ok, answer.text
    eventually("it has a status", lambda: cluster.get(path)["status"].get("containerStatuses"))
    status = cluster.get(path)["status"]
    [container] = status["containerStatuses"]
    [state] = container["state"].values()
    assert (status["phase"], container["ready"], state.get("reason")) == (phase, False, reason)


def test_a_load_balancer_gets_an_address_and_loses_it_with_its_type(cluster: Cluster) -> None:
    path = f"{CORE}/services/public"
    cluster.apply(path, "v1", "Service", spec={"type": "LoadBalancer", "ports": [{"port": 80}]})
    eventually("it has an address", lambda: cluster.get(path)["status"]["loadBalancer"].get("ingress"))
    [ingress] = cluster.get(path)["status"]["loadBalancer"]["ingress"]
    assert ingress["ip"].startswith("203.0.113.")
    cluster.apply(path, "v1", "Service", spec={"type": "ClusterIP", "ports": [{"port": 80}]})
    eventually("it has none", lambda: not cluster.get(path)["status"]["loadBalancer"].get("ingress"))


def test_an_ingress_gets_an_address(cluster: Cluster) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    path = cluster.apply(
        f"{NETWORK}/ingresses/public", "networking.k8s.io/v1", "Ingress", spec={"defaultBackend": backend}
    )
    eventually("it has an address", lambda: cluster.get(path)["status"]["loadBalancer"].get("ingress"))
    assert cluster.get(path)["status"]["loadBalancer"]["ingress"] == [{"ip": "203.0.113.1"}]


def test_a_deleted_pod_goes_at_once_and_one_with_a_finalizer_when_that_is_gone(cluster: Cluster) -> None:
    plain, held = f"{CORE}/pods/plain", f"{CORE}/pods/held"
    for path, finalizers in ((plain, []), (held, ["example.com/held"])):
        metadata = {"name": path.rsplit("/", 1)[1], "finalizers": finalizers}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template("x")["spec"]}
        assert cluster.probe.apply(cluster.port, path, body).ok
        eventually("it runs", lambda path=path: cluster.get(path)["status"].get("phase") == "Running")  # type: ignore[misc]  # mypy can't infer a lambda with a default
        cluster.delete(path)
    eventually("the plain one is gone", lambda: cluster.gone(plain))
    assert cluster.get(held)["metadata"]["deletionTimestamp"]
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "held"}, "spec": template("x")["spec"]}
    assert cluster.probe.apply(cluster.port, held, body).ok
    eventually("the held one is gone", lambda: cluster.gone(held))


def test_logs_are_refused_at_once_for_there_are_none(cluster: Cluster) -> None:
    path = f"{CORE}/pods/silent"
    cluster.apply(path, "v1", "Pod", spec=template("silent")["spec"])
    eventually("it runs", lambda: cluster.get(path)["status"].get("phase") == "Running")
    answer = cluster.probe.get(cluster.port, f"{path}/log")
    assert answer.status == 500
    assert "no preferred addresses found" in answer.text
