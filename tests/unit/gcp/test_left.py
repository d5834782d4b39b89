"""What a run that died was about to create in the cloud, and under which ids it may be there."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.gcp.left import left


def operation(kind: str, inputs: dict[str, Any], how: str = "creating") -> dict[str, Any]:
    """One of a state's pending operations."""
    urn = f"urn:pulumi:dev::onestack::{kind}::one"
    return {"type": how, "resource": {"urn": urn, "type": kind, "inputs": inputs}}


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("gcp:compute/network:Network", {"name": "dev"}, "projects/acme/global/networks/dev"),
        (
            "gcp:compute/subnetwork:Subnetwork",
            {"name": "dev", "region": "europe-west1"},
            "projects/acme/regions/europe-west1/subnetworks/dev",
        ),
        (
            "gcp:container/nodePool:NodePool",
            {"project": "other", "location": "europe-west4-a", "cluster": "dev-ab12", "name": "default"},
            "projects/other/locations/europe-west4-a/clusters/dev-ab12/nodePools/default",
        ),
        (
            "gcp:serviceaccount/account:Account",
            {"accountId": "dev-nodes"},
            "projects/acme/serviceAccounts/dev-nodes@acme.iam.gserviceaccount.com",
        ),
    ],
)
def test_ids_are_made_of_what_was_declared(kind: str, inputs: dict[str, Any], expected: str) -> None:
    found = left([operation(kind, inputs)], project="acme", region="europe-west4")
    assert [lead.id for lead in found] == [expected]


@pytest.mark.parametrize(
    "one",
    [
        operation("gcp:compute/network:Network", {"name": "dev"}, how="updating"),
        operation("gcp:projects/iAMMember:IAMMember", {"role": "roles/viewer", "member": "user:a@b.c"}),
        operation("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "a"}}),
        operation("gcp:compute/network:Network", {}),
        {"type": "creating"},
    ],
)
def test_nothing_is_looked_for_that_has_no_id_or_may_be_made_twice(one: dict[str, Any]) -> None:
    assert left([one], project="acme", region="europe-west4") == ()
