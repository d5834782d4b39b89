"""The policy gate: closed by errors where the stack has a policy; a rule that fails hasn't been kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onestack.errors import UnknownRule
from onestack.gates.judging import decide, weighed
from onestack.gates.policy import Review, Rule, Violation, rule
from onestack.gates.settings import PolicySettings
from onestack.validation.finding import Severity
from tests.unit.gates.plans import container, deployment

WEB = deployment({"containers": [container()]})
REVIEW = Review((WEB,))


@rule("no-web", "Nobody wants it.")
def no_web(review: Review) -> Iterator[Violation]:
    for one in review.of_kind("Deployment"):
        yield Violation("it is there", one)


@rule("told", "It is good to know.", severity="warning")
def told(review: Review) -> Iterator[Violation]:
    yield Violation("something")


@rule("fails", "It can't.")
def fails(review: Review) -> Iterator[Violation]:
    yield Violation(str(review.objects[7]))


def test_an_error_closes_the_gate_and_says_why() -> None:
    found = decide((told, no_web), REVIEW, PolicySettings())
    assert not found.open
    assert found.reason == "1 violation of no-web"
    assert found.details == (
        "error no-web: Deployment shop/web: it is there (manifests/shop/web.yaml:1:1)",
        "warning told: something",
    )
    assert found.opens_by.endswith("in a pull request; no-web: Nobody wants it.")


def test_warnings_are_told_and_stop_nothing() -> None:
    found = decide((told,), REVIEW, PolicySettings())
    assert (found.open, found.details) == (True, ("warning told: something",))
    assert decide((), REVIEW, PolicySettings()).reason == "no rule is broken"
    assert decide((), REVIEW, None).reason == "the stack has no policy", "no rule was asked"


def test_a_stack_without_a_policy_is_told_and_not_stopped() -> None:
    found = decide((no_web,), REVIEW, None)
    assert (found.open, len(found.details)) == (True, 1)


def test_a_rule_that_fails_closes_the_gate() -> None:
    found = decide((fails,), REVIEW, PolicySettings())
    assert not found.open
    assert "the rule itself fails: IndexError: tuple index out of range (" in found.details[0]
    assert "test_judging.py:" in found.details[0]


def test_many_violations_are_counted() -> None:
    found = decide((no_web,), Review((WEB,) * 25), PolicySettings())
    assert found.reason == "25 violations of no-web"
    assert (len(found.details), found.details[-1]) == (21, "and 5 more")


def test_the_stack_weighs_rules() -> None:
    settings = PolicySettings(rules={"no-web": Severity.WARNING, "told": Severity.OFF})
    found = weighed((no_web, told), settings, "live")
    assert [(one.name, one.severity) for one in found] == [("no-web", Severity.WARNING)]
    assert weighed((no_web, told), None, "live") == (no_web, told)


def test_a_rule_that_nobody_has_is_refused() -> None:
    with pytest.raises(UnknownRule, match="there is no rule nowep") as caught:
        weighed((no_web,), PolicySettings(rules={"nowep": Severity.OFF}), "live")
    assert "stacks/Pulumi.live.yaml" in str(caught.value)
    assert "known rules: no-web" in str(caught.value)


def test_a_rule_may_yield_text_alone() -> None:
    careless = Rule("careless", "x", Severity.ERROR, lambda review: ["just text"])  # type: ignore[list-item]
    assert decide((careless,), REVIEW, PolicySettings()).details == ("error careless: just text",)
