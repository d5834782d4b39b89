"""A simulated project that is told to refuse, to be slow or to break off."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from onestack.errors import GoogleRefused, InvalidFaults, OperationTimedOut, ProviderError
from onestack.local.gcp import operations
from onestack.local.gcp.faults import held_file
from onestack.local.gcp.session import Call
from onestack.local.gcp.table import type_of
from tests.unit.local.gcp.simulated import (
    ACCOUNT,
    NETWORK,
    NETWORK_ID,
    PROJECT_MEMBER,
    ROUTER,
    SUBNETWORK,
    World,
)


@pytest.mark.parametrize(
    ("refuse", "code", "words"),
    [
        ("quota", 403, "Quota 'NETWORKS' exceeded.  Limit: 5.0 globally., quotaExceeded"),
        ("permission", 403, f"Required 'compute.networks.create' permission for '{NETWORK_ID}', forbidden"),
        ("disabled", 403, "Compute Engine API has not been used in project"),
        ("credentials", 401, "Request had invalid authentication credentials"),
        ("Something of Google's own., backendError", 400, "Something of Google's own., backendError"),
    ],
)
def test_refusals_in_googles_words(world: World, refuse: str, code: int, words: str) -> None:
    world.enable()
    world.faults(f'- {{type: compute/network, operation: create, refuse: "{refuse}"}}')
    for _ in range(2):
        with pytest.raises(GoogleRefused) as failure:
            world.make(NETWORK)
        assert str(failure.value).startswith(f"Error creating Network: googleapi: Error {code}: {words}")
    assert not list(world.project.of_type(NETWORK))


def test_a_role_is_refused_by_the_permission_it_needs(world: World) -> None:
    world.enable()
    world.make(ACCOUNT)
    world.faults("- {type: projects/iAMMember, refuse: permission}")
    with pytest.raises(GoogleRefused, match=r"Required 'resourcemanager\.projects\.setIamPolicy' permission"):
        world.make(PROJECT_MEMBER)


def test_a_rule_holds_for_its_type_name_and_operation_as_often_as_it_says(world: World) -> None:
    world.enable()
    world.faults("- {name: networks/main, operation: delete, refuse: quota, times: 2}")
    world.make(NETWORK)
    world.make(NETWORK, name="other")
    world.delete(NETWORK, NETWORK_ID.replace("main", "other"))
    for _ in range(2):
        with pytest.raises(GoogleRefused, match="Error when reading or editing Network"):
            world.delete(NETWORK, NETWORK_ID)
    world.delete(NETWORK, NETWORK_ID)


def test_reading_fails_only_where_a_rule_says_read(world: World) -> None:
    world.make_all(SUBNETWORK)
    world.faults("- {refuse: quota}")
    assert world.read(NETWORK, NETWORK_ID)
    world.faults("- {operation: read, refuse: permission, times: 1}")
    with pytest.raises(GoogleRefused, match="forbidden"):
        world.read(NETWORK, NETWORK_ID)
    assert world.read(NETWORK, NETWORK_ID)


def test_halfway_leaves_it_there_and_the_provider_knows_nothing_of_it(world: World) -> None:
    world.make_all(ROUTER)
    world.faults("- {operation: create, halfway: true, times: 1}")
    with pytest.raises(OperationTimedOut, match="Error waiting to create Router: timeout while waiting"):
        world.make(ROUTER)
    with pytest.raises(GoogleRefused, match="already exists, alreadyExists"):
        world.make(ROUTER)


def test_halfway_through_a_change_the_next_run_repeats_it(world: World) -> None:
    world.make_all(SUBNETWORK)
    world.faults("- {operation: update, halfway: true, times: 1}")
    with pytest.raises(OperationTimedOut, match="Error waiting to update Network"):
        world.update(NETWORK, NETWORK_ID, routingMode="GLOBAL")
    assert world.update(NETWORK, NETWORK_ID, routingMode="GLOBAL")["routingMode"] == "GLOBAL"


def test_halfway_through_a_deletion_it_is_gone(world: World) -> None:
    world.make_all(SUBNETWORK)
    world.faults("- {operation: delete, halfway: true, times: 1}")
    with pytest.raises(OperationTimedOut):
        world.delete(NETWORK, NETWORK_ID)
    world.delete(NETWORK, NETWORK_ID)


def test_what_takes_longer_than_the_programs_own_timeout_breaks_off(world: World) -> None:
    world.enable()
    world.faults("- {seconds: 60}")
    call = Call(type_of(NETWORK), world.inputs(NETWORK), seconds=0.1)
    begun = time.monotonic()
    with pytest.raises(OperationTimedOut, match=r"timeout: 0.1s"):
        operations.create(world.simulation, call)
    assert time.monotonic() - begun < 10


def test_slow_is_slow_and_a_cancelled_run_waits_no_longer(world: World) -> None:
    world.enable()
    world.faults("- {seconds: 0.2}")
    begun = time.monotonic()
    world.make(NETWORK)
    assert time.monotonic() - begun >= 0.2
    world.simulation.cancelled.set()
    world.faults("- {seconds: 60}")
    with pytest.raises(ProviderError, match="context canceled"):
        world.make(ROUTER)


def test_what_is_being_made_is_there_already_so_that_a_kill_loses_nothing(world: World) -> None:
    world.enable()
    world.faults("- {seconds: 60}")
    call = Call(type_of(NETWORK), world.inputs(NETWORK))

    def make() -> None:
        with pytest.raises(ProviderError, match="context canceled"):
            operations.create(world.simulation, call)

    maker = threading.Thread(target=make)
    maker.start()
    deadline = time.monotonic() + 10
    while not world.project.get(NETWORK, NETWORK_ID) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert maker.is_alive()
    assert world.project.get(NETWORK, NETWORK_ID)
    world.simulation.cancelled.set()
    maker.join()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {refuses: quota}", "Extra inputs"),
        ("- [", "a value or a closing bracket is missing"),
        ("rules: []", "tuple"),
        ("- {times: x}", "integer"),
    ],
)
def test_rules_that_mean_nothing_are_said(world: World, text: str, words: str) -> None:
    world.faults(text)
    with pytest.raises(InvalidFaults, match=words) as failure:
        world.make(NETWORK)
    assert "acme-dev.faults.yaml" in str(failure.value)


@pytest.mark.parametrize(("when", "there"), [("before", False), ("after", True)])
def test_an_operation_is_held_until_somebody_lets_it_go_on(world: World, when: str, there: bool) -> None:
    world.enable()
    world.faults(f"- {{type: compute/network, operation: create, hold: {when}}}")
    held = held_file(world.folder, "acme-dev")
    with ThreadPoolExecutor(1) as thread:
        making = thread.submit(world.make, NETWORK)
        while not held.exists():
            assert not making.done()
        assert bool(list(world.project.of_type(NETWORK))) is there
        held.unlink()
        making.result()
    assert list(world.project.of_type(NETWORK))
