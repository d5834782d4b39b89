"""Which request meets which fault."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.faults.rules import Answer, Cut, Hold, Request, Rule, chosen, decide

CREATED = Request(3, "POST", "/api/v1/namespaces/a/configmaps", {"fieldManager": "x"}, write=1)
TRIED = Request(4, "PATCH", "/api/v1/namespaces/a/configmaps/b", {"dryRun": "All"})
WATCHED = Request(5, "GET", "/api/v1/configmaps", {"watch": "true"})


def test_only_what_changes_something_is_a_write() -> None:
    assert [one.changes for one in (CREATED, TRIED, WATCHED)] == [True, False, False]
    assert [one.watches for one in (CREATED, TRIED, WATCHED)] == [False, False, True]


@pytest.mark.parametrize(
    ("rule", "fitting"),
    [
        (Rule(Cut()), [CREATED, TRIED, WATCHED]),
        (Rule(Cut(), methods="POST PATCH"), [CREATED, TRIED]),
        (Rule(Cut(), path="/configmaps$"), [CREATED, WATCHED]),
        (Rule(Cut(), writes=True), [CREATED]),
        (Rule(Cut(), writes=False), [TRIED, WATCHED]),
        (Rule(Cut(), watches=True), [WATCHED]),
        (Rule(Cut(), methods="GET", watches=False), []),
        (Rule(Cut(), share=0.0), []),
    ],
)
def test_a_rule_is_about_what_fits_all_it_says(rule: Rule, fitting: list[Request]) -> None:
    assert [one for one in (CREATED, TRIED, WATCHED) if rule.fits(one)] == fitting


def test_the_first_rule_that_fits_decides_until_it_is_used_up() -> None:
    once, rest = Rule(Hold(), methods="POST", times=1), Rule(Cut(), writes=True)
    assert decide([once, rest], CREATED, {}) == once
    assert decide([once, rest], CREATED, Counter({once: 1})) == rest
    assert decide([once, rest], WATCHED, {}) is None


def test_a_share_is_about_that_much_the_same_each_time_and_another_with_another_seed() -> None:
    first = [number for number in range(10_000) if chosen(number, 0.2, seed=7)]
    assert 1_800 < len(first) < 2_200
    assert first == [number for number in range(10_000) if chosen(number, 0.2, seed=7)]
    assert first != [number for number in range(10_000) if chosen(number, 0.2, seed=8)]
    assert all(chosen(number, 1.0, seed=7) for number in range(100))


def test_a_refusal_looks_like_one_of_kubernetes() -> None:
    busy = Answer(429, retry_after=2)
    assert busy.headers()["Retry-After"] == "2"
    told = json.loads(busy.body())
    assert (told["kind"], told["code"], told["reason"]) == ("Status", 429, "TooManyRequests")
    assert told["details"] == {"retryAfterSeconds": 2}
    assert "Retry-After" not in Answer(500).headers()
    assert json.loads(Answer(500).body())["reason"] == "InternalError"
