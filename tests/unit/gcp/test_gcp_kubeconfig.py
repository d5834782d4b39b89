"""A kubeconfig without a secret, and the cluster as a state holds it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from onestack.gcp.kubeconfig import kubeconfig
from onestack.gcp.state import CLUSTER, GkeCluster, cluster_in, going

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
OUTPUTS: dict[str, Any] = {
    "name": "dev-aaaa",
    "project": "acme-dev",
    "location": "europe-west4",
    "endpoint": "203.0.113.9",
    "controlPlaneEndpointsConfig": {
        "dnsEndpointConfig": {"allowExternalTraffic": True, "endpoint": "gke-1.europe-west4.gke.goog"}
    },
    "masterAuth": {"clusterCaCertificate": "UEVN", "clientKey": {**SECRET, "ciphertext": "x"}},
}


def resource(outputs: object = None, **more: Any) -> dict[str, Any]:
    """A cluster in a state."""
    return {"type": CLUSTER, "outputs": OUTPUTS if outputs is None else outputs, **more}


def test_the_plugin_is_asked_whenever_a_token_is_needed() -> None:
    document = yaml.safe_load(kubeconfig("dev-aaaa", "gke-1.europe-west4.gke.goog", None))
    assert document["current-context"] == "dev-aaaa"
    assert document["clusters"][0]["cluster"] == {"server": "https://gke-1.europe-west4.gke.goog"}
    user = document["users"][0]["user"]
    assert list(user) == ["exec"]
    assert user["exec"].pop("installHint").startswith("install gke-gcloud-auth-plugin")
    assert user["exec"] == {
        "args": ["--use_application_default_credentials"],
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "gke-gcloud-auth-plugin",
        "interactiveMode": "Never",
        "provideClusterInfo": True,
    }


@pytest.mark.parametrize("server", ["203.0.113.9", "127.0.0.1:4443", "https://203.0.113.9"])
def test_an_address_comes_with_its_certificate(server: str) -> None:
    cluster = json.loads(kubeconfig("a", server, "UEVN"))["clusters"][0]["cluster"]
    assert cluster["certificate-authority-data"] == "UEVN"
    assert cluster["server"] == "https://" + server.removeprefix("https://")


def test_the_cluster_of_a_state_is_found_by_its_dns_name() -> None:
    found = cluster_in([{"type": "pulumi:pulumi:Stack"}, resource()])
    assert found == GkeCluster(
        "dev-aaaa", "acme-dev", "europe-west4", "203.0.113.9", "gke-1.europe-west4.gke.goog", "UEVN"
    )
    assert found.identifier == "gcp/acme-dev/europe-west4/dev-aaaa"
    text = found.kubeconfig()
    assert text is not None
    assert "gke-1.europe-west4.gke.goog" in text
    assert "UEVN" not in text


def test_a_dns_name_that_is_closed_to_us_is_not_taken() -> None:
    closed = {"dnsEndpointConfig": {"allowExternalTraffic": False, "endpoint": "x.gke.goog"}}
    found = cluster_in([resource(OUTPUTS | {"controlPlaneEndpointsConfig": closed})])
    assert found is not None
    text = found.kubeconfig()
    assert text is not None
    assert "https://203.0.113.9" in text
    assert "UEVN" in text


def test_the_one_that_waits_for_its_deletion_is_not_it() -> None:
    old = resource(OUTPUTS | {"name": "dev-old"}, delete=True)
    for resources in ([old, resource()], [resource(), old]):
        found = cluster_in(resources)
        assert found is not None
        assert found.name == "dev-aaaa"
    assert cluster_in([old]) is None


@pytest.mark.parametrize("given", [[], [{}], [{"type": CLUSTER}], [resource({})], [resource({"name": "x"})]])
def test_no_cluster_is_found_where_none_was_finished(given: list[dict[str, Any]]) -> None:
    assert cluster_in(given) is None


def test_what_is_secret_is_read_only_where_it_was_exported_in_plain_text() -> None:
    plain = {**SECRET, "plaintext": json.dumps({"clusterCaCertificate": "UEVN"})}
    encrypted = {**SECRET, "ciphertext": "v1:abc"}
    for held, ca in ((plain, "UEVN"), (encrypted, None)):
        found = cluster_in([resource(OUTPUTS | {"masterAuth": held})])
        assert found is not None
        assert found.ca == ca


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [("deleting", "dev-aaaa", True), ("deleting", "dev-bbbb", False), ("updating", "dev-aaaa", False)],
)
def test_a_cluster_that_was_being_deleted_is_not_counted_on(kind: str, name: str, *, expected: bool) -> None:
    cluster = cluster_in([resource()])
    assert cluster is not None
    inputs = {"name": name, "project": cluster.project, "location": cluster.location}
    begun = {"type": kind, "resource": {"type": CLUSTER, "inputs": inputs}}
    assert going([{"type": "deleting"}, begun], cluster) is expected
