"""What a run that died was creating is believed only where it was found."""

from __future__ import annotations

from typing import Any, Final

from onestack.engine.looking import asking, taken_up
from onestack.engine.state import State
from onestack.gcp.left import Lead

STACK: Final = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
GOOGLE: Final = "urn:pulumi:dev::shop::pulumi:providers:gcp::google"
SERVICE: Final = "urn:pulumi:dev::shop::gcp:projects/service:Service::compute"
CLUSTER: Final = "urn:pulumi:dev::shop::gcp:container/cluster:Cluster::cluster"


def resource(urn: str, **more: Any) -> dict[str, Any]:
    """One of a state's."""
    return {"urn": urn, "type": urn.split("::")[2], **more}


PROVIDER: Final = resource(GOOGLE, id="1")
BEFORE: Final = [resource(STACK), PROVIDER, resource(SERVICE, id="acme/compute", parent=STACK)]


def begun(name: str) -> dict[str, Any]:
    """A cluster that is being created."""
    return resource(
        CLUSTER, inputs={"name": name}, parent=STACK, provider=f"{GOOGLE}::1",
        dependencies=[SERVICE, "urn:gone"], propertyDependencies={"name": [SERVICE, "urn:gone"]},
    )  # fmt: skip


def state(*names: str, held: str = "") -> State:
    """A state in which clusters of these names were begun, and one may be held."""
    cluster = [resource(CLUSTER, id=held)] if held else []
    others = [{"type": "creating", "resource": resource(SERVICE)}]
    operations = [{"type": "creating", "resource": begun(name)} for name in names]
    return State({"resources": [*BEFORE, *cluster], "pending_operations": [*operations, *others]})


def found(leads: list[Lead], before: State, *ids: str) -> State:
    """What the engine makes of the question where these exist."""
    asked = asking(before, leads)["resources"]
    return State(
        {
            "resources": [
                {**one, "outputs": {"read": one["id"]}} if one.get("id") in ids else one
                for one in asked
                if one.get("id") in ids or not one["urn"].startswith(CLUSTER)
            ]
        }
    )


def test_the_question_holds_what_it_takes_to_ask_it_and_no_more() -> None:
    asked = asking(state("a", held="old"), [Lead(begun("a"), "id-a")])
    assert [one["urn"] for one in asked["resources"]] == [STACK, GOOGLE, f"{CLUSTER}.0"]
    assert asked["resources"][-1]["id"] == "id-a"
    assert not {"dependencies", "propertyDependencies"} & asked["resources"][-1].keys()
    assert "pending_operations" not in asked


def test_what_is_there_is_taken_up_and_stands_on_what_is_held() -> None:
    leads, before = [Lead(begun("a"), "id-a")], state("a")
    after = taken_up(before, leads, found(leads, before, "id-a"))
    assert after["resources"][:-1] == BEFORE
    cluster = after["resources"][-1]
    assert (cluster["urn"], cluster["id"], cluster["outputs"]) == (CLUSTER, "id-a", {"read": "id-a"})
    assert (cluster["dependencies"], cluster["propertyDependencies"]) == ([SERVICE], {"name": [SERVICE]})
    assert [one["resource"]["urn"] for one in after["pending_operations"]] == [SERVICE]


def test_what_is_not_there_changes_nothing_that_is_held() -> None:
    leads, before = [Lead(begun("a"), "id-a")], state("a", held="old")
    after = taken_up(before, leads, found(leads, before))
    assert after["resources"] == before.resources
    assert [one["resource"]["urn"] for one in after["pending_operations"]] == [SERVICE]


def test_what_it_was_to_replace_is_to_be_deleted() -> None:
    leads, before = [Lead(begun("a"), "id-a")], state("a", held="old")
    clusters = taken_up(before, leads, found(leads, before, "id-a"))["resources"][3:]
    assert [(one["id"], one.get("delete", False)) for one in clusters] == [("old", True), ("id-a", False)]


def test_of_two_under_one_name_the_last_is_the_stack_s() -> None:
    leads, before = [Lead(begun("a"), "id-a"), Lead(begun("b"), "id-b")], state("a", "b")
    clusters = taken_up(before, leads, found(leads, before, "id-a", "id-b"))["resources"][3:]
    assert [(one["id"], one.get("delete", False)) for one in clusters] == [("id-a", True), ("id-b", False)]


def test_what_the_state_holds_already_is_not_taken_up_again() -> None:
    leads, before = [Lead(begun("a"), "id-a")], state("a", held="id-a")
    assert taken_up(before, leads, found(leads, before, "id-a"))["resources"] == before.resources
