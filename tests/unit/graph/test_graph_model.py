"""A state's resources and a plan's steps become the same values."""

from __future__ import annotations

from typing import Any

from onestack.graph import from_state, from_steps

URN = "urn:pulumi:dev::onestack::"
MAP = f"{URN}kubernetes:core/v1:ConfigMap::shop/web"
PROVIDER = f"{URN}pulumi:providers:kubernetes::cluster"


def state(urn: str = MAP, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "type": "kubernetes:core/v1:ConfigMap", "custom": True, **more}


def step(op: str, new: dict[str, Any] | None, urn: str = MAP) -> dict[str, Any]:
    return {"op": op, "urn": urn, **({} if new is None else {"newState": new})}


def test_a_resource_stands_on_its_dependencies_those_of_its_properties_and_its_provider() -> None:
    (found,) = from_state(
        [
            state(
                parent="p",
                dependencies=["a", "b"],
                propertyDependencies={"data": ["b", "c"], "kind": [], "metadata": None},
                provider=f"{PROVIDER}::0f-1",
                inputs={"data": {"k": "v"}},
                protect=True,
            )
        ]
    )
    assert found.depends_on == ("a", "b", "c", PROVIDER)
    assert (found.id, found.name, found.kind, found.package) == (MAP, "shop/web", "ConfigMap", "kubernetes")
    assert (found.parent, found.protect, found.custom) == ("p", True, True)
    assert found.inputs == {"data": {"k": "v"}}


def test_a_name_may_hold_what_parts_urns() -> None:
    assert [one.name for one in from_state([state(f"{URN}a$b:c:D::x::y")])] == ["x::y"]


def test_what_waits_to_be_deleted_is_not_there() -> None:
    assert from_state([state(delete=True)]) == ()


def test_a_plan_is_what_will_be_there() -> None:
    gone, kept, new = f"{URN}t::gone", f"{URN}t::kept", f"{URN}t::new"
    planned = from_steps(
        [
            step("refresh", state(gone), gone),
            step("same", state(kept), kept),
            step("create", state(new), new),
            step("delete", None, gone),
        ]
    )
    assert [one.id for one in planned] == [kept, new]


def test_a_replacement_is_the_new_one_however_its_parts_are_told() -> None:
    old, new = state(inputs={"at": "old"}), state(inputs={"at": "new"})
    for steps in (
        [step("delete-replaced", old), step("replace", new), step("create-replacement", new)],
        [step("create-replacement", new), step("replace", new), step("delete-replaced", old)],
    ):
        (found,) = from_steps(steps)
        assert found.inputs == {"at": "new"}


def test_state_and_plan_say_the_same_of_a_resource() -> None:
    held = state(dependencies=["a"], provider=f"{PROVIDER}::04da6b54-80e4-46f7-96ec-b56ff0331ba9")
    assert from_state([held]) == from_steps([step("create", held)])
