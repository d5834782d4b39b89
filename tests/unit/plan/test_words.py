"""What every rendering says alike, what a terminal shows, and what could not be checked."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from rich.console import Console

from onestack.manifests.manifest import Identity
from onestack.plan import Missing, Plan, text, verdict
from onestack.plan.inert import code, prose, summary
from onestack.plan.unchecked import Seen, unchecked
from onestack.plan.words import shown
from onestack.validation.verdict import State, Verdict
from tests.unit.plan import made


def printed(plan: Plan) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False, emoji=False)
    console.print(text(plan))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_values_drift_losses_and_risks() -> None:
    shown_text = printed(made.small())
    for part in (
        "spec.template.image: shop:1.4.2 -> shop:1.4.3",
        "spec.replicas: 7 is live, set back to 3",
        "data.key: (secret) -> (secret)",
        "destroys the data on its volume (20Gi)",
        "grave risk deletes-data: PersistentVolumeClaim old/data is deleted",
        "reaches 3 that stand on what changes",
        "not checked: fields of 2 objects",
    ):
        assert part in shown_text


@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(made.any_plan())
def test_a_terminal_is_told_nothing_that_it_obeys(plan: Plan) -> None:
    assert all(char.isprintable() or char == "\n" for char in printed(plan))


def test_a_big_plan_ends_on_a_terminal() -> None:
    assert len(printed(made.big()).splitlines()) < 500


def test_the_verdict_is_one_line() -> None:
    assert verdict(made.plan()) == "nothing changes: 0 unchanged"
    assert verdict(made.small()) == (
        "1 to create, 2 to update, 1 to replace, 2 to delete, 7 unchanged; 5 grave risks: needs an approval; "
        "1 thing not checked"
    )
    harmless = made.plan(made.planned("create", "kubernetes:core/v1:ConfigMap", "a/b"))
    assert verdict(replace(harmless, against="empty state")) == (
        "1 to create; no risk found (against an empty state)"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("text", "text"),
        ("", '""'),
        (3, "3"),
        (True, "true"),
        (None, "null"),
        (Missing.ABSENT, "(not there)"),
        ({"a": Missing.HIDDEN}, '{"a":"(hidden)"}'),
        ("a\nb\u202e", "a | b\\u202e"),
        ("x" * 50, "x" * 19 + "…"),
    ],
)
def test_values_are_one_line(value: object, said: str) -> None:
    assert shown(value, 20) == said


def test_others_text_is_inert() -> None:
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a`") == "`` `a` ``"
    assert code("a|b") == "`a\\|b`"
    assert prose("ask @team, or see www.x.example now.") == "ask `@team`, or see `www.x.example` now."
    assert prose("1. one") == "`1`. one"
    assert (
        summary("</code><b>&") == "<details><summary><code>&lt;/code&gt;&lt;b&gt;&amp;</code></summary>\n\n"
    )


def test_what_could_not_be_checked_says_why() -> None:
    config = made.planned("create", "kubernetes:core/v1:ConfigMap", "a/b", after={"x": Missing.UNSEEN})
    one = Identity("", "ConfigMap", "a", "b")
    seen = Seen(
        verdicts=(
            Verdict(one, State.NOT_CHECKABLE, "nobody knows its kind"),
            Verdict(one, State.NOT_CHECKABLE, "nobody knows its kind"),
            Verdict(one, State.VALID, unchecked="its rules are too long"),
        ),
        there=False,
        not_live={"it is forbidden": 3},
        simulated=True,
        uncommitted=True,
        taken=("ConfigMap a/b",),
    )
    assert [(held.what, held.why.partition(":")[0]) for held in unchecked([config], seen)] == [
        ("ConfigMap a/b", "it is in the cluster already and isn't this stack's"),
        ("files that are not committed", "the plan seals them, and no commit has them"),
        ("Google Cloud", "it is simulated on this machine, and was not asked"),
        ("1 object", "the cluster that they go to is not there yet"),
        ("what is live of 3 objects", "it is forbidden"),
        ("fields of 2 objects", "nobody knows its kind"),
        ("a part of 1 object", "its rules are too long"),
        ("values of 1 resource", "they are known only when what they come from is made"),
    ]
    assert unchecked([], Seen()) == ()


def test_changes_are_sorted_by_namespace_kind_and_name() -> None:
    told = (
        ("core/v1:Service", "shop/b"),
        ("core/v1:Service", "shop/a"),
        ("apps/v1:Deployment", "shop/c"),
        ("core/v1:Node", "node"),
    )
    plan = made.plan(*(made.planned("create", f"kubernetes:{token}", name) for token, name in told))
    assert [one.name for one in plan.changes] == ["node", "shop/c", "shop/a", "shop/b"]
