"""What Google would have to make anew has another name exactly then, so that the old one can wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from tests.program.clouds import REPOSITORY, Resource, clouds, settings_of

FORCE_NEW: Mapping[str, list[str]] = yaml.safe_load(
    (REPOSITORY / "tests/data/gcp/force-new.yaml").read_text(encoding="utf-8")
)
BASE = settings_of("prod")
RANGES = BASE["network"]
POOL = BASE["nodePools"]["default"]


def pools(**changed: Any) -> dict[str, Any]:
    """The settings of node pools with another default pool."""
    return {"nodePools": BASE["nodePools"] | {"default": POOL | changed}}


def cluster(**changed: Any) -> dict[str, Any]:
    """The settings of the cluster with something else."""
    return {"cluster": BASE["cluster"] | changed}


# Each change, and which of cluster, default pool and subnet are made anew.
CHANGES: Mapping[str, tuple[dict[str, Any], str]] = {
    "generation": (cluster(generation=2), "cluster pool"),
    "project": ({"project": "acme-shop-other"}, "cluster pool subnet"),
    "region": ({"region": "europe-west1"}, "cluster pool subnet"),
    "location": (cluster(location="europe-west4-a"), "cluster pool"),
    "pods": ({"network": RANGES | {"pods": "10.112.0.0/13"}}, "cluster pool subnet"),
    "services": ({"network": RANGES | {"services": "10.105.0.0/19"}}, "cluster pool subnet"),
    "other nodes": ({"network": RANGES | {"nodes": "10.84.0.0/19"}}, "cluster pool subnet"),
    "more nodes": ({"network": RANGES | {"nodes": "10.80.0.0/18"}}, ""),
    "channel": (cluster(channel="rapid"), ""),
    "maintenance": (cluster(maintenance={"start": "05:00", "hours": 12}), ""),
    "networks": (cluster(authorizedNetworks={"a": "203.0.113.0/24"}), ""),
    "endpoint": (cluster(authorizedNetworks={"a": "203.0.113.0/24"}, endpoint="ip"), ""),
    "machine type": (pools(machineType="c4-standard-8"), ""),
    "size": (pools(min=1, max=30), ""),
    "disk": (pools(diskGib=200), ""),
    "labels": (pools(labels={"a": "b"}), ""),
    "taints": (pools(taints=[{"key": "a", "value": "b", "effect": "NoExecute"}]), ""),
    "surge": (pools(maxSurge=3, maxUnavailable=1), ""),
    "spot": (pools(spot=True), "pool"),
    "another pool": ({"nodePools": BASE["nodePools"] | {"more": {}}}, ""),
    "protection": ({"protected": False}, ""),
    "registry": ({"registry": {"name": "images"}}, ""),
    "identities": ({"identities": {}}, ""),
    "github": ({"github": None}, ""),
}
WATCHED = {
    "cluster": "gcp:container/cluster:Cluster cluster",
    "pool": "gcp:container/nodePool:NodePool default",
    "subnet": "gcp:compute/subnetwork:Subnetwork subnet",
}


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Resource]]:
    """What is watched of each change, and of none, by name."""
    asked: dict[str, dict[str, Any]] = {"": {}} | {name: changed for name, (changed, _) in CHANGES.items()}
    found = clouds([("prod", BASE | changed) for changed in asked.values()])
    return {
        name: {f"{one['type']} {one['name']}": one for one in cloud["resources"]}
        for name, cloud in zip(asked, found, strict=True)
    }


def forcing(resource: Resource) -> dict[str, Any]:
    """The inputs of a resource, but its name, whose change replaces it, where they aren't left alone."""
    found = {}
    for path in FORCE_NEW[resource["type"]]:
        steps = [to_camel(step) for step in path.split(".")]
        value: Any = resource["inputs"]
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        if path != "name" and steps[0] not in resource.get("ignoreChanges", ()):
            found[path] = value
    return found


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("what", WATCHED)
def test_a_name_changes_exactly_when_the_resource_is_replaced(
    made: dict[str, dict[str, Resource]], change: str, what: str
) -> None:
    old, new = made[""][WATCHED[what]], made[change][WATCHED[what]]
    renamed = old["inputs"]["name"] != new["inputs"]["name"]
    forced = forcing(old) != forcing(new)
    expected = what in CHANGES[change][1].split()
    # Another project is another place: the same name is free there.
    moved = old["inputs"]["project"] != new["inputs"]["project"]
    assert renamed == expected or moved
    assert not forced or renamed or moved
    if what == "cluster":
        assert renamed == expected


def test_the_inputs_that_force_are_really_there(made: dict[str, dict[str, Resource]]) -> None:
    """Else nothing would ever be compared."""
    found = {
        what: {key for key, held in forcing(made[""][name]).items() if held} for what, name in WATCHED.items()
    }
    assert found["cluster"] >= {"location", "project", "network", "subnetwork", "datapath_provider"}
    assert found["pool"] >= {
        "cluster",
        "location",
        "node_config.service_account",
        "node_config.boot_disk_kms_key",
    }
    assert found["subnet"] >= {"network", "region", "project"}


def test_a_range_that_grows_is_changed_in_place(made: dict[str, dict[str, Resource]]) -> None:
    old, new = made[""][WATCHED["subnet"]]["inputs"], made["more nodes"][WATCHED["subnet"]]["inputs"]
    assert (old["ipCidrRange"], new["ipCidrRange"]) == ("10.80.0.0/19", "10.80.0.0/18")
    assert old["name"] == new["name"]


def test_a_generation_has_a_key_ring_of_its_own(made: dict[str, dict[str, Resource]]) -> None:
    """Google keeps the old one for ever."""
    names = {made[change]["gcp:kms/keyRing:KeyRing ring"]["inputs"]["name"] for change in ("", "generation")}
    assert names == {"prod-1", "prod-2"}
