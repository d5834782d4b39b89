"""Hooks in the order: who waits for whom, and what can't wait for anything."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.errors import DependencyCycle, InvalidManifests
from onestack.manifests.awaiting import instructed
from onestack.manifests.hooks import split
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.order import awaited, dependencies
from onestack.manifests.waves import AFTER, order_rows, waves

Edges = set[tuple[str, str, str]]

BEFORE = "a hook that runs before its application"
PREVIOUS = "the hook before it"
DEPENDS_ON = "config.kubernetes.io/depends-on"


def manifest(
    api_version: str, kind: str, name: str, namespace: str | None = "shop", /, **body: Any
) -> Manifest:
    annotations = body.pop("annotations", {})
    application = body.pop("application", "shop")
    metadata = {"name": name, "annotations": annotations}
    content = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}
    return Manifest(application, api_version, kind, name, namespace, content, Location("f.yaml", 1, 1))


def job(name: str, events: str = "", weight: int = 0, /, **body: Any) -> Manifest:
    annotations = {"helm.sh/hook": events, "helm.sh/hook-weight": str(weight)} if events else {}
    annotations |= body.pop("annotations", {})
    spec = body.pop("spec", {"template": {"spec": body.pop("pod", {})}})
    return manifest("batch/v1", "Job", name, annotations=annotations, spec=spec, **body)


def config(name: str, /, **body: Any) -> Manifest:
    return manifest("v1", "ConfigMap", name, **body)


def after(*targets: str) -> dict[str, str]:
    return {DEPENDS_ON: ",".join(targets)}


def edges(*manifests: Manifest) -> Edges:
    needs = dependencies(manifests)
    return {(at.name, edge.to.name, edge.reason) for at, found in needs.items() for edge in found}


SHOP = manifest("v1", "Namespace", "shop", None)
CRD = manifest(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "books.example.com",
    None,
    spec={"group": "example.com", "names": {"kind": "Book"}},
)


def test_hooks_before_run_one_after_the_other_and_then_all_else_goes() -> None:
    late, early, middle = (job(n, "pre-install", w) for n, w in (("late", 5), ("early", -5), ("middle", 0)))
    assert edges(config("a"), config("b"), late, early, middle) == {
        ("middle", "early", PREVIOUS),
        ("late", "middle", PREVIOUS),
        ("a", "late", BEFORE),
        ("b", "late", BEFORE),
    }


def test_another_application_waits_for_no_hook_of_this_one() -> None:
    other = config("other", application="other")
    own = job("own", "pre-install", application="other")
    assert edges(job("hook", "pre-install"), config("a"), other, own) == {
        ("a", "hook", BEFORE),
        ("other", "own", BEFORE),
    }


def test_no_namespace_waits_for_a_hook() -> None:
    elsewhere = manifest("v1", "Namespace", "elsewhere", None)
    assert edges(job("hook", "pre-install"), SHOP, elsewhere) == {("hook", "shop", "its namespace")}


def test_the_account_that_pods_have_by_default_is_needed_too() -> None:
    accounts = [manifest("v1", "ServiceAccount", name) for name in ("default", "other")]
    assert edges(job("hook", "pre-install"), *accounts) == {
        ("hook", "default", "its account"),
        ("other", "hook", BEFORE),
    }


def test_namespaces_and_crds_go_before_hooks() -> None:
    book = manifest("example.com/v1", "Book", "novel")
    assert edges(job("hook", "pre-install"), SHOP, CRD, book) == {
        ("hook", "shop", "its namespace"),
        ("hook", "books.example.com", "an application's CRDs go before its hooks"),
        ("novel", "shop", "its namespace"),
        ("novel", "books.example.com", "defines its kind"),
        ("novel", "hook", BEFORE),
    }


def test_what_a_hook_needs_goes_before_it_and_all_that_needs_itself() -> None:
    pod = {
        "serviceAccountName": "me",
        "priorityClassName": "high",
        "runtimeClassName": "sandbox",
        "imagePullSecrets": [{"name": "registry"}],
        "volumes": [
            {"configMap": {"name": "files"}},
            {"secret": {"secretName": "keys"}},
            {"persistentVolumeClaim": {"claimName": "data"}},
            {"projected": {"sources": [{"secret": {"name": "projected"}}, {"configMap": {"name": "late"}}]}},
        ],
        "containers": [{"envFrom": [{"configMapRef": {"name": "all"}}, {"secretRef": {"name": "token"}}]}],
        "initContainers": [
            {"env": [{"valueFrom": {"secretKeyRef": {"name": "one"}}}, {"name": "x", "value": "y"}]},
            {"env": [{"valueFrom": {"configMapKeyRef": {"name": "chained"}}}]},
        ],
    }
    secrets = [manifest("v1", "Secret", name) for name in ("registry", "keys", "projected", "token", "one")]
    role = manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "reader", None)
    binding = manifest(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "reads",
        roleRef={"kind": "ClusterRole", "name": "reader"},
        subjects=[{"kind": "ServiceAccount", "namespace": "shop", "name": "me"}, {"kind": "User"}, 1],
    )
    found = edges(
        job("hook", "pre-upgrade", pod=pod),
        *(config(name) for name in ("files", "all", "rest", "base")),
        config("chained", annotations=after("/namespaces/shop/ConfigMap/base")),
        config("late", annotations={"helm.sh/hook": "post-install"}),
        *secrets,
        role,
        binding,
        manifest("v1", "ServiceAccount", "me"),
        manifest("v1", "ServiceAccount", "other"),
        manifest("v1", "PersistentVolumeClaim", "data"),
        manifest("scheduling.k8s.io/v1", "PriorityClass", "high", None),
        manifest("node.k8s.io/v1", "RuntimeClass", "sandbox", None),
    )
    assert {(to, reason) for at, to, reason in found if at == "hook"} == {
        ("me", "its account"),
        ("reads", "grants its account rights"),
        ("reader", "its account's rights"),
        ("high", "its PriorityClass"),
        ("sandbox", "its RuntimeClass"),
        ("data", "its PersistentVolumeClaim"),
        *((name, "its ConfigMap") for name in ("files", "all", "chained")),
        *((one.name, "its Secret") for one in secrets),
    }
    assert {at for at, _, reason in found if reason == BEFORE} == {"rest", "other"}


def test_a_reference_that_is_a_hook_itself_goes_by_weight_alone() -> None:
    pod = {"volumes": [{"configMap": {"name": "script"}}]}
    script = config("script", annotations={"helm.sh/hook": "pre-install", "helm.sh/hook-weight": "1"})
    assert edges(job("hook", "pre-install", pod=pod), script) == {("script", "hook", PREVIOUS)}


def test_a_hook_that_needs_what_waits_for_it_is_a_circle() -> None:
    pod = {"volumes": [{"configMap": {"name": "settings"}}]}
    waits = config("settings", annotations=after("batch/namespaces/shop/Job/hook"))
    with pytest.raises(DependencyCycle) as raised:
        dependencies([job("hook", "pre-install", pod=pod), waits])
    assert "Job.batch shop/hook waits for ConfigMap shop/settings: its ConfigMap" in str(raised.value)
    assert f"ConfigMap shop/settings waits for Job.batch shop/hook: {DEPENDS_ON}" in str(raised.value)


def test_hooks_after_wait_for_each_other_and_nothing_else_of_the_set() -> None:
    first = job("first", "post-install", -1, annotations=after("/namespaces/shop/ConfigMap/a"))
    found = edges(job("second", "post-upgrade"), first, config("a"), SHOP)
    assert found == {("second", "first", PREVIOUS), ("a", "shop", "its namespace")}


def test_tests_and_hooks_that_never_run_need_nothing_and_nobody_waits_for_them() -> None:
    tested = job("test", "test", annotations=after("/namespaces/shop/ConfigMap/a"))
    assert edges(tested, job("gone", "pre-delete"), config("a"), SHOP) == {("a", "shop", "its namespace")}


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ("post-install", "which runs only after everything else is ready"),
        ("test", "which is a test and runs in 'onestack verify' only"),
        ("post-delete", "which is a hook that never runs"),
    ],
)
def test_nothing_can_wait_for_what_comes_later_or_never(events: str, why: str) -> None:
    waits = config("a", annotations=after("batch/namespaces/shop/Job/hook"))
    with pytest.raises(InvalidManifests, match=f"names Job.batch shop/hook, {why}"):
        dependencies([waits, job("hook", events)])


def test_an_owner_goes_before_what_it_owns() -> None:
    owned = config("owned")
    owners = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner"},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "name": "wide"},
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "elsewhere"},
        {"kind": 1},
    ]
    owned.body["metadata"]["ownerReferences"] = owners
    wide = manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "wide", None)
    assert edges(owned, config("owner"), wide) == {
        ("owned", "owner", "its owner"),
        ("owned", "wide", "its owner"),
    }
    owned.body["metadata"]["ownerReferences"] = 7
    assert edges(owned, config("owner")) == set()


def test_hooks_are_awaited_and_jobs_that_did_not_end_well_are_replaced() -> None:
    hook = job("hook", "post-install")
    annotations = instructed(hook, needed=False).body["metadata"]["annotations"]
    assert "pulumi.com/skipAwait" not in annotations
    assert annotations["pulumi.com/replaceUnready"] == "true"
    pod = manifest("v1", "Pod", "hook", annotations={"helm.sh/hook": "pre-install"})
    waits = instructed(pod, needed=False).body["metadata"]["annotations"]["pulumi.com/waitFor"]
    assert waits == "jsonpath={.status.phase}=Succeeded"
    ordinary = instructed(job("hook"), needed=False).body["metadata"]["annotations"]
    assert ordinary["pulumi.com/skipAwait"] == "true"
    assert "pulumi.com/replaceUnready" not in ordinary


def test_rows_say_the_wave_and_the_reasons() -> None:
    given = [config("a"), job("hook", "pre-install"), SHOP, job("last", "post-install")]
    phases = split(given)
    rows = order_rows((*phases.before, *phases.main), dependencies(given), phases.after)
    assert [(row["wave"], row["object"], row["needs"]) for row in rows] == [
        (1, "Namespace shop", []),
        (2, "Job.batch shop/hook", [{"object": "Namespace shop", "reason": "its namespace"}]),
        (
            3,
            "ConfigMap shop/a",
            [
                {"object": "Namespace shop", "reason": "its namespace"},
                {"object": "Job.batch shop/hook", "reason": BEFORE},
            ],
        ),
        (4, "Job.batch shop/last", [{"object": None, "reason": AFTER}]),
    ]
    assert rows[0] | {"needs": []} == {
        "wave": 1,
        "object": "Namespace shop",
        "apiVersion": "v1",
        "kind": "Namespace",
        "namespace": None,
        "name": "shop",
        "application": "shop",
        "needs": [],
    }


def test_the_number_of_edges_and_steps_grows_with_the_objects_only() -> None:
    count = 5000
    chain = [config("c0")]
    chain += [
        config(f"c{at}", annotations=after(f"/namespaces/shop/ConfigMap/c{at - 1}")) for at in range(1, count)
    ]
    hooks = [job(f"hook{at}", "pre-install", at) for at in range(100)]
    needs = dependencies([*chain, *hooks])
    assert sum(map(len, needs.values())) == 99 + count + count - 1
    assert len(waves([*chain, *hooks], needs)) == 100 + count
    assert len(awaited([*chain, *hooks], needs)) == 100 + count - 1


def test_waves_refuse_a_circle_that_nobody_looked_for() -> None:
    given = [config("a"), config("b")]
    needs = dependencies([config("a", annotations=after("/namespaces/shop/ConfigMap/b")), config("b")])
    (edge,) = needs[given[0].identity]
    back = {given[1].identity: (type(edge)(given[0].identity, "back"),)}
    with pytest.raises(DependencyCycle):
        waves(given, {**needs, **back})
