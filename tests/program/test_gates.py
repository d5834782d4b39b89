"""What this repository declares passes its own gates' policy in every stack, and is judged by it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from onestack import policies, settings
from onestack.declaration import declaration
from onestack.gates.judging import decide, judge
from onestack.gates.policy import Review
from onestack.graph import Resource
from onestack.rendering.options import on_path
from onestack.validation.finding import Severity
from tests.program.clouds import REPOSITORY, STACKS, recorded

EVERY = ("local", *STACKS)
CLUSTER = "gcp:container/cluster:Cluster"


def resources(stack: str) -> tuple[Resource, ...]:
    if stack not in STACKS:
        return ()
    return tuple(
        Resource(one["name"], one["type"], one["name"], inputs=one.get("inputs") or {})
        for one in recorded(stack)
    )


@cache
def review(stack: str) -> Review:
    own = settings.from_file(Path(REPOSITORY), stack)
    made = declaration(REPOSITORY, own, project="onestack", tools=on_path)
    return Review((*made.manifests, *made.after, *made.tests), resources(stack))


@pytest.mark.parametrize("stack", EVERY)
def test_every_stack_passes(stack: str) -> None:
    own = settings.from_file(REPOSITORY, stack).gates
    rules = policies.load(REPOSITORY, stack, own.policy)
    assert [str(one) for one in judge(rules, review(stack)) if one.rule.severity is Severity.ERROR] == []
    assert decide(rules, review(stack), own.policy).open


def test_there_is_something_to_judge() -> None:
    prod = review("prod")
    assert len(list(prod.containers())) > 3
    assert len(list(prod.of_type(CLUSTER))) == 1
    rules = policies.load(REPOSITORY, "dev", None)
    told = {one.rule.name for one in judge(rules, review("dev"))}
    assert told == {"load-balancer", "unprotected-data"}


def test_the_stacks_have_the_gates_that_the_documents_promise() -> None:
    gates = {stack: settings.from_file(REPOSITORY, stack).gates for stack in EVERY}
    standing = {
        stack: [
            name for name in ("windows", "approvals", "limits", "policy") if getattr(one, name) is not None
        ]
        for stack, one in gates.items()
    }
    assert standing == {
        "local": [],
        "dev": [],
        "staging": ["approvals", "limits", "policy"],
        "prod": ["windows", "approvals", "limits", "policy"],
    }
