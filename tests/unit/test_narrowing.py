"""Every reason to look at an object, and every reason to look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from onestack.engine import State
from onestack.inventory import Inventory
from onestack.manifests.registration import Registration
from onestack.narrowing import Part, narrowed

Resource = dict[str, Any]

PROGRAM = "digest-of-the-program"
ROOT: Resource = {"urn": "root", "type": "pulumi:pulumi:Stack", "outputs": {"program": PROGRAM}}
PROVIDER: Resource = {
    "urn": "p",
    "type": "pulumi:providers:kubernetes",
    "id": "1",
    "parent": "root",
    "inputs": {"clusterIdentifier": "x"},
}
RECORD: Resource = {
    "urn": "record",
    "type": "t",
    "parent": "root",
    "provider": "p::1",
    "dependencies": ["system"],
}
SYSTEM: Resource = {"urn": "system", "type": "t", "parent": "root", "provider": "p::1"}
OTHERS = {"root", "p", "record", "system"}


def declared(urn: str, *needs: str, kind: str = "ConfigMap", **more: Any) -> Registration:
    """An object."""
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": urn}, "data": {"a": "b"}}
    return Registration(urn, f"kubernetes:core/v1:{kind}", urn, body, needs, **more)


def held(one: Registration, **changes: Any) -> Resource:
    """It in the state, as the engine left it."""
    content = {
        "urn": one.urn,
        "custom": True,
        "id": one.name,
        "type": one.token,
        "inputs": one.body,
        "outputs": {**one.body, "status": {}},
        "parent": "root",
        "provider": "p::1",
        "dependencies": list(one.needs),
        "propertyDependencies": {"data": []},
        "modified": "2026-11-27T20:15:00Z",
    }
    return content | changes


SPACE = declared("space")
A, B, C = declared("a", "space"), declared("b", "a", "space"), declared("c")
ALL = (SPACE, A, B, C)


def inventory(before: Iterable[Registration], after: Iterable[Registration] = ()) -> Inventory:
    """All that is declared."""
    return Inventory(tuple(before), tuple(after), (), "d", 4)


def state(resources: Iterable[Mapping[str, Any]], **deployment: Any) -> State:
    """A state of the usual things and these."""
    return State({"resources": [ROOT, PROVIDER, SYSTEM, *resources, RECORD], **deployment})


def part(
    before: Iterable[Registration] = ALL,
    resources: Iterable[Mapping[str, Any]] = tuple(map(held, ALL)),
    after: Iterable[Registration] = (),
) -> Part:
    """The part, of which there is one."""
    found = narrowed(state(resources), inventory(before, after), PROGRAM)
    assert found is not None
    return found


def registered(found: Part) -> set[str]:
    """What is registered."""
    return {one.urn for one in (*found.inventory.before, *found.inventory.after)}


def changed(old: Registration, **changes: Any) -> Registration:
    """It, declared otherwise."""
    return replace(old, body={**old.body, **changes})


def test_of_what_did_not_change_nothing_is_looked_at_and_what_is_no_object_of_ours_always_is() -> None:
    found = part()
    assert registered(found) == set()
    assert found.excerpt.kept == OTHERS
    assert found.excerpt.left_out == len(ALL)
    assert (found.provider, found.cluster) == ("1", "x")


def test_what_the_whole_says_of_itself_the_part_says_too() -> None:
    whole = replace(inventory(ALL), digest="digest", objects=77)
    found = narrowed(state(map(held, ALL)), whole, PROGRAM)
    assert found is not None
    assert (found.inventory.digest, found.inventory.objects) == ("digest", 77)


def test_what_changed_is_looked_at_with_all_that_it_stands_on_and_without_what_stands_on_it() -> None:
    assert registered(part([SPACE, changed(A, data={}), B, C])) == {"space", "a"}
    found = part([SPACE, A, changed(B, data={}), C])
    assert registered(found) == {"space", "a", "b"}
    assert found.excerpt.kept == OTHERS | {"space", "a", "b"}


TOUCHED: dict[str, Callable[[Resource], object]] = {
    "a value": lambda one: one.update(inputs={**A.body, "data": {"a": "c"}}),
    "a value of another type": lambda one: one.update(inputs={**A.body, "data": {"a": None}}),
    "a value less": lambda one: one.update(inputs={**A.body, "immutable": False}),
    "another provider": lambda one: one.update(provider="p::2"),
    "a dependency more": lambda one: one.update(dependencies=["space", "c"]),
    "a dependency less": lambda one: one.update(dependencies=[]),
    "no dependencies said": lambda one: one.pop("dependencies"),
    "it never became ready": lambda one: one.update(initErrors=["not ready"]),
    "somebody protects it": lambda one: one.update(protect=True),
    "it has timeouts of its own": lambda one: one.update(customTimeouts={"create": 5}),
    "something that is not known here": lambda one: one.update(novelty=None),
    "its inputs are secret": lambda one: one.update(inputs={"4dabf": "x", "ciphertext": "y"}),
}


@pytest.mark.parametrize("change", TOUCHED.values(), ids=TOUCHED)
def test_an_object_that_differs_from_its_state_is_looked_at(change: Callable[[Resource], object]) -> None:
    its = held(A)
    change(its)
    found = part(resources=[held(C), held(SPACE), its, held(B)])
    assert "a" in registered(found)
    assert "b" not in registered(found)


def test_the_number_one_is_not_true() -> None:
    its = held(A, inputs={**A.body, "data": {"on": 1}})
    assert registered(part([SPACE, changed(A, data={"on": True}), C], [held(SPACE), its, held(C)])) == {
        "space",
        "a",
    }


def test_the_order_of_dependencies_says_nothing() -> None:
    assert (
        registered(part(resources=[held(SPACE), held(A), held(B, dependencies=["space", "a"]), held(C)]))
        == set()
    )


def test_secrets_and_hooks_are_always_looked_at() -> None:
    secret, timed = declared("s", kind="Secret"), declared("h", seconds=5)
    after = declared("late", "later"), declared("later")
    everything = (*ALL, secret, timed, *after)
    found = part((*ALL, secret, timed), map(held, everything), after)
    assert registered(found) == {"s", "h", "late", "later"}
    assert [one.urn for one in found.inventory.after] == ["late", "later"]


def test_what_the_plugin_compares_with_the_live_object_is_always_looked_at() -> None:
    body = {**A.body, "metadata": {"name": "a", "annotations": {"pulumi.com/replaceUnready": "true"}}}
    one = replace(A, body=body)
    assert registered(part((SPACE, one, C), map(held, (SPACE, one, C)))) == {"space", "a"}


def test_what_goes_with_a_namespace_that_changes_is_looked_at_too() -> None:
    inside, outside = declared("in", "space", within="space"), declared("out", "space")
    everything = (SPACE, inside, outside)
    known = (held(SPACE, inputs={}), held(inside, deletedWith="space"), held(outside))
    assert registered(part(everything, known)) == {"space", "in"}
    assert registered(part(everything, (held(SPACE), *known[1:]))) == set()


def test_of_a_new_object_all_that_it_needs_is_looked_at_too() -> None:
    found = part([*ALL, declared("new", "b")])
    assert registered(found) == {"new", "b", "a", "space"}
    assert found.excerpt.kept == OTHERS | {"b", "a", "space"}


def test_what_is_needed_from_now_on_is_looked_at_and_what_is_not_any_more_stays_in_the_excerpt() -> None:
    found = part([SPACE, A, replace(B, needs=("c",)), C])
    assert registered(found) == {"space", "a", "b", "c"}


def test_an_object_that_was_dropped_is_seen_by_the_engine_with_what_it_stands_on() -> None:
    found = part([SPACE, A, C])
    assert found.excerpt.kept == OTHERS | {"space", "a", "b"}
    assert registered(found) == {"space", "a"}


def test_what_is_needed_and_dropped_at_once_is_seen() -> None:
    found = part([replace(B, needs=()), C])
    assert registered(found) == {"b"}
    assert found.excerpt.kept == OTHERS | {"space", "a", "b"}


def test_resources_of_somebody_else_are_always_seen_with_what_they_stand_on() -> None:
    theirs: list[Resource] = [
        {"urn": "x", "type": "my:Component"},
        {"urn": "y", "type": "t", "parent": "x", "dependencies": ["c"]},
    ]
    found = part(resources=[*map(held, ALL), *theirs])
    assert found.excerpt.kept == OTHERS | {"x", "y", "c"}
    assert registered(found) == {"c"}


def test_a_record_that_names_every_object_has_all_of_them_looked_at() -> None:
    resources = [ROOT, PROVIDER, *map(held, ALL), {**RECORD, "dependencies": [one.urn for one in ALL]}]
    found = narrowed(State({"resources": resources}), inventory(ALL), PROGRAM)
    assert found is not None
    assert registered(found) == {one.urn for one in ALL}
    assert found.excerpt.left_out == 0


def test_the_order_of_registrations_stays() -> None:
    found = part([SPACE, A, changed(B, data={}), changed(C, data={})])
    assert [one.urn for one in found.inventory.before] == ["space", "a", "b", "c"]


SECOND = {**PROVIDER, "urn": "p2"}
ALIASED = declared("v2", aliases=("v1", "v0"))
WHOLE: dict[str, tuple[State, Inventory]] = {
    "nothing is held": (State(), inventory(ALL)),
    "operations pend": (state(map(held, ALL), pending_operations=[{"type": "creating"}]), inventory(ALL)),
    "two providers": (state([SECOND, *map(held, ALL)]), inventory(ALL)),
    "a name twice": (state([*map(held, ALL), held(A)]), inventory(ALL)),
    "a deletion to be finished": (
        state([*map(held, ALL), {"urn": "x", "type": "t", "delete": True}]),
        inventory(ALL),
    ),
    "a replacement to be finished": (state([held(C, pendingReplacement=True)]), inventory([C])),
    "a resource that isn't ours": (state([held(C, external=True)]), inventory([C])),
    "a resource to be replaced": (state([held(C, taint=True)]), inventory([C])),
    "another version of an object": (state([held(declared("v1"))]), inventory([ALIASED])),
    "another version of a hook": (state([held(declared("v0"))]), inventory([], [ALIASED])),
}


@pytest.mark.parametrize(("known", "whole"), WHOLE.values(), ids=WHOLE)
def test_where_a_part_may_not_tell_all_there_is_none(known: State, whole: Inventory) -> None:
    assert narrowed(known, whole, PROGRAM) is None


@pytest.mark.parametrize("outputs", [{"program": "another"}, {}, None])
def test_of_a_state_that_another_program_wrote_there_is_no_part(outputs: Resource | None) -> None:
    resources = [{**ROOT, "outputs": outputs}, PROVIDER, *map(held, ALL)]
    assert narrowed(State({"resources": resources}), inventory(ALL), PROGRAM) is None


def test_an_alias_of_an_object_that_is_there_under_its_own_name_is_no_reason() -> None:
    found = part([ALIASED], [held(ALIASED), held(declared("v1"))])
    assert found.excerpt.kept == OTHERS | {"v1"}
