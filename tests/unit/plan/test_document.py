"""The document and its seal: what is sealed, and that nothing edited is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import Phase, given, settings

from onestack.errors import InvalidPlan
from onestack.plan import Field, Missing, Plan, Unchecked, digest, document, from_document, read, write
from onestack.plan.digest import summed
from onestack.plan.masked import masked
from onestack.plan.state import state_digest
from tests.unit.plan import made

SMALL = made.small()


def edited(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(write(SMALL))
    change(found)
    return found


def resealed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Edited by somebody who knows how the sum is made."""
    found = edited(change)
    found.pop("sum")
    return {**found, "sum": summed(found)}


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(made.any_plan())
def test_every_plan_comes_back(plan: Plan) -> None:
    told = orjson.loads(write(plan))
    again = from_document(told)
    assert document(again) == told
    assert digest(again) == digest(plan)
    assert again.reach == plan.reach


def test_values_that_are_missing_come_back_as_that() -> None:
    again = read(write(SMALL))
    secret = next(one for one in again.changes if one.kind == "Secret")
    assert secret.fields[0].after is Missing.HIDDEN
    assert again == SMALL


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(digest=made.HASH),
        lambda found: found["changes"].pop(),
        lambda found: found["risks"].clear(),
        lambda found: found["risks"][0].update(grave=False),
        lambda found: found.update(tree="2" * 40),
        lambda found: found["changes"][1]["fields"].clear(),
        lambda found: found["changes"][0].update(name="shop/harmless"),
        lambda found: found["changes"][-1].update(namespace="harmless"),
    ],
)
def test_what_is_sealed_can_not_be_edited(change: Callable[[dict[str, Any]], Any]) -> None:
    for found in (edited(change), resealed(change)):
        with pytest.raises(InvalidPlan, match="it was edited"):
            from_document(found, "plan.json")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda found: found.update(verdict="all is well"), "it was edited"),
        (lambda found: found["unchecked"].clear(), "it was edited"),
        (lambda found: found.update(needsApproval=False), "it was edited"),
        (lambda found: found.update(more=1), "more: Extra inputs"),
        (lambda found: found.pop("state"), "state: Field required"),
        (lambda found: found.update(plan=2), "plan: Input should be 1"),
        (lambda found: found.update(tree="../../etc"), "tree: String should match"),
        (lambda found: found["changes"][0].update(op="explode"), "changes.0.op: "),
        (lambda found: found["changes"][4]["fields"][0].update(live={"missing": "x"}), "is neither a value"),
        (lambda found: found["risks"][0].update(rule="<b>"), "risks.0.rule: "),
    ],
)
def test_what_is_no_plan_is_refused_in_words(change: Callable[[dict[str, Any]], Any], why: str) -> None:
    with pytest.raises(InvalidPlan) as caught:
        from_document(edited(change), "plan.json")
    assert why in caught.value.why
    assert caught.value.exit_code == 2
    assert "plan.json" in caught.value.message()


@pytest.mark.parametrize("written", [b"", b"[]", b"null", b"{", b'"x"', b"[" * 5_000, b'{"plan": 1}'])
def test_what_is_no_document_is_refused(written: bytes) -> None:
    with pytest.raises(InvalidPlan):
        read(written)


def test_a_value_that_is_nested_too_deep_is_refused() -> None:
    deep: Any = {}
    for _ in range(3_000):
        deep = {"a": deep}
    with pytest.raises(InvalidPlan, match="nested too deep"):
        from_document(edited(lambda found: found["changes"][0].update(application=deep)))


def test_a_document_that_is_too_big_is_not_even_read() -> None:
    with pytest.raises(InvalidPlan, match="bigger than 64 MB"):
        read(b" " * 64_000_001)


def test_the_digest_is_of_the_content_not_of_the_order_or_of_who_looks() -> None:
    same = replace(
        SMALL,
        changes=SMALL.changes[::-1],
        risks=SMALL.risks[::-1],
        unchecked=(Unchecked("a", "b"),),
        warnings=("c",),
        commit="3" * 40,
        same=SMALL.same + 1,
    )
    assert digest(same) == digest(SMALL)
    unseen = tuple(
        replace(
            one,
            fields=tuple(
                replace(held, live=Missing.UNSEEN)
                for held in one.fields
                if held.before != held.after or held.before is Missing.HIDDEN
            ),
        )
        for one in SMALL.changes
    )
    assert digest(replace(SMALL, changes=unseen)) == digest(SMALL)


@pytest.mark.parametrize(
    "other",
    [
        replace(SMALL, tree="2" * 40),
        replace(SMALL, settings=f"sha256:{'b' * 64}"),
        replace(SMALL, state=f"sha256:{'b' * 64}"),
        replace(SMALL, stack="prod"),
        replace(SMALL, project="other"),
        replace(SMALL, against="simulation"),
        replace(SMALL, changes=SMALL.changes[1:]),
        replace(SMALL, risks=SMALL.risks[1:]),
        replace(SMALL, changes=tuple(replace(one, fields=()) for one in SMALL.changes)),
        replace(SMALL, changes=tuple(replace(one, destroys=()) for one in SMALL.changes)),
    ],
)
def test_all_that_is_sealed_is_in_the_digest(other: Plan) -> None:
    assert digest(other) != digest(SMALL)


def test_true_is_not_one_and_missing_is_no_value() -> None:
    def of(after: Any) -> str:
        change = replace(SMALL.changes[0], fields=(Field("a", 0, after),))
        return digest(replace(SMALL, changes=(change,)))

    assert len({of(True), of(1), of("1"), of(Missing.ABSENT), of("absent"), of({"missing": "absent"})}) == 6


def test_how_a_machine_reaches_its_cluster_is_not_sealed() -> None:
    token = "pulumi:providers:kubernetes"

    def moved(**differing: str) -> Plan:
        return made.plan(made.planned("update", token, "cluster", {"a": 1}, {"a": 2}, **differing))

    assert digest(moved(kubeconfig="update")) == digest(made.plan())
    assert digest(moved(kubeconfig="update", clusterIdentifier="update")) != digest(made.plan())


MARK = "4dabf18193072939515e22adb298388d"
HELD: list[dict[str, Any]] = [
    {"urn": "a", "type": "t", "id": "1", "inputs": {"x": 1}, "modified": "noon", "outputs": {"y": 1}},
    {
        "urn": "b",
        "type": "t",
        "id": "2",
        "inputs": {"s": {MARK: "z", "ciphertext": "v1:a"}},
        "modified": "noon",
    },
]


def test_a_state_is_what_it_holds_not_when_or_in_which_order() -> None:
    base = state_digest(HELD)
    assert state_digest(HELD[::-1]) == base
    assert state_digest([{**HELD[0], "modified": "one", "outputs": {}}, HELD[1]]) == base
    # The engine encrypts anew what stays the same, and says when it changed.
    assert state_digest([HELD[0], {**HELD[1], "inputs": {"s": {MARK: "z", "ciphertext": "v1:b"}}}]) == base
    assert state_digest([HELD[0], {**HELD[1], "modified": "one"}]) != base
    assert state_digest(HELD[:1]) != base
    assert state_digest([{**HELD[0], "inputs": {"x": 2}}, HELD[1]]) != base
    assert state_digest([{**HELD[0], "id": "3"}, HELD[1]]) != base
    assert state_digest([{**HELD[0], "delete": True}, HELD[1]]) != base
    assert state_digest(HELD, [{"type": "creating", "resource": {"urn": "c"}}]) != base


def test_a_plan_whose_names_hold_a_secret_is_told_without_it_and_comes_back() -> None:
    token = "kubernetes:apps/v1:Deployment"
    change = made.planned("update", token, "hunter2/web", {"a": 1}, {"a": 2}, application="shop", a="update")

    def hide(text: str) -> str:
        return "[secret]" if text == "web" else text.replace("hunter2", "[secret]")

    plan = masked(made.plan(change, held=(made.resource(token, "hunter2/web"),)), hide)
    assert "hunter2" not in write(plan).decode()
    assert from_document(orjson.loads(write(plan))) == plan
