"""What the stacks have at Google: what protects, what waits, what comes of it. Graphs: `test_environment`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.program.clouds import STACKS, Resource, clouds, settings_of
from tests.program.rules import CARRYING

ALLOWED = CARRYING | {
    "gcp:projects/service:Service",
    "gcp:projects/serviceIdentity:ServiceIdentity",
    "gcp:projects/iAMMember:IAMMember",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:compute/firewall:Firewall",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:serviceaccount/account:Account",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
}
"""All that the simulation knows."""


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    """What each stack declares."""
    found = clouds([(stack, settings_of(stack)) for stack in STACKS])
    return dict(zip(STACKS, found, strict=True))


def google(cloud: dict[str, Any]) -> list[Resource]:
    """The resources at Google, without components and the provider."""
    return [one for one in cloud["resources"] if one["type"].startswith("gcp:")]


def short(resource: Resource) -> str:
    """As other resources name it."""
    return f"{resource['type']} {resource['name']}"


@pytest.mark.parametrize("stack", STACKS)
def test_only_types_that_the_simulation_knows_are_used(made: dict[str, dict[str, Any]], stack: str) -> None:
    assert {one["type"] for one in google(made[stack])} == ALLOWED


@pytest.mark.parametrize("stack", STACKS)
def test_what_holds_data_or_carries_others_is_protected_where_the_stack_is(
    made: dict[str, dict[str, Any]], stack: str
) -> None:
    protected = {one["type"] for one in google(made[stack]) if one.get("protect")}
    unprotected = {one["type"] for one in google(made[stack]) if not one.get("protect")}
    assert protected == (set() if stack == "dev" else CARRYING)
    assert not (protected & unprotected)
    cluster = next(one for one in google(made[stack]) if one["name"] == "cluster")
    assert cluster["inputs"]["deletionProtection"] == (stack != "dev")


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_replaced_is_made_before_the_old_goes(made: dict[str, dict[str, Any]], stack: str) -> None:
    assert [short(one) for one in google(made[stack]) if not one.get("createBeforeDelete")] == []


@pytest.mark.parametrize("stack", STACKS)
def test_everything_stands_behind_the_services(made: dict[str, dict[str, Any]], stack: str) -> None:
    resources = {short(one): one for one in google(made[stack])}

    def services(name: str) -> bool:
        one = resources[name]
        return one["type"] == "gcp:projects/service:Service" or any(
            services(needed) for needed in one.get("dependsOn", ()) if needed in resources
        )

    assert [name for name in resources if not services(name)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_node_pools_stand_behind_the_cluster_and_it_behind_its_network_and_key(
    made: dict[str, dict[str, Any]], stack: str
) -> None:
    for one in google(made[stack]):
        needed = " ".join(one.get("dependsOn", ()))
        if one["type"] == "gcp:container/nodePool:NodePool":
            assert "gcp:container/cluster:Cluster cluster" in needed
        if one["type"] == "gcp:container/cluster:Cluster":
            assert "Subnetwork subnet" in needed
            assert "RouterNat nat" in needed
            assert "CryptoKeyIAMMember gke-uses-key" in needed
            assert "CryptoKeyIAMMember compute-uses-key" in needed


def test_all_resources_go_through_the_stacks_own_provider(made: dict[str, dict[str, Any]]) -> None:
    for cloud in made.values():
        assert {one["provider"] for one in google(cloud)} == {"pulumi:providers:gcp google"}


def test_the_stacks_share_no_project_and_no_range(made: dict[str, dict[str, Any]]) -> None:
    subnets = [
        one["inputs"]
        for cloud in made.values()
        for one in google(cloud)
        if one["type"] == "gcp:compute/subnetwork:Subnetwork"
    ]
    ranges = [
        found
        for subnet in subnets
        for found in (subnet["ipCidrRange"], *(one["ipCidrRange"] for one in subnet["secondaryIpRanges"]))
    ]
    assert len(set(ranges)) == 9
    assert len({subnet["project"] for subnet in subnets}) == 3


def test_what_comes_of_it_reaches_the_cluster_by_its_dns_name(made: dict[str, dict[str, Any]]) -> None:
    outputs = made["prod"]["outputs"]
    assert outputs["identifier"] == f"gcp/acme-shop-prod/europe-west4/{outputs['cluster']}"
    assert outputs["dnsEndpoint"] == f"gke-{outputs['cluster']}.gke.goog"
    kubeconfig = yaml.safe_load(outputs["kubeconfig"])
    assert kubeconfig["clusters"][0]["cluster"] == {"server": f"https://{outputs['dnsEndpoint']}"}
    assert outputs["kubeconfigIsSecret"]
    assert not outputs["caIsSecret"]
    assert outputs["registry"] == "europe-west4-docker.pkg.dev/acme-shop-prod/prod"
    assert [name.rpartition("-")[0] for name in outputs["pools"]] == ["batch", "default"]
    assert list(outputs["identities"]) == ["bookshop/orders"]


def test_an_address_is_used_where_that_is_asked_for() -> None:
    cluster = {"endpoint": "ip", "authorizedNetworks": {"office": "203.0.113.0/24"}}
    settings = settings_of("staging") | {"cluster": cluster, "github": None, "identities": {}}
    (found,) = clouds([("staging", settings)])
    reached = yaml.safe_load(found["outputs"]["kubeconfig"])["clusters"][0]["cluster"]
    assert reached == {"server": "https://203.0.113.9", "certificate-authority-data": "UEVN"}
    inputs = next(one for one in google(found) if one["name"] == "cluster")["inputs"]
    assert inputs["masterAuthorizedNetworksConfig"]["cidrBlocks"] == [
        {"cidrBlock": "203.0.113.0/24", "displayName": "office"}
    ]
    assert inputs["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": False},
        "ipEndpointsConfig": {"enabled": True},
    }
    assert found["outputs"]["github"] is None


def test_the_deployer_gives_only_roles_that_the_stack_gives(made: dict[str, dict[str, Any]]) -> None:
    givers = [
        one["inputs"]
        for one in google(made["prod"])
        if one["inputs"].get("role") == "roles/resourcemanager.projectIamAdmin"
    ]
    (expression,) = [one["condition"]["expression"] for one in givers]
    changed, _, roles = expression.partition(".hasOnly")
    assert changed == "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"
    assert roles == "(['roles/cloudtrace.agent', 'roles/container.defaultNodeServiceAccount'])"


def test_many_roles_are_listed_in_conditions_of_ten(made: dict[str, dict[str, Any]]) -> None:
    roles = [f"roles/pubsub.role{number}" for number in range(12)]
    (found,) = clouds([("prod", settings_of("prod") | {"identities": {"a/b": roles}})])
    lists = [
        one["inputs"]["condition"]["expression"].count("roles/")
        for one in google(found)
        if "condition" in one["inputs"]
    ]
    assert sorted(lists) == [3, 10]
