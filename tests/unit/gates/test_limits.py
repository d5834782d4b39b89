"""A plan that changes too much at once waits."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.gates.limits import decide
from onestack.gates.settings import LimitSettings
from onestack.plan import Op, Plan
from tests.unit.gates.plans import change, plan


def of(same: int = 0, **counts: int) -> Plan:
    ops: dict[str, Op] = {"create": "create", "update": "update", "replace": "replace", "delete": "delete"}
    return plan(*(change(ops[op]) for op, many in counts.items() for _ in range(many)), same=same)


@pytest.mark.parametrize(
    ("limits", "made", "said"),
    [
        ({"changes": 2}, of(update=1, delete=1, replace=1), "3 changes, at most 2"),
        ({"deletes": 0}, of(delete=1), "1 deletion, at most 0"),
        ({"replaces": 1}, of(replace=2), "2 replacements, at most 1"),
        ({"share": 30}, of(update=31, same=69), "31 of 100 resources, at most 30 %"),
        ({"share": 99}, of(delete=3), "3 of 3 resources, at most 99 %"),
        ({"changes": 1, "deletes": 1}, of(delete=2), "2 changes, at most 1; 2 deletions, at most 1"),
    ],
)
def test_more_than_the_limit_closes_the_gate(limits: dict[str, Any], made: Plan, said: str) -> None:
    found = decide(made, LimitSettings(**limits))
    assert not found.open
    assert found.reason.endswith(f": {said}")
    assert "onestack:gates.limits" in found.opens_by


@pytest.mark.parametrize(
    ("limits", "made"),
    [
        ({"changes": 3}, of(update=1, delete=1, replace=1)),
        ({"share": 30}, of(update=30, same=70)),
        ({"share": 1, "changes": 1}, of(create=500)),
        ({"share": 1}, of()),
        ({"deletes": 0, "replaces": 0}, of(update=9)),
        ({}, of(delete=9)),
    ],
)
def test_up_to_the_limit_it_is_open_and_creations_do_not_count(limits: dict[str, Any], made: Plan) -> None:
    assert decide(made, LimitSettings(**limits)).open


def test_without_limits_it_is_open() -> None:
    assert decide(of(delete=99), None).open
