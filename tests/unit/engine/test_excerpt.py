"""A part of a state stands on nothing that was left out, and the whole put together is a valid state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onestack.engine.excerpt import Excerpt, closed
from onestack.engine.state import State

Resource = Mapping[str, Any]

PROVIDER = {"urn": "provider", "type": "pulumi:providers:kubernetes", "id": "1"}


def resource(urn: str, *needs: str, **content: Any) -> Resource:
    """A resource of a state."""
    return {"urn": urn, "type": "a:b:C", "dependencies": list(needs), **content}


def out_of_place(resources: Sequence[Resource]) -> list[str]:
    """Those that come before something they stand on."""
    earlier: set[str] = set()
    found = []
    for one in resources:
        provider = str(one.get("provider") or "").rpartition("::")[0]
        if {*(one.get("dependencies") or ()), *filter(None, (one.get("parent"), provider))} - earlier:
            found.append(str(one["urn"]))
        earlier.add(str(one["urn"]))
    return found


def test_what_a_resource_stands_on_is_what_it_depends_on_its_parent_its_provider_and_what_takes_it() -> None:
    held = [
        PROVIDER,
        *(resource(urn) for urn in ("parent", "taker", "far", "other")),
        resource("near", "far"),
        resource("it", "near", parent="parent", deletedWith="taker", provider="provider::1"),
    ]
    assert closed(["it"], held) == {"it", "near", "far", "parent", "taker", "provider"}
    assert closed(["far"], held) == {"far"}
    assert closed(["unknown"], held) == frozenset()


def test_an_excerpt_keeps_the_order_and_all_that_a_state_says_beside_its_resources() -> None:
    held = [resource("a"), resource("b"), resource("c", "a")]
    state = State(
        {"manifest": {"magic": "m"}, "secrets_providers": {"type": "passphrase"}, "resources": held}
    )
    excerpt = Excerpt(state, frozenset({"c", "a"}))
    assert excerpt.deployment() == {**state.deployment, "resources": [held[0], held[2]]}
    assert excerpt.left_out == 1


def test_put_together_the_state_is_what_the_run_says_and_what_was_left_out() -> None:
    state = State({"manifest": "before", "resources": [resource("a"), resource("b"), resource("c")]})
    after = State({"manifest": "after", "pending_operations": [1], "resources": [resource("new")]})
    assert Excerpt(state, frozenset({"a", "c"})).merged(after) == {
        "manifest": "after",
        "pending_operations": [1],
        "resources": [resource("new"), resource("b")],
    }


@st.composite
def states(draw: st.DrawFn) -> tuple[State, frozenset[str]]:
    """A valid state of any shape, and names of some of its resources."""
    held: list[Resource] = [PROVIDER]
    for number in range(draw(st.integers(0, 12))):
        earlier = [str(one["urn"]) for one in held]
        needs = draw(st.lists(st.sampled_from(earlier), max_size=4, unique=True))
        parent = draw(st.sampled_from([None, *earlier]))
        provider = draw(st.sampled_from(["", "provider::1"]))
        held.append(resource(str(number), *needs, parent=parent, provider=provider))
    some = draw(st.sets(st.sampled_from([str(one["urn"]) for one in held])))
    return State({"resources": held}), frozenset(some)


@given(states(), st.data())
def test_whatever_the_state_an_excerpt_and_what_comes_of_it_are_valid(
    given_state: tuple[State, frozenset[str]], data: st.DataObject
) -> None:
    state, some = given_state
    excerpt = Excerpt(state, closed(some, state.resources))
    part = excerpt.deployment()["resources"]
    assert out_of_place(part) == []
    assert some <= {one["urn"] for one in part}
    # A run may add what stands on the part, write it in any order that holds, and drop what nothing needs.
    needed = {need for one in state.resources for need in (*one.get("dependencies", ()), one.get("parent"))}
    gone = data.draw(st.sets(st.sampled_from([None, *(one["urn"] for one in part)])))
    kept = [one for one in part if one["urn"] in needed or one["urn"] == "provider" or one["urn"] not in gone]
    new = resource("new", *(one["urn"] for one in kept))
    merged = excerpt.merged(replace(state, deployment={"resources": [*kept, new]}))["resources"]
    assert out_of_place(merged) == []
    urns = [one["urn"] for one in merged]
    assert len(urns) == len(set(urns))
    assert {*urns} == {one["urn"] for one in state.resources} - ({*gone} - {one["urn"] for one in kept}) | {
        "new"
    }
