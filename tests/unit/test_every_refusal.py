"""Every place that refuses something is reached by a case that is kept as data.

What no data can reach, such as a disk that is full or a host that sends something else than it should, is
listed with the test that does reach it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import reaching
from tests.hostile import ran

DATA_DRIVEN = (
    "tests/unit/manifests/test_manifests_malformed.py",
    "tests/unit/validation/test_references_cases.py",
    "tests/unit/validation/test_validation_cases.py",
)
"""Beside the hostile repositories."""
_RENDERING = "tests/unit/rendering"
_BROKEN = f"{_RENDERING}/test_rendering_broken.py::test"
_FETCH = f"{_RENDERING}/test_helm_fetch.py::test"
_HELM = f"{_RENDERING}/test_helm_render.py::test"
_REMOTE = f"{_RENDERING}/test_rendering_kustomize_remote.py::test"
_MANIFESTS = "tests/unit/manifests/test_manifests"
_VALIDATION = "tests/unit/validation/test"
ELSEWHERE = {
    # Other ways into the code than `check`.
    "onestack/checking.py: _report({one.title": (
        "tests/unit/test_checking.py::TestManifests::test_a_file_is_checked_alone"
    ),
    "onestack/declaration.py: raise InvalidManifests([": (
        "tests/unit/test_declaration.py::test_what_is_checked_as_wrong_is_not_declared"
    ),
    "onestack/manifests/order.py: raise InvalidManifests(declared": (
        f"{_MANIFESTS}_order.py::test_a_reference_to_nothing_here_is_refused"
    ),
    "onestack/manifests/ownership.py: raise InvalidOwner": (
        f"{_MANIFESTS}_ownership.py::test_a_name_that_can_not_be_written_on_objects_is_refused"
    ),
    # Of size: it would take too long, or say too much, for a case.
    "onestack/rendering/chart.py: 'leave out of the charts what no": (
        f"{_HELM}_charts_of_all_applications_have_a_bound_together"
    ),
    "onestack/rendering/helm_run.py: 'look for templates that repeat": (
        f"{_HELM}_templates_without_end_are_stopped"
    ),
    "onestack/validation/references/__init__.py: problem(rest, 'mend": (
        f"{_VALIDATION}_references_properties.py"
        "::test_after_a_thousand_the_rest_is_not_looked_for_and_that_is_said"
    ),
    # The API server would refuse the definition.
    "onestack/validation/celrules.py: _NotEvaluated('the library fails on them')": (
        f"{_VALIDATION}_validation_check.py::test_rules_that_cant_be_evaluated_are_told_not_taken_as_kept"
    ),
    # Of size, too.
    "onestack/validation/celrules.py: _NotEvaluated('there are too many": (
        f"{_VALIDATION}_validation_effort.py::test_rules_are_read_and_run_within_bounds"
    ),
    "onestack/validation/celrules.py: _NotEvaluated(_TOO_LONG)": (
        f"{_VALIDATION}_validation_effort.py::test_rules_are_read_and_run_within_bounds"
    ),
    "onestack/validation/explain.py: use fewer forms": (
        f"{_VALIDATION}_validation_effort.py"
        "::test_more_faults_than_can_be_told_end_as_the_first_and_that_there_are_more"
    ),
    "onestack/validation/effort.py: TooMuch('patterns, enums": (
        f"{_VALIDATION}_validation_effort.py::test_patterns_are_within_bounds"
    ),
    "onestack/validation/effort.py: TooMuch('defaults')": (
        f"{_VALIDATION}_validation_effort.py::test_defaults_of_many_items_are_within_bounds"
    ),
    "onestack/validation/structural.py: TooMuch('defaults')": (
        f"{_VALIDATION}_validation_effort.py::test_a_default_that_takes_too_long_to_check_is_said"
    ),
    # What a host has to send.
    "onestack/rendering/fetch.py: has no digest": f"{_FETCH}_without_a_digest_the_one_to_write_is_said",
    "onestack/rendering/fetch.py: problem(problems, 'digest', what, expected)": (
        f"{_FETCH}_another_digest_is_refused"
    ),
    "onestack/rendering/fetch.py: 'helm fetched no": f"{_BROKEN}_a_helm_that_fetches_nothing_is_told",
    "onestack/rendering/fetch.py: 'use a chart without": f"{_FETCH}_a_chart_that_is_too_large_is_refused",
    "onestack/rendering/kustomize_remote.py: f'git {ran.failure}'": (
        f"{_REMOTE}_a_commit_that_is_not_there_is_unavailable"
    ),
    "onestack/rendering/kustomize_remote.py: Refused(what, 'put copies": (
        f"{_REMOTE}_only_so_many_repositories_are_fetched"
    ),
    "onestack/rendering/kustomize_remote.py: holds what can't be unpacked": (
        f"{_REMOTE}_what_can_not_be_unpacked_is_told"
    ),
    # A machine without a tool, or with a disk that is full or broken.
    "onestack/rendering/chart.py: f\"the folder can't be read": (
        f"{_BROKEN}_a_charts_folder_that_can_not_be_read_says_why"
    ),
    "onestack/rendering/folder.py: f\"the folder can't be read": (
        f"{_BROKEN}_a_folder_that_can_not_be_read_says_why"
    ),
    "onestack/rendering/helm_run.py: raise ToolNotRun": f"{_BROKEN}_without_room_for_a_chart_it_is_told",
    "onestack/rendering/kustomize.py: raise ToolNotRun": (
        f"{_BROKEN}_without_room_for_a_kustomization_it_is_told"
    ),
    "onestack/rendering/kustomize_remote.py: raise ToolMissing": f"{_REMOTE}_without_git_it_is_told",
    "onestack/rendering/kustomize_remote.py: raise ToolNotRun": (
        f"{_REMOTE}_a_disk_that_can_not_be_written_is_told"
    ),
    "onestack/rendering/options.py: raise ToolMissing": f"{_BROKEN}_a_tool_that_is_not_on_path_is_told",
    "onestack/rendering/process.py: command[0], str(error))": (f"{_BROKEN}_a_program_that_is_none_is_told"),
    "onestack/rendering/process.py: command[0], why)": (
        f"{_RENDERING}/test_rendering_process.py::test_a_namespace_that_is_refused_later_is_told"
    ),
}
"""``file: a part of its code`` of the places that no data can reach, and the test that does."""


def test_every_place_that_refuses_something_is_reached(tmp_path: Path) -> None:
    places = reaching.places()
    with ThreadPoolExecutor() as beside:
        tests = beside.submit(_by_tests, tmp_path / "reached")
        reached = ran().reached
        by_tests = tests.result()
    held = set(reached) | set().union(*(by_tests.get(file, ()) for file in DATA_DRIVEN))
    left = {place: code for place, code in places.items() if place not in held}
    wrong = []
    for excuse, test in ELSEWHERE.items():
        its = {place for place, code in left.items() if _is(excuse, place, code)}
        if not its:
            wrong.append(f"data reaches what is listed, or it is gone: {excuse}")
        if its - by_tests.get(test, set()):
            wrong.append(f"{test} does not reach: {excuse}")
        for place in its:
            del left[place]
    wrong += [f"no case reaches {place}: {code}" for place, code in left.items()]
    assert not wrong, "\n".join(wrong)


def _by_tests(reached: Path) -> dict[str, set[str]]:
    """The places that tests reach, by file of tests and by test."""
    plugins = ["-p", "tests.reaching", "-p", "no:xdist", "-p", "no:cacheprovider"]
    # Whether the tests pass is told where they are run for themselves.
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *DATA_DRIVEN, *sorted(set(ELSEWHERE.values()))],
        env={**os.environ, reaching.VARIABLE: str(reached)},
        cwd=reaching.ROOT,
        capture_output=True,
        check=False,
        timeout=600,
    )
    found: dict[str, set[str]] = {}
    for line in reached.read_text(encoding="utf-8").splitlines():
        test, tab, place = line.partition("\t")
        for name in (test.partition("::")[0], test.partition("[")[0]) if tab else ():
            found.setdefault(name, set()).add(place)
    return found


def _is(excuse: str, place: str, code: str) -> bool:
    file, _, part = excuse.partition(": ")
    return place.startswith(f"{file}:") and part in code
