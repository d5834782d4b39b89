"""What Google checks, what it keeps, and what one resource means for another."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from onestack.errors import GoogleRefused, OnlySimulates, ProviderError, SimulationUnusable
from onestack.local.gcp import config, operations
from onestack.local.gcp.config import Config
from onestack.local.gcp.drift import change, delete, main
from onestack.local.gcp.project import Projects
from onestack.local.gcp.session import Call, Session
from onestack.local.gcp.table import type_of
from tests.unit.local.gcp.simulated import (
    ACCOUNT,
    ACCOUNT_ID,
    ACCOUNT_MEMBER,
    CLUSTER,
    EMAIL,
    FIREWALL,
    IDENTITY,
    KEY,
    KEY_RING,
    NAT,
    NETWORK,
    NETWORK_ID,
    POOL,
    PROJECT,
    PROJECT_MEMBER,
    REGION,
    REPOSITORY_MEMBER,
    ROUTER,
    SERVICE,
    SUBNETWORK,
    SUBNETWORK_ID,
    World,
)


def refused(code: int, words: str) -> Any:
    return pytest.raises(GoogleRefused, match=rf"googleapi: Error {code}: .*{words}")


@pytest.mark.parametrize("token", [SUBNETWORK, ROUTER, FIREWALL])
def test_a_network_that_is_not_there_is_not_found(world: World, token: str) -> None:
    world.enable()
    with refused(404, "'(main|projects/acme-dev/global/networks/main)' was not found, notFound"):
        world.make(token)
    assert not list(world.project.of_type(token))


def test_references_are_recorded_as_google_writes_them(world: World) -> None:
    made = world.make_all(KEY_RING)
    link = f"https://www.googleapis.com/compute/v1/{NETWORK_ID}"
    assert made[NETWORK][1]["selfLink"] == link
    assert {made[token][1]["network"] for token in (SUBNETWORK, ROUTER, FIREWALL)} == {link}
    assert made[SUBNETWORK][1]["gatewayAddress"] == "10.10.0.1"
    assert made[NAT][1]["minPortsPerVm"] == 64


def test_what_is_in_use_is_not_deleted(world: World) -> None:
    world.make_all(KEY_RING)
    users = (
        f"projects/{PROJECT}/global/firewalls/health",
        f"projects/{PROJECT}/regions/{REGION}/routers/edge",
        SUBNETWORK_ID,
    )
    for user in users:
        words = f"'{NETWORK_ID}' is already being used by '{user}', resourceInUseByAnotherResource"
        with refused(400, words):
            world.delete(NETWORK, NETWORK_ID)
        delete(world.folder, PROJECT, "", user)
    world.delete(NETWORK, NETWORK_ID)


def test_a_cluster_keeps_its_subnetwork_and_takes_its_pools_with_it(world: World) -> None:
    made = world.make_all(ACCOUNT_MEMBER)
    with refused(
        400, "is already being used by 'projects/acme-dev/locations/europe-west4/clusters/dev-ab12'"
    ):
        world.delete(SUBNETWORK, SUBNETWORK_ID)
    world.delete(CLUSTER, made[CLUSTER][0])
    assert world.read(POOL, made[POOL][0]) is None
    world.delete(SUBNETWORK, SUBNETWORK_ID)


def test_a_router_takes_its_nat_with_it(world: World) -> None:
    made = world.make_all(KEY_RING)
    world.delete(ROUTER, made[ROUTER][0])
    assert world.read(NAT, made[NAT][0]) is None


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"ipCidrRange": "10.10.8.0/24"}, "10.10.8.0/24 conflicts with existing subnetwork 'nodes'"),
        ({"ipCidrRange": "10.21.0.0/24"}, "10.21.0.0/24 conflicts with existing subnetwork 'nodes'"),
        (
            {
                "ipCidrRange": "10.40.0.0/20",
                "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.40.0.0/16"}],
            },
            "10.40.0.0/16 conflicts with existing subnetwork 'other'",
        ),
    ],
)
def test_overlapping_ranges(world: World, ranges: dict[str, Any], words: str) -> None:
    world.make_all(ROUTER)
    with refused(400, words):
        world.make(SUBNETWORK, name="other", **{"secondaryIpRanges": [], **ranges})


def test_places_that_do_not_exist(world: World) -> None:
    world.make_all(SUBNETWORK)
    with refused(400, "'europe-west99'. Unknown region., invalid"):
        world.make(SUBNETWORK, region="europe-west99")
    with refused(400, "Unknown location"):
        world.make(KEY_RING, location="europe-west4-d")
    world.make(KEY_RING, location="global")


def test_members_must_be_there(world: World) -> None:
    world.enable()
    with refused(400, f"Service account {EMAIL} does not exist."):
        world.make(PROJECT_MEMBER)
    world.make(ACCOUNT)
    world.make(PROJECT_MEMBER)
    with refused(400, r"Identity Pool does not exist \(acme-dev.svc.id.goog\)"):
        world.make(ACCOUNT_MEMBER)
    agent = f"service-{world.project.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    with refused(400, "does not exist"):
        world.make(PROJECT_MEMBER, member=f"serviceAccount:{agent}")
    assert world.make(IDENTITY)[1]["email"] == agent
    world.make(PROJECT_MEMBER, member=f"serviceAccount:{agent}")
    world.make(PROJECT_MEMBER, member="user:someone@acme.example")


def test_the_grants_of_an_account_go_with_it(world: World) -> None:
    made = world.make_all()
    world.delete(ACCOUNT, ACCOUNT_ID)
    assert world.read(ACCOUNT_MEMBER, made[ACCOUNT_MEMBER][0]) is None
    assert world.read(REPOSITORY_MEMBER, made[REPOSITORY_MEMBER][0]) is not None


def test_an_account_made_again_is_another_one(world: World) -> None:
    world.enable()
    _, first = world.make(ACCOUNT)
    world.delete(ACCOUNT, ACCOUNT_ID)
    _, second = world.make(ACCOUNT)
    assert first["uniqueId"] != second["uniqueId"]
    assert first["email"] == second["email"] == EMAIL


def test_an_api_stays_enabled_unless_it_is_to_be_disabled(world: World) -> None:
    resource_id, _ = world.make(SERVICE)
    world.delete(SERVICE, resource_id, disableOnDestroy=False)
    assert "container.googleapis.com" in world.project.services
    resource_id, _ = world.make(SERVICE)
    world.delete(SERVICE, resource_id, disableOnDestroy=True)
    assert "container.googleapis.com" not in world.project.services


def test_protection_and_abandonment(world: World) -> None:
    made = world.make_all(KEY_RING)
    with pytest.raises(ProviderError, match='without setting deletion_policy="DELETE"'):
        world.delete(FIREWALL, made[FIREWALL][0], deletionPolicy="PREVENT")
    world.delete(FIREWALL, made[FIREWALL][0], deletionPolicy="ABANDON")
    assert world.read(FIREWALL, made[FIREWALL][0]) is not None


def test_labels_of_the_provider_are_added(world: World) -> None:
    state = world.make_all(CLUSTER)[KEY][1]
    assert state["labels"] == {"stack": "dev"}
    assert state["effectiveLabels"] == {"stack": "dev", "goog-pulumi-provisioned": "true"}


def test_an_update_keeps_what_google_computed_and_changes_the_fingerprint(world: World) -> None:
    before = world.make_all(ROUTER)[SUBNETWORK][1]
    after = world.update(SUBNETWORK, SUBNETWORK_ID, ipCidrRange="10.10.0.0/19")
    assert after["ipCidrRange"] == "10.10.0.0/19"
    assert after["subnetworkId"] == before["subnetworkId"]
    assert after["creationTimestamp"] == before["creationTimestamp"]
    assert after["fingerprint"] != before["fingerprint"]


def test_an_update_of_what_is_gone_is_not_found(world: World) -> None:
    world.make_all(SUBNETWORK)
    delete(world.folder, PROJECT, NETWORK, "main")
    with refused(404, "was not found"):
        world.update(NETWORK, NETWORK_ID)
    assert world.read(NETWORK, NETWORK_ID) is None
    world.delete(NETWORK, NETWORK_ID)


def test_drift_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.make_all(ROUTER)
    change(world.folder, PROJECT, "compute/subnetwork", "nodes", {"logConfig.filterExpr": "false"})
    monkeypatch.setenv("ONESTACK_SIMULATION", str(world.folder))
    assert main([PROJECT, "subnetwork", "nodes", "secondaryIpRanges[0].ipCidrRange=10.0.0.0/14"]) == 0
    state = world.read(SUBNETWORK, SUBNETWORK_ID)
    assert state is not None
    assert state["logConfig"]["filterExpr"] == "false"
    assert state["secondaryIpRanges"][0]["ipCidrRange"] == "10.0.0.0/14"
    assert main([PROJECT, "compute/", "", "--delete"]) == 1
    assert "resources fit" in capsys.readouterr().err
    assert main([PROJECT, "subnetwork", "nodes", "--delete"]) == 0
    assert world.read(SUBNETWORK, SUBNETWORK_ID) is None


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    """Each thread stands for a process: a provider of its own over the same folder."""
    World(tmp_path).enable()
    known = type_of(NETWORK)

    def make(number: int) -> None:
        sim = Session(Config(tmp_path, PROJECT, REGION), lambda _: World(tmp_path).planes)
        operations.create(sim, Call(known, {"name": f"n{number}", "autoCreateSubnetworks": False}))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = {record.state["name"] for _, record in World(tmp_path).project.of_type(NETWORK)}
    assert made == {f"n{number}" for number in range(12)}


def test_a_file_that_is_damaged_is_said_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / f"{PROJECT}.json").write_text("{")
    with pytest.raises(SimulationUnusable, match="begin with an empty project"):
        World(tmp_path).make(SERVICE)
    assert (tmp_path / f"{PROJECT}.json").read_text() == "{"


def test_projects_are_apart_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.make(SERVICE)
    world.make(SERVICE, project="acme-prod")
    dev, prod = (tmp_path / f"{name}.json" for name in (PROJECT, "acme-prod"))
    assert dev.stat().st_mode & 0o777 == 0o600
    assert json.loads(dev.read_text())["number"] != json.loads(prod.read_text())["number"]
    assert Projects(tmp_path).look("acme-test").resources == {}


def test_the_configuration(tmp_path: Path) -> None:
    environ = {"ONESTACK_SIMULATION": str(tmp_path), "GOOGLE_PROJECT": "from-environment"}
    assert config.read({}, environ) == Config(tmp_path, "from-environment")
    given = {"gcp:config:project": PROJECT, "gcp:config:region": REGION}
    assert config.read(given, environ) == Config(tmp_path, PROJECT, REGION)
    with pytest.raises(OnlySimulates, match=r"bring the official plugin .* or run onestack with --offline"):
        config.read(given, {})
    assert config.problems({"region": "europe-west99"}).keys() == {"region"}
    assert config.problems({"region": REGION, "project": PROJECT}) == {}


def test_what_nothing_names_is_a_required_field(tmp_path: Path) -> None:
    sim = Session(Config(tmp_path), lambda _: World(tmp_path).planes)
    with pytest.raises(ProviderError, match="project: required field is not set"):
        operations.create(sim, Call(type_of(NETWORK), {"name": "main"}))
    with pytest.raises(ProviderError, match="region: required field is not set"):
        operations.create(sim, Call(type_of(ROUTER), {"name": "edge", "project": PROJECT}))
