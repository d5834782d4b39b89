"""What a trial says of itself."""

from __future__ import annotations

import pytest

from onestack.acceptance import Case, Results
from onestack.trial import Step, Trial, WayBack, lines, masked
from tests.unit.trial.trials import failed, trial

BROKEN = Results((Case("a", "failed", "no"),))
TESTED = (
    Step("base", "done"),
    Step("revision", "done"),
    Step("acceptance", "failed"),
    Step("way back", "done"),
)
UNTESTED = (Step("base", "done"), Step("revision", "done"), Step("acceptance", "not tried", "none"))
ALONE = (Step("base", "failed", "x"), Step("revision", "done"), Step("way back", "not tried"))


@pytest.mark.parametrize(
    ("made", "ok", "verdict"),
    [
        (trial(), True, "this revision comes up over its base, but the way back loses something"),
        (
            trial(way_back=WayBack("clean")),
            True,
            "this revision comes up over its base, and the way back is clean",
        ),
        (
            trial(way_back=WayBack("impossible")),
            True,
            "this revision comes up over its base, but there is no way back",
        ),
        (failed(), False, "this revision doesn't come up"),
        (
            trial(steps=TESTED, acceptance=BROKEN),
            False,
            "this revision comes up, and its acceptance tests don't pass",
        ),
        # A suite that hung or broke leaves no results.
        (
            trial(steps=TESTED, acceptance=Results()),
            False,
            "this revision comes up, and its acceptance tests don't pass",
        ),
        (
            trial(steps=ALONE, acceptance=Results(), way_back=WayBack("not tried")),
            True,
            "this revision comes up; it was not tried over its base, and the way back was not tried",
        ),
        # No acceptance tests are no failure.
        (
            trial(steps=UNTESTED, acceptance=Results()),
            True,
            "this revision comes up over its base, but the way back",
        ),
        (trial(steps=()), False, "this revision was not tried"),
        # No step says so, but a test does: nobody is believed about the sum.
        (trial(acceptance=BROKEN), False, "this revision was not tried"),
    ],
)
def test_the_verdict(made: Trial, ok: bool, verdict: str) -> None:
    assert made.ok is ok
    assert made.verdict().startswith(verdict)


def test_lines_name_everything_that_is_wrong() -> None:
    said = "\n".join(lines(failed("nothing works")))
    assert "  revision: failed (0.0 s): nothing works" in said
    assert "refused: Service nothing works: nothing works" in said
    assert "not ready: Deployment nothing works: nothing works" in said
    assert said.endswith("trial of test: this revision doesn't come up (0 s)")


def test_a_secret_is_masked_in_every_text() -> None:
    for made in (trial("hunter2"), failed("hunter2")):
        assert "hunter2" in repr(made)
        assert "hunter2" not in repr(masked(made, lambda text: text.replace("hunter2", "[secret]")))
