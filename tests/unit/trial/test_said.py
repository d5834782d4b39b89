"""What failures say by object, and what a trial can't see."""

from __future__ import annotations

from typing import Any

from onestack.errors import EngineFailed, InvalidSettings, NotReady
from onestack.manifests.manifest import Location, Manifest
from onestack.manifests.scope import Kind
from onestack.settings import Settings
from onestack.trial import Said
from onestack.trial.looking import definition
from onestack.trial.said import LONGEST, cut, not_ready, refused
from onestack.trial.unseen import unseen


def manifest(api_version: str, kind: str, name: str = "web", **content: Any) -> Manifest:
    body = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name, "namespace": "shop"},
        **content,
    }
    return Manifest("shop", api_version, kind, name, "shop", body, Location("a.yaml", 1, 1))


WEB = manifest("apps/v1", "Deployment")
SERVICE = manifest("v1", "Service", spec={"type": "LoadBalancer"})
REPORTED = 'the Kubernetes API server reported that "shop/web" failed to fully initialize or become live: '


def test_refusals_are_named_by_the_engine_and_by_the_server() -> None:
    said = (
        'Service shop/db: Service "db" is invalid: spec.clusterIP',
        f'1 error occurred:\n\t* {REPORTED}Deployment.apps "web" is invalid: spec.selector',
    )
    error = EngineFailed("up", "test", said, "")
    verdicts = [
        Said("ResourceQuota shop/web", "must not be negative"),
        Said("Service shop/db", "the same again"),
    ]
    assert refused(error, (WEB, SERVICE), verdicts) == (
        Said("Service shop/db", 'Service "db" is invalid: spec.clusterIP'),
        Said("Deployment shop/web", 'Deployment.apps "web" is invalid: spec.selector'),
        Said("ResourceQuota shop/web", "must not be negative"),
    )


def test_one_of_several_of_a_name_is_not_guessed() -> None:
    error = EngineFailed("up", "test", (f"{REPORTED}the server is busy",), "")
    assert refused(error, (WEB, SERVICE), ()) == (Said("shop/web", "the server is busy"),)


def test_what_is_not_ready_is_named() -> None:
    report = "1 of 2 objects not ready; stopped after 3 s\n  Deployment.apps shop/web: image can't be pulled"
    assert not_ready(NotReady("test", report)) == (Said("Deployment shop/web", "image can't be pulled"),)
    other = InvalidSettings("stacks/Pulumi.test.yaml", [])
    assert not_ready(other) == refused(other, (), [Said("a", "b")]) == ()


def test_long_texts_are_cut() -> None:
    assert len(cut("x" * 9_000)) == LONGEST
    assert cut("short") == "short"


def settings(platform: str = "embedded", **manifests: Any) -> Settings:
    more = {"kubeconfig": {"path": "k"}} if platform == "kubeconfig" else {}
    return Settings.model_validate(
        {"stack": "test", "platform": platform, "manifests": {"applications": {}, **manifests}, **more}
    )


def test_what_a_trial_can_not_see_is_listed() -> None:
    hook = manifest("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")
    secret = manifest("v1", "Secret", stringData={"a": "${secrets:token}"})
    certificate = manifest("cert-manager.io/v1", "Certificate")
    known = settings("kubeconfig", knownKinds={"Certificate.cert-manager.io": "Namespaced"})
    objects = (WEB, SERVICE, hook, secret, certificate)
    found = unseen(known, objects, own_secrets=False)
    assert [one.object for one in found] == [
        "the cluster's own",
        "containers and traffic to pods",
        "Certificate.cert-manager.io",
        "Certificate.cert-manager.io",
        "load balancers",
        "webhooks",
        "secret values",
    ]
    assert "Service shop/web" in found[4].text
    assert unseen(settings(), (secret,), own_secrets=True) == ()


def test_a_kind_from_elsewhere_is_taken_with_any_fields() -> None:
    made = definition(Kind("x.k8s.io", "Thing", ("v2", "v1"), namespaced=False))
    assert made["metadata"]["name"] == "things.x.k8s.io"
    assert "api-approved.kubernetes.io" in made["metadata"]["annotations"]
    assert made["spec"]["scope"] == "Cluster"
    assert [(one["name"], one["storage"]) for one in made["spec"]["versions"]] == [
        ("v2", True),
        ("v1", False),
    ]
    assert definition(Kind("a.b", "Thing", (), namespaced=True))["spec"]["versions"][0]["name"] == "v1"
