"""Names that Google takes, whatever the stack is called, and that change exactly when they have to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.gcp import names
from onestack.gcp.cluster import (
    REPLACING,
    cluster_identifier,
    cluster_name,
    key_ring_name,
    node_pool_name,
    subnet_name,
)
from onestack.gcp.node_pools import NodePool
from onestack.gcp.settings import GcpSettings

STACKS = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True).filter(
    lambda stack: not names.stack_faults(stack)
)
KUBERNETES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
BASE: dict[str, Any] = {
    "project": "acme-dev",
    "region": "europe-west4",
    "network": {"nodes": "10.10.0.0/20", "pods": "10.20.0.0/14", "services": "10.24.0.0/20"},
}


def made(**changed: Any) -> GcpSettings:
    """Settings that differ from the base only in what is given."""
    return GcpSettings.model_validate(BASE | changed)


@given(STACKS)
def test_all_names_are_as_google_wants_them(stack: str) -> None:
    for suffix in ("nodes", "preview", "deploy"):
        assert re.fullmatch(r"[a-z]([a-z0-9-]{4,28}[a-z0-9])", f"{stack}-{suffix}")
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", cluster_name(stack, made()))
    assert re.fullmatch(r"[a-z0-9-]{4,32}", f"{stack}-github")
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,63}", key_ring_name(stack, made()))


@given(STACKS, KUBERNETES, KUBERNETES)
def test_an_applications_account_has_an_id_that_google_takes(stack: str, namespace: str, name: str) -> None:
    account = names.application_account(stack, namespace, name)
    assert re.fullmatch(r"[a-z]([a-z0-9-]{4,28}[a-z0-9])", account)


def test_accounts_that_would_be_cut_to_the_same_id_are_different() -> None:
    ids = {
        names.application_account("dev", namespace, name)
        for namespace, name in (("a-b", "c"), ("a", "b-c"), ("a" * 40, "b"), ("a" * 40, "c"))
    }
    assert len(ids) == 4


CHANGES: list[tuple[str, dict[str, Any], bool]] = [
    ("generation", {"cluster": {"generation": 2}}, True),
    ("project", {"project": "acme-prod"}, True),
    ("location", {"cluster": {"location": "europe-west4-a"}}, True),
    ("region", {"region": "europe-west1"}, True),
    ("pods", {"network": BASE["network"] | {"pods": "10.28.0.0/14"}}, True),
    ("services", {"network": BASE["network"] | {"services": "10.25.0.0/20"}}, True),
    ("moved nodes", {"network": BASE["network"] | {"nodes": "10.12.0.0/20"}}, True),
    ("more nodes", {"network": BASE["network"] | {"nodes": "10.10.0.0/19"}}, False),
    ("channel", {"cluster": {"channel": "stable"}}, False),
    ("maintenance", {"cluster": {"maintenance": {"start": "04:00"}}}, False),
    ("networks", {"cluster": {"authorizedNetworks": {"a": "203.0.113.0/24"}}}, False),
    ("endpoint", {"cluster": {"authorizedNetworks": {"a": "203.0.113.0/24"}, "endpoint": "ip"}}, False),
    ("node pools", {"nodePools": {"default": {"max": 9}, "more": {}}}, False),
    ("protection", {"protected": False}, False),
    ("location said", {"cluster": {"location": "europe-west4"}}, False),
]


@pytest.mark.parametrize(
    ("changed", "replaced"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES]
)
def test_a_cluster_has_another_name_exactly_when_it_is_replaced(
    changed: dict[str, Any], *, replaced: bool
) -> None:
    assert (cluster_name("dev", made(**changed)) != cluster_name("dev", made())) == replaced
    assert (cluster_identifier("dev", made(**changed)) != cluster_identifier("dev", made())) == replaced


def test_the_identifier_tells_where_the_cluster_is() -> None:
    name = cluster_name("dev", made())
    assert re.fullmatch(r"dev-[a-z2-7]{4}", name)
    assert cluster_identifier("dev", made()) == f"gcp/acme-dev/europe-west4/{name}"


def test_every_setting_that_replaces_is_listed() -> None:
    assert len(REPLACING) == sum(replaced for _, _, replaced in CHANGES)


def test_two_stacks_have_clusters_of_different_names() -> None:
    assert cluster_name("dev", made()) != cluster_name("staging", made())


def test_a_subnet_that_grows_keeps_its_name_and_one_that_moves_does_not() -> None:
    base, larger, moved = made(), made(**CHANGES[7][1]), made(**CHANGES[6][1])
    name = subnet_name("dev", "europe-west4", base.network)
    assert subnet_name("dev", "europe-west4", larger.network) == name
    assert subnet_name("dev", "europe-west4", moved.network) != name


def test_a_node_pool_has_another_name_when_it_is_replaced() -> None:
    pool = NodePool()
    name = node_pool_name("default", pool, "dev-aaaa")
    assert node_pool_name("default", NodePool(max=9, machine_type="n2-standard-4"), "dev-aaaa") == name
    assert node_pool_name("default", NodePool(spot=True), "dev-aaaa") != name
    assert node_pool_name("default", pool, "dev-bbbb") != name
