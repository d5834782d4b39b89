"""Ratios are taken run by run, with their spread, and held against the goals."""

from __future__ import annotations

from tests.bench.names import CHANGE_PREVIEW, CHANGE_UP, DESTROY, KUBECTL, NO_OP, READY, UP
from tests.bench.ratio import COMPARISONS, GROWTH, Comparison, Goal, Spread, growth, peak_bytes, ratio, spread
from tests.unit.bench.canned import measured, results

APPLY = Comparison("", UP, KUBECTL, (UP,))
APPLY_AND_WAIT = Comparison("", UP, KUBECTL, (UP, READY))


def test_spread_is_median_least_and_most() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)
    assert spread([]) is None
    assert Spread(2.0, 1.0, 3.0).text() == "2.00 (1.00 to 3.00)"
    assert Spread(2.0, 2.0, 2.0).text(1) == "2.0"


def test_a_ratio_is_taken_run_by_run() -> None:
    found = results(
        measured("onestack", 100, UP, 1.0),
        measured("kubectl", 100, UP, 2.0),
        measured("onestack", 100, UP, 9.0, run=2),
        measured("kubectl", 100, UP, 3.0, run=2),
    )
    assert ratio(found, APPLY, 100) == Spread(1.75, 0.5, 3.0)


def test_several_phases_of_the_other_are_added() -> None:
    found = results(
        measured("onestack", 100, UP, 6.0),
        measured("kubectl", 100, UP, 2.0),
        measured("kubectl", 100, READY, 1.0),
    )
    assert ratio(found, APPLY_AND_WAIT, 100) == Spread(2.0, 2.0, 2.0)


def test_every_phase_is_held_beside_kapp_which_has_no_goals() -> None:
    found = [one for one in COMPARISONS if one.other == "kapp"]
    assert [one.phase for one in found] == [UP, NO_OP, CHANGE_PREVIEW, CHANGE_UP, DESTROY]
    assert all(one.theirs == (one.phase,) and one.goal is None for one in found)


def test_without_a_pair_there_is_no_ratio() -> None:
    for other in (
        measured("kubectl", 500, UP, 2.0),
        measured("kubectl", 100, UP, 2.0, run=2),
        measured("kubectl", 100, UP, 2.0, failed="exit code 1"),
        measured("kubectl", 100, UP, 0.0),
        measured("plain pulumi", 100, UP, 2.0),
    ):
        assert ratio(results(measured("onestack", 100, UP, 6.0), other), APPLY, 100) is None


def test_growth_is_the_larger_median_over_the_smaller() -> None:
    found = results(
        measured("onestack", 500, UP, 4.0),
        measured("onestack", 500, UP, 6.0, run=2),
        measured("onestack", 2000, UP, 20.0),
    )
    assert growth(found, UP, 500, 2000) == Spread(4.0, 4.0, 4.0)
    assert growth(found, UP, 100, 2000) is None


def test_peak_is_the_most_of_all_phases_and_runs() -> None:
    found = results(
        measured("onestack", 500, UP, 1.0, mib=3), measured("onestack", 500, READY, 1.0, mib=5, run=2)
    )
    assert peak_bytes(found, "onestack", 500) == Spread(5 * 2**20, 5 * 2**20, 5 * 2**20)
    assert peak_bytes(found, "kubectl", 500) is None


def test_a_goal_is_reached_at_its_limit_and_missed_above_it() -> None:
    goal = Goal(0.25, 2000)
    assert goal.text(Spread(0.25, 0.2, 0.3)) == "0.25 at 2000: reached"
    assert goal.text(Spread(0.26, 0.2, 0.3)) == "0.25 at 2000: missed"
    assert goal.text(None) == "0.25 at 2000: not measured"


def test_the_goals_are_those_of_the_project() -> None:
    goals = {one.title: (one.goal.limit, one.goal.size) for one in COMPARISONS if one.goal}
    assert goals == {
        "first up, all ready / kubectl apply": (0.25, 2000),
        "first up / plain pulumi up": (0.1, 500),
        "no-op preview / kubectl diff": (0.65, 2000),
        "one change: preview / kubectl diff": (0.25, 2000),
        "one change: up / kubectl diff": (0.4, 2000),
        "destroy / kubectl delete": (0.06, 2000),
    }
    assert (GROWTH.limit, GROWTH.size) == (4.4, 2000)
