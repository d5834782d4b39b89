"""The order of manifests as a value: edges with reasons, waves, circles."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.errors import DependencyCycle, InvalidManifests
from onestack.manifests.manifest import Identity, Location, Manifest
from onestack.manifests.order import awaited, dependencies, waves


def manifest(
    api_version: str, kind: str, name: str, namespace: str | None = "shop", /, **body: Any
) -> Manifest:
    after = body.pop("after", None)
    metadata = {"name": name} | ({"annotations": {"config.kubernetes.io/depends-on": after}} if after else {})
    content = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}
    return Manifest("app", api_version, kind, name, namespace, content, Location("f.yaml", 1, 1))


def labelled(kind: str, name: str, namespace: str = "shop", **labels: str) -> Manifest:
    return manifest("apps/v1", kind, name, namespace, spec={"template": {"metadata": {"labels": labels}}})


def edges(*manifests: Manifest) -> set[tuple[str, str, str]]:
    needs = dependencies(manifests)
    return {(str(at), str(edge.to), edge.reason) for at, found in needs.items() for edge in found}


SHOP = manifest("v1", "Namespace", "shop", None)
WEB = labelled("Deployment", "web", app="web", tier="front")
SERVICE = manifest("v1", "Service", "web", spec={"selector": {"app": "web"}})
CRD = manifest(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "books.example.com",
    None,
    spec={"group": "example.com", "names": {"kind": "Book"}},
)
CLIENT = {"clientConfig": {"service": {"namespace": "shop", "name": "web"}}}


def test_a_namespace_goes_before_what_lives_in_it() -> None:
    assert edges(WEB, SHOP) == {("Deployment.apps shop/web", "Namespace shop", "its namespace")}
    assert edges(WEB) == set()


def test_a_crd_goes_before_objects_of_its_kind() -> None:
    book = manifest("example.com/v2", "Book", "a")
    other = manifest("other.com/v1", "Book", "a")
    defined = ("Book.example.com shop/a", "CustomResourceDefinition.apiextensions.k8s.io books.example.com")
    assert edges(book, other, CRD) == {(*defined, "defines its kind")}


def test_what_a_webhook_calls_goes_before_it() -> None:
    group = "admissionregistration.k8s.io/v1"
    hook = manifest(group, "ValidatingWebhookConfiguration", "hook", None, webhooks=[CLIENT, {}, 1])
    elsewhere = labelled("Deployment", "web", "other", app="web")
    unrelated = labelled("DaemonSet", "agent", app="agent")
    at = "ValidatingWebhookConfiguration.admissionregistration.k8s.io hook"
    assert edges(hook, SERVICE, WEB, elsewhere, unrelated) == {
        (at, "Service shop/web", "answers for it"),
        (at, "Deployment.apps shop/web", "answers for it"),
    }


def test_what_serves_an_aggregated_api_goes_before_it_and_it_before_its_objects() -> None:
    api = manifest(
        "apiregistration.k8s.io/v1",
        "APIService",
        "v1.metrics.example.com",
        None,
        spec={
            "group": "metrics.example.com",
            "version": "v1",
            "service": {"namespace": "shop", "name": "web"},
        },
    )
    item = manifest("metrics.example.com/v1", "Metric", "a")
    at = "APIService.apiregistration.k8s.io v1.metrics.example.com"
    assert edges(api, item, WEB, SERVICE) == {
        (at, "Service shop/web", "answers for it"),
        (at, "Deployment.apps shop/web", "answers for it"),
        ("Metric.metrics.example.com shop/a", at, "serves its kind"),
    }


def test_what_converts_a_kind_goes_before_its_objects_but_not_before_its_crd() -> None:
    spec = {**CRD.body["spec"], "conversion": {"webhook": CLIENT}}
    definition = manifest(CRD.api_version, CRD.kind, CRD.name, None, spec=spec)
    found = edges(definition, manifest("example.com/v1", "Book", "a"), WEB, SERVICE)
    assert {(at, to) for at, to, reason in found if reason == "converts its kind"} == {
        ("Book.example.com shop/a", "Service shop/web"),
        ("Book.example.com shop/a", "Deployment.apps shop/web"),
    }
    assert not any(at.startswith("CustomResourceDefinition") for at, _, _ in found)


def test_a_bare_pod_needs_its_account() -> None:
    pod = manifest("v1", "Pod", "a", spec={"serviceAccountName": "me"})
    account = manifest("v1", "ServiceAccount", "me")
    assert edges(pod, account) == {("Pod shop/a", "ServiceAccount shop/me", "its account")}
    assert edges(pod) == set()


def test_depends_on_names_what_goes_first() -> None:
    after = "/namespaces/shop/Service/web, apps/namespaces/shop/Deployment/web,/Namespace/shop"
    job = manifest("batch/v1", "Job", "a", after=after)
    reason = "config.kubernetes.io/depends-on"
    found = {(to, why) for at, to, why in edges(job, SERVICE, WEB, SHOP) if at == "Job.batch shop/a"}
    assert found == {
        ("Service shop/web", reason),
        ("Deployment.apps shop/web", reason),
        ("Namespace shop", "its namespace"),
    }


@pytest.mark.parametrize(
    "after", ["web", "apps/Deployment", "apps/x/shop/Deployment/web", "a/b/", ",", "a/b/c/d"]
)
def test_a_reference_that_is_none_is_refused(after: str) -> None:
    with pytest.raises(InvalidManifests, match=r"in config\.kubernetes\.io/depends-on names no object"):
        dependencies([manifest("v1", "ConfigMap", "a", after=after)])


def test_a_reference_to_nothing_here_is_refused() -> None:
    with pytest.raises(InvalidManifests, match="names Pod shop/b, which is not among the stack's manifests"):
        dependencies([manifest("v1", "ConfigMap", "a", after="/namespaces/shop/Pod/b")])


def test_a_circle_is_named_with_its_path_and_reasons() -> None:
    def reference(name: str) -> str:
        return f"/namespaces/shop/ConfigMap/{name}"

    circle = [manifest("v1", "ConfigMap", name, after=reference(to)) for name, to in ("ab", "bc", "cd", "db")]
    with pytest.raises(DependencyCycle) as raised:
        dependencies(circle)
    assert raised.value.path == (
        "ConfigMap shop/b",
        "ConfigMap shop/c",
        "ConfigMap shop/d",
        "ConfigMap shop/b",
    )
    assert "ConfigMap shop/d waits for ConfigMap shop/b: config.kubernetes.io/depends-on" in str(raised.value)


def test_an_object_that_waits_for_itself_is_a_circle() -> None:
    with pytest.raises(DependencyCycle):
        dependencies([manifest("v1", "Namespace", "a", None, after="/Namespace/a")])


def test_a_chain_may_be_longer_than_the_stack() -> None:
    count = 3000
    chain = [manifest("v1", "ConfigMap", "c0")]
    chain += [
        manifest("v1", "ConfigMap", f"c{at}", after=f"/namespaces/shop/ConfigMap/c{at - 1}")
        for at in range(1, count)
    ]
    assert len(dependencies(chain[::-1])) == count - 1


def test_waves_keep_the_given_order_and_hold_everything_once() -> None:
    book = manifest("example.com/v1", "Book", "a")
    given = [book, WEB, SERVICE, SHOP, CRD]
    needs = dependencies(given)
    assert waves(given, needs) == ((SHOP, CRD), (book, WEB, SERVICE))
    assert waves(given[:3], needs) == ((book, WEB, SERVICE),)  # what isn't there isn't waited for
    assert waves([], {}) == ()


def test_what_others_need_is_awaited_and_nothing_else() -> None:
    given = [WEB, SERVICE, SHOP, CRD, manifest("v1", "Namespace", "empty", None)]
    assert awaited(given, dependencies(given)) == {Identity("", "Namespace", None, "shop")}
