"""The comment: readable, never too long, and never markup of others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from onestack.comment_marker import marker
from onestack.plan import Change, Field, Plan, digest, markdown
from onestack.plan.markdown import LEAST, length
from onestack.plan.planned import Planned
from tests.conftest import Golden
from tests.unit.plan import made

DATA = Path(__file__).parents[2] / "data" / "plans"
OURS = re.compile(
    r"</?(?:p|strong|em|code|pre|h3|ul|li|table|thead|tbody|tr|th|td|details|summary)(?: [^<>]*)?>"
    r"|<!-- .* -->"
)


def rendered(text: str) -> str:
    """What is left of a comment as HTML without what stands in code, and without our own elements."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    html = re.sub(r"<(code|pre)[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    return OURS.sub("", html)


def test_a_small_plan_reads_so(golden: Golden) -> None:
    golden(DATA / "small.md", markdown(made.small()))


def test_a_big_plan_says_what_was_left_out(golden: Golden) -> None:
    text = markdown(made.big(), 12_000)
    golden(DATA / "big.md", text)
    assert length(text) <= 12_000
    assert re.search(r"\d+ of 2000 changes were left out", text)


def test_nothing_is_one_line() -> None:
    text = markdown(made.plan(held=(made.resource("kubernetes:core/v1:ConfigMap", "a"),)))
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == marker("dev")
    assert lines[1:-1] == ["**Preview of `dev`**: nothing changes: `1` unchanged".replace("`1`", "1")]
    assert lines[-1].startswith("Plan `sha256:")


def test_the_marker_comes_first_and_ends_nowhere_else() -> None:
    assert markdown(made.small()).startswith("<!-- onestack:preview dev -->\n")
    assert marker("a-->b<!--") == "<!-- onestack:preview a%2d%2d%3eb%3c%21%2d%2d -->"


def test_what_is_grave_says_how_to_approve_it_and_the_rest_does_not() -> None:
    plan = made.small()
    assert f"comment `/approve {digest(plan)}`" in markdown(plan)
    harmless = made.plan(made.planned("create", "kubernetes:core/v1:ConfigMap", "a/b"))
    assert "/approve" not in markdown(harmless)
    # An approval is a line of its own: a comment of ours is none.
    assert not re.search(r"^ {0,3}/approve", markdown(plan), re.MULTILINE)


def test_what_is_made_is_told_with_what_is_asked_first() -> None:
    def made_anew(number: int) -> Planned:
        spec = {"replicas": 2, "template": {"spec": {"containers": [{"image": f"shop/web:{number}"}]}}}
        return made.planned("create", "kubernetes:apps/v1:Deployment", f"shop/{number}", after={"spec": spec})

    few = markdown(made.plan(made_anew(1)))
    assert "+   spec.template.spec.containers[0].image: shop/web:1\n+   spec.replicas: 2\n" in few
    # Of many, names are worth more: with their images not half of them would fit.
    many = markdown(made.plan(*map(made_anew, range(400))))
    assert "image" not in many
    assert "left out" not in many


def test_fewer_characters_than_needed_are_refused() -> None:
    with pytest.raises(ValueError, match="needs 4000"):
        markdown(made.small(), LEAST - 1)


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(made.any_plan(), st.integers(LEAST, 65_536))
def test_any_plan_fits_and_says_nothing_but_text(plan: Plan, limit: int) -> None:
    text = markdown(plan, limit)
    assert length(text) <= limit
    left = rendered(text)
    for sign in ("<", "@", "://", "www.", "#", "|", "](", "&lt;", "\u202e"):
        assert sign not in left, (sign, left)
    assert text.isprintable() or all(char.isprintable() or char == "\n" for char in text)
    assert not re.search(r"^\s*(/approve|::)", text, re.MULTILINE)
    assert text.count("<details>") == text.count("</details>") or "</details>" in str(plan)


@pytest.mark.parametrize("objects", [1, 50, 2_000])
def test_whatever_the_size_it_stays_within_the_limit(objects: int) -> None:
    plan = made.big(objects)
    assert length(markdown(plan)) <= 60_000
    assert f"`{digest(plan)}`" in markdown(plan, LEAST)


def test_what_no_approval_is_of_leaves_nothing_out_that_one_is_of() -> None:
    """A forged document could hold any amount of it beside the plan that its digest names."""
    drift = [Field(f"a{number}", 1, 1, 2) for number in range(30)]
    fields = (*drift, Field("spec.image", "shop:1", "evil:1", "shop:1"))
    change = Change(
        "update", made.urn("kubernetes:apps/v1:Deployment", "shop/web"), "t:t:Deployment", "shop/web"
    )
    token = "pulumi:providers:kubernetes"
    long = tuple(f"nothing {number} " + "x" * 190 for number in range(400))
    moved = Change(
        "update", made.urn(token, "a"), token, "a", fields=(Field("context", 1, 2, 1),), destroys=long
    )
    plan = replace(made.plan(), changes=(moved, replace(change, fields=fields)))
    assert digest(plan) == digest(replace(plan, changes=(replace(change, fields=fields[-1:]),)))
    assert "evil:1" in markdown(plan)
