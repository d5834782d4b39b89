"""Results of acceptance tests, read from what pytest writes."""

from __future__ import annotations

import pytest

from onestack.acceptance.results import MESSAGE, Case, Results, parsed, results

SUITE = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest">
<testcase classname="acceptance.a" name="test_one" time="0.5" />
<testcase classname="acceptance.a" name="test_two" time="1">
  <failure message="AssertionError: 'hunter2hunter2' &lt;b&gt;&#10;assert 1">trace hunter2hunter2</failure>
</testcase>
<testcase classname="acceptance.a" name="test_three" time="nan"><skipped message="no address" /></testcase>
<testcase classname="" name="acceptance.b" time="-1"><error message="collection failure">a = 1
E   No module</error></testcase>
<testcase classname="acceptance.a" name="test_four" time="0"/>
<testcase classname="acceptance.a" name="test_four" time="0"><error message="broke at its end"/></testcase>
</testsuite></testsuites>"""


def hidden(text: str) -> str:
    return text.replace("hunter2hunter2", "[secret]")


def test_every_ending_is_told() -> None:
    found = results(parsed(SUITE, hidden))
    assert found.cases == (
        Case("acceptance.a::test_one", "passed", "", 0.5),
        Case("acceptance.a::test_two", "failed", "AssertionError: '[secret]' <b>\nassert 1", 1.0),
        Case("acceptance.a::test_three", "skipped", "no address"),
        Case("acceptance.b", "error", "No module"),
        Case("acceptance.a::test_four", "error", "broke at its end"),
    )
    assert (found.passed, found.failed, found.skipped, found.errors, found.ok) == (1, 1, 1, 2, False)
    assert found.line() == "5 acceptance tests: 1 passed, 1 failed, 2 broken, 1 skipped"
    assert "acceptance test acceptance.a::test_two: failed: AssertionError: '[secret]' <b>" in found.lines()


def test_nothing_that_is_hidden_stays_in_the_tree() -> None:
    root = parsed(SUITE, hidden)
    assert not [one for one in root.iter() if "hunter2" in f"{one.text}{one.attrib}"]


def test_a_message_that_pytest_cut_in_a_value_is_read_from_the_report() -> None:
    suite = b"""<s><testcase name="a"><failure message="assert 'hunter2hunt...
[truncated; full report in element text]">b = 1
E   assert 'hunter2hunter2' == 'x'
E     and so on</failure></testcase></s>"""
    root = parsed(suite, hidden)
    assert results(root).cases[0].message == "assert '[secret]' == 'x'\nand so on"
    assert not [one for one in root.iter() if "hunter2" in f"{one.text}{one.attrib}"]


def test_a_test_is_one_line_of_a_person_s_screen() -> None:
    assert len(str(Case("a", "failed", "x" * 2_000))) < 400


def test_a_long_message_is_cut() -> None:
    long = b'<s><testcase name="a"><failure message="' + b"x" * 9_000 + b'"/></testcase></s>'
    assert len(results(parsed(long)).cases[0].message) == MESSAGE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<testsuite>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>',
        b"<s>" + b"<a/>" * 8_100_000 + b"</s>",
    ],
    ids=["empty", "cut off", "entities", "endless"],
)
def test_what_is_no_result_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(content)


def test_none_at_all_is_said_with_its_reason() -> None:
    assert (
        Results(note="acceptance/ holds no test").line() == "no acceptance tests: acceptance/ holds no test"
    )
    assert Results().ok
    assert list(Results((Case("a", "passed"),)).lines()) == ["1 acceptance test: 1 passed"]


def test_the_document_has_counts_and_cases() -> None:
    document = results(parsed(SUITE)).document()
    assert {key: document[key] for key in ("passed", "failed", "errors", "skipped", "note")} == {
        "passed": 1,
        "failed": 1,
        "errors": 2,
        "skipped": 1,
        "note": "",
    }
    assert document["cases"][0] == {
        "name": "acceptance.a::test_one",
        "outcome": "passed",
        "message": "",
        "seconds": 0.5,
    }
