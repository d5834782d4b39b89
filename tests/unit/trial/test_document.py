"""A trial that went through a job which nobody vouches for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onestack.acceptance import Case, Results
from onestack.errors import InvalidTrial
from onestack.trial import Said, Trial, document, from_document
from onestack.trial.document import MOST_BYTES
from tests.unit.trial.trials import HOSTILE, failed, trial


@pytest.mark.parametrize("made", [trial(), trial(HOSTILE), failed(HOSTILE)])
def test_it_comes_back_as_it_was(made: Trial) -> None:
    assert from_document(json.loads(json.dumps(document(made)))) == made


def test_readers_find_the_verdict_and_the_counts() -> None:
    found = document(failed())
    assert (found["schema"], found["ok"], found["verdict"]) == (1, False, "this revision doesn't come up")
    assert found["notReady"] == [{"object": "Deployment no", "text": "no"}]
    assert document(trial())["acceptance"]["passed"] == 1
    assert document(trial())["wayBack"]["verdict"] == "lossy"


def edited(path: str, value: Any) -> dict[str, Any]:
    """A document with one thing that is otherwise."""
    made: dict[str, Any] = json.loads(json.dumps(document(trial())))
    *way, last = path.split(".")
    holder: Any = made
    for step in way:
        holder = holder[int(step) if step.isdigit() else step]
    holder[last] = value
    return made


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", 2),
        ("ok", False),
        ("ok", 1),
        ("verdict", "this revision is fine"),
        ("stack", "test --> <b>"),
        ("stack", ""),
        ("stack", "x" * 200),
        ("stack", "test\n"),
        ("base.commit", "main"),
        ("base.commit", "A" * 40),
        ("base.more", 1),
        ("more", 1),
        ("steps.0.name", "another"),
        ("steps.0.outcome", "great"),
        ("steps.0.seconds", -1),
        ("steps.0.seconds", "1"),
        ("steps.0.message", None),
        ("steps", {}),
        ("wayBack.verdict", "fine"),
        ("wayBack.reasons", [{"object": "a"}]),
        ("revision.changed", "yes"),
        ("acceptance.cases", [{"name": "a", "outcome": "maybe", "message": "", "seconds": 1}]),
        ("acceptance.cases", [{"name": "a" * 400, "outcome": "passed", "message": "", "seconds": 1}]),
        ("acceptance", []),
        ("unseen", [{"object": "a", "text": "x" * 9_000}]),
        ("unseen", [{"object": "a", "text": "x" * 7_000}] * (MOST_BYTES // 7_000 + 1)),
        ("refused", float("nan")),
        ("refused", object()),
    ],
)
def test_what_is_no_trial_is_refused_without_quoting_it(path: str, value: Any) -> None:
    with pytest.raises(InvalidTrial) as refused:
        from_document(edited(path, value))
    assert "<b>" not in refused.value.message()


def test_of_thousands_the_first_are_kept_and_none_that_failed_is_lost() -> None:
    cases = (*(Case(f"test_{at}", "passed") for at in range(5_000)), Case("last", "failed", "no"))
    made = trial(acceptance=Results(cases), unseen=tuple(Said(str(at), "") for at in range(5_000)))
    found = from_document(document(made))
    assert not found.ok
    assert [case.name for case in found.acceptance.wrong] == ["last"]
    assert len(found.unseen) == 500
    assert document(made)["acceptance"]["passed"] == 5_000
