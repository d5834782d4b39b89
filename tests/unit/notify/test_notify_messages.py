"""Messages: what they say, that nothing in them is markup of others, and that Slack takes them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestack.notify import About, Link, Message, failed, started, succeeded, waiting
from onestack.notify.text import escaped, linked, plain
from tests.stand_ins.slack import faults

ABOUT = About(
    deployment="prod-1",
    stack="prod",
    commit="0123456789abcdef" * 2 + "01234567",
    subject="Fix the <orders> & carts",
    who="ada <ada@example.com>",
    counts={"create": 2, "update": 0, "replace": 0, "delete": 1},
    links=(Link("Pull request #7", "https://github.com/acme/bookshop/pull/7"),),
)


def words(message: Message) -> str:
    """All that is shown."""
    found: list[str] = []
    for block in message.blocks:
        texts: Any = (block.get("text"), *block.get("fields", ()), *block.get("elements", ()))
        found += [one["text"] for one in texts if one]
    return "\n".join(found)


def test_what_started() -> None:
    said = words(started(ABOUT))
    assert "prod: deployment started" in said
    assert "`0123456789ab` Fix the &lt;orders&gt; &amp; carts" in said
    assert "ada &lt;ada@example.com&gt;" in said
    assert "2 to create, 1 to delete" in said
    assert "<https://github.com/acme/bookshop/pull/7|Pull request #7>" in said


def test_what_waits_and_for_what() -> None:
    said = words(waiting(ABOUT, "window", "closed until Monday", "approve with force"))
    assert "*window*: closed until Monday" in said
    assert "*Opens*: approve with force" in said


def test_what_succeeded() -> None:
    said = words(succeeded(ABOUT, 135.4, ("12 tests passed", "a <b>")))
    assert "deployed in 2 min 15 s" in said
    assert "12 tests passed\na &lt;b&gt;" in said
    assert "deployed in 9 s" in words(succeeded(ABOUT, 9.1))


def test_what_failed_and_what_is_live() -> None:
    said = words(failed(ABOUT, "Deployment shop/orders: `crash`", "the revision before", "roll back"))
    assert "```Deployment shop/orders: 'crash'```" in said
    assert "*Live now*: the revision before" in said
    assert "*Next*: roll back" in said


def test_an_id_is_that_of_the_message_not_of_its_words() -> None:
    gates = {waiting(ABOUT, gate, why).id for gate in ("window", "approval") for why in ("a", "b")}
    assert len(gates) == 2
    assert failed(ABOUT, "one").id == failed(ABOUT, "two").id
    assert len({started(ABOUT).id, succeeded(ABOUT, 1).id, failed(ABOUT, "x").id, *gates}) == 5
    assert started(ABOUT).id != started(About("prod-2", "prod", "c", "s", "w")).id


@pytest.mark.parametrize("text", ["<!here>", "@here", "@Channel x", "<@U123>", "<#C1>", "<https://x|y>"])
def test_nothing_calls_or_links(text: str) -> None:
    said = escaped(text, 100)
    assert "<" not in said
    assert not re.search("@(here|channel|everyone)", said, re.IGNORECASE)


@given(st.text(), st.integers(20, 400))
def test_any_text_is_cut_to_its_bound_and_no_entity_in_two(text: str, limit: int) -> None:
    said = escaped(text, limit)
    assert len(said) <= limit
    assert not set(said) & set("<>`")
    assert re.sub("&(amp|lt|gt);", "", said).count("&") == 0
    assert len(plain(text, limit)) <= limit


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "x", "https://", "//x.org"])
def test_only_the_web_is_linked(address: str) -> None:
    assert linked("x", address) is None


def test_an_address_ends_where_it_should() -> None:
    assert linked("a|b>c", "https://x.org/?a=1&b=2|evil><!here>") == (
        "<https://x.org/?a=1&amp;b=2%7Cevil%3E%3C!here%3E|a/b&gt;c>"
    )


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_slack_takes_them_whatever_they_hold(data: st.DataObject) -> None:
    text = st.one_of(st.text(max_size=40), st.text("<&>`*@\n", max_size=6000))
    stack, commit, subject, who = (data.draw(text) for _ in range(4))
    about = About(
        "d",
        stack,
        commit,
        subject,
        who,
        counts={"create": 10**9, "delete": 1},
        links=tuple(Link(data.draw(text), f"https://x.org/{data.draw(text)}") for _ in range(7)),
    )
    whole = data.draw(text)
    for message in (
        started(about),
        waiting(about, whole, whole, whole),
        succeeded(about, 1e6, (whole,) * 20),
        failed(about, whole, whole, whole),
    ):
        body = {"text": message.text, "blocks": [dict(block) for block in message.blocks]}
        assert list(faults(body)) == []
