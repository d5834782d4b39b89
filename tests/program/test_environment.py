"""``__main__.py`` as a whole, for each stack at Google: recorded graphs, and the policies of workloads.

The policies are checked against the recorded graph, as the benchmark is (`test_policy`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from onestack.gcp.cluster import cluster_identifier
from onestack.gcp.settings import GcpSettings
from tests.conftest import Golden
from tests.program import workloads
from tests.program.clouds import GRAPHS, STACKS, Resource, environments, recorded, settings_of
from tests.program.rules import CARRYING

OUTPUTS = {"cluster", "objects", "release", "program"}


@pytest.fixture(scope="module")
def ran() -> dict[str, dict[str, Any]]:
    """What the program declares for each stack."""
    return environments(STACKS)


def identifier(stack: str) -> str:
    """What the library says the stack's cluster is."""
    return cluster_identifier(stack, GcpSettings.model_validate(settings_of(stack)))


@pytest.mark.parametrize("stack", STACKS)
def test_the_graph_is_as_recorded(ran: dict[str, dict[str, Any]], stack: str, golden: Golden) -> None:
    made = ran[stack]["made"]["resources"]
    golden(GRAPHS / f"{stack}.yaml", yaml.safe_dump(made, sort_keys=True, width=110, allow_unicode=True))


@pytest.mark.parametrize("stack", STACKS)
def test_a_plan_of_nothing_shows_every_resource_where_it_will_be(
    ran: dict[str, dict[str, Any]], stack: str
) -> None:
    def places(resources: list[Resource]) -> list[Resource]:
        return [
            {key: held for key, held in one.items() if key not in {"inputs", "hooks"}} for one in resources
        ]

    made, planned = ran[stack]["made"]["resources"], ran[stack]["planned"]["resources"]
    assert places(planned) == places(made)


@pytest.mark.parametrize("stack", STACKS)
def test_only_plain_pulumi_has_the_program_wait(ran: dict[str, dict[str, Any]], stack: str) -> None:
    def waiting(resources: list[Resource]) -> dict[str, list[str]]:
        return {one["name"]: one["hooks"] for one in resources if one.get("hooks")}

    record = f"onestack-system/onestack-release-{stack}"
    assert waiting(ran[stack]["planned"]["resources"]) == {record: ["afterCreate", "afterUpdate"]}
    assert waiting(ran[stack]["made"]["resources"]) == {}


@pytest.mark.parametrize("stack", STACKS)
def test_outputs_are_the_same_before_anything_exists(ran: dict[str, dict[str, Any]], stack: str) -> None:
    made, planned = ran[stack]["made"], ran[stack]["planned"]
    assert made["outputs"] == planned["outputs"]
    assert set(made["outputs"]) == OUTPUTS
    assert made["outputs"]["cluster"] == identifier(stack)
    objects = [one for one in made["resources"] if workloads.is_object(one)]
    # All but the release record and its namespace.
    assert made["outputs"]["objects"] == len(objects) - 2


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_keeps_the_policies_of_workloads(stack: str) -> None:
    assert list(workloads.faults(recorded(stack), identifier(stack))) == []


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_what_carries_others_is_protected_in_the_whole_graph(stack: str) -> None:
    assert {one["type"] for one in recorded(stack) if one.get("protect")} == CARRYING
    assert not [one["name"] for one in recorded(stack) if one["type"] in CARRYING and not one.get("protect")]


def _broken(**changes: Any) -> Callable[[Resource], None]:
    return lambda one: one.update(changes)


def _without(needed: str) -> Callable[[Resource], None]:
    return lambda one: one.update(dependsOn=[held for held in one["dependsOn"] if needed not in held])


def _input(name: str, value: Any) -> Callable[[Resource], None]:
    return lambda one: one["inputs"].update({name: value})


PROVIDER = ("pulumi:providers:kubernetes", "cluster")
BROKEN: list[tuple[tuple[str, str], Callable[[Resource], None], str]] = [
    (("kubernetes:core/v1:Namespace", "bookshop"), _broken(provider=""), "provider"),
    (
        ("kubernetes:apps/v1:Deployment", "bookshop/orders"),
        _broken(provider="pulumi:providers:kubernetes x"),
        "provider",
    ),
    (PROVIDER, _without("NodePool batch"), "node pool batch"),
    (PROVIDER, _input("clusterIdentifier", "gcp/another"), "identifier"),
    (PROVIDER, _input("kubeconfig", "apiVersion: v1"), "secret"),
    (PROVIDER, _input("enableServerSideApply", "false"), "server-side"),
    (PROVIDER, _input("deleteUnreachable", "true"), "unreachable"),
]


@pytest.mark.parametrize(("whose", "breaks", "said"), BROKEN)
def test_a_broken_policy_is_found(
    whose: tuple[str, str], breaks: Callable[[Resource], None], said: str
) -> None:
    graph = copy.deepcopy(list(recorded("prod")))
    breaks(next(one for one in graph if (one["type"], one["name"]) == whose))
    (fault,) = workloads.faults(graph, identifier("prod"))
    assert said in fault
