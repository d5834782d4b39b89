"""The report says what was measured, with what, and which goals are reached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from onestack.errors import UsageError
from tests.bench.plot import plot
from tests.bench.report import document, write
from tests.bench.results import read
from tests.bench.tables import machine, objects, tables
from tests.unit.bench.canned import measured, results, whole

FOUND = results(*whole())


def test_ratios_growth_and_memory_say_whether_their_goal_is_reached() -> None:
    text = document(FOUND)
    assert "| first up, all ready / kubectl apply | - | 0.20 | 0.25 at 2000: reached |" in text
    assert "| first up / plain pulumi up | 0.09 (0.08 to 0.10) | - | 0.1 at 500: reached |" in text
    assert "| destroy / kubectl delete | - | 0.10 | 0.06 at 2000: missed |" in text
    assert "| first up | 2.22 | 4.4 at 2000: reached |" in text
    assert "| 2000 | onestack | 2000 | 1024 at 2000: missed |" in text


def test_seconds_show_the_median_and_the_spread_where_there_is_one() -> None:
    assert "| 500 | first up | 9.0 (8.0 to 10.0) | - | - | 100.0 | 2/-/-/2 |" in document(FOUND)


def test_the_document_says_where_it_was_taken_and_with_what() -> None:
    text = document(FOUND)
    for said in (
        "2026-11-21T05",
        "offline (a stand-in)",
        "Some CPU, 2 cores",
        "8 GiB",
        "| kubectl | 1.36.3 |",
    ):
        assert said in text
    assert "`python -m tests.bench --sizes 500,2000`" in text
    assert "| runs | 2 of 500 objects, 1 of 2000 objects |" in text
    assert "provisional" not in text


def test_every_row_has_as_many_cells_as_its_head() -> None:
    failed = measured("kubectl", 500, "destroy", 9.0, failed="exit code 1; log: x.log")
    shown = results(*whole(), failed)
    for table in (*tables(shown), objects(shown), machine(shown)):
        assert {len(row) for row in table.rows} == {len(table.head)}


def test_what_failed_what_was_interrupted_and_a_busy_machine_are_told() -> None:
    failed = measured("kubectl", 500, "destroy", 9.0, failed="exit code 1; log: x.log")
    busy = results(failed, finished=False)
    object.__setattr__(failed, "load", 3.0)
    text = document(busy)
    assert "| 500 | 1 | kubectl | destroy | exit code 1; log: x.log |" in text
    assert "interrupted" in text
    assert "provisional" in text
    assert "## Time" not in text


def test_nothing_measured_still_makes_a_document_and_a_plot(tmp_path: Path) -> None:
    file = write(results(), tmp_path / "docs")
    assert "The machine" in file.read_text()
    assert b"<svg" in (tmp_path / "docs" / "benchmarks.svg").read_bytes()


def test_the_plot_is_the_same_every_time() -> None:
    assert plot(FOUND) == plot(FOUND)
    assert plot(FOUND) != plot(results())


def test_results_are_read_as_they_were_saved(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "one.json"
    FOUND.save(file)
    assert document(read(file)) == document(FOUND)
    assert [one.name for one in file.parent.iterdir()] == ["one.json"]


def test_what_holds_no_results_is_refused_in_words(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"machine": 3}'):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(UsageError, match="no results of the benchmark"):
            read(tmp_path / "x.json")
    with pytest.raises(UsageError, match="can't be read"):
        read(tmp_path / "absent.json")


def test_checking_is_held_beside_kubeconform_and_its_goal() -> None:
    text = document(
        results(
            measured("checking", 0, "onestack check", 4.0),
            measured("checking", 0, "onestack check", 3.0, run=2),
            measured("checking", 0, "kubeconform", 2.0),
            measured("checking", 0, "kubeconform", 2.0, run=2),
        )
    )
    row = "| onestack check | 3.50 (3.00 to 4.00) | 5 s at 2000: reached | 1.75 (1.50 to 2.00) | 100 | "
    assert f"{row}1.75 (1.50 to 2.00) |" in text
    assert "| kubeconform | 2.00 | - | 1.00 | 100 | 1.00 |" in text
    slow = results(measured("checking", 0, "onestack check", 9.0))
    assert "5 s at 2000: missed" in document(slow)


def test_the_comment_of_one_change_has_a_length() -> None:
    one = measured("onestack", 2000, "one change: preview", 3.0)
    told = tables(results(replace(one, characters=1234), replace(one, run=2)))
    assert "| 2000 | 1234 |" in "".join(table.markdown() for table in told)
    assert "Comment" not in [table.title for table in tables(results(one))]
