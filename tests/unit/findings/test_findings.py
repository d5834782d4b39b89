"""What checks found, as people, programs and GitHub get it."""

from __future__ import annotations

import io
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from onestack.errors import ApiError, DependencyCycle, InvalidManifests, OnestackError, Problem, ToolMissing
from onestack.findings import document, github, text
from onestack.findings.remark import Remark, of_failure
from onestack.findings.report import Counts, Report, StackReport, counts
from onestack.harmless import harmless
from onestack.manifests.manifest import Identity
from onestack.validation.finding import Severity
from onestack.validation.verdict import State, Verdict
from tests.unit.findings.canned import HOSTILE, remark, report
from tests.unit.findings.golden import held
from tests.unit.findings.runner import command

WORKFLOW_COMMAND = re.compile(r"^\s*::[^:]+::|##\[")


def shown(found: Report, *, terminal: bool = False) -> str:
    """The lines and summaries as a console prints them."""
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=terminal, color_system="standard" if terminal else None, width=80
    )
    for line in text.lines(found):
        console.print(line, soft_wrap=True)
    for stack in found.stacks:
        console.print(text.summary(stack), soft_wrap=True, markup=False, highlight=False)
    return out.getvalue()


def test_people_get_a_line_for_each_finding_and_each_stack() -> None:
    said = shown(report())
    assert said == held("text.txt", said)


def test_what_is_told_once_is_counted_once() -> None:
    same = remark(Severity.ERROR, "manifest", "charts/a.yaml", 0, "is declared twice")
    other = remark(Severity.WARNING, "hook", "charts/a.yaml", 0, "never runs")
    found = Report((StackReport("dev", Counts(), {}, (same, same, other, other, same), 0.1),))
    assert shown(found).count("error: ") == 1
    assert (found.stacks[0].errors, found.stacks[0].warnings) == (1, 1)


def test_colours_are_for_terminals() -> None:
    assert "\x1b" not in shown(report())
    assert "\x1b[1;31merror" in shown(report(), terminal=True)


def test_a_finding_of_several_stacks_is_told_once() -> None:
    said = shown(report())
    assert said.count("the Service selects no pods") == 1
    assert "selects no pods (in dev, staging)" in said


def test_a_single_stack_is_not_named_in_each_line() -> None:
    assert "(in " not in shown(Report(report().stacks[:1])).split("dev: ")[0]


def test_files_with_errors_come_first_and_errors_before_warnings() -> None:
    found = [(one.problem.file.rpartition("/")[2], one.severity.value) for one in report().remarks]
    assert found[1:5] == [
        ("b.yaml", "error"),
        ("b.yaml", "warning"),
        ("Pulumi.prod.yaml", "error"),
        ("helm.yaml", "warning"),
    ]


def test_programs_get_a_document() -> None:
    said = orjson.dumps(document.document(report()), option=orjson.OPT_INDENT_2).decode() + "\n"
    assert said == held("document.json", said)


def test_a_document_holds_what_is_no_unicode_in_words() -> None:
    odd = remark(Severity.ERROR, "manifest", "a\udc80.yaml", 1, "b\udc81", expected="c\udc82")
    found = Report((StackReport("d\udc83", Counts(), {}, (odd,), 0.0),))
    assert orjson.loads(orjson.dumps(document.document(found)))["findings"][0]["what"] == "b\\udc81"


def test_github_gets_annotations() -> None:
    said = "\n".join(github.commands(report(), "environments/shop")) + "\n"
    assert said == held("github.txt", said)


def test_nothing_that_is_found_can_be_a_command_of_its_own() -> None:
    lines = "\n".join(github.commands(report())).splitlines()
    assert [line for line in lines if not re.match(r"::(error|warning|notice) [a-z]+=[^:]*::", line)] == []
    hostile = next(line for line in lines if "add-mask" in line)
    assert "file=manifests/shop/a%2Cb%3Ac%250A%3A%3Aerror%3A%3Ax.yaml,line=1,col=3," in hostile
    assert [line for line in shown(report()).splitlines() if WORKFLOW_COMMAND.search(line)] == []
    first = remark(Severity.ERROR, "manifest", "::add-mask::x/a.yaml", 1, "bad")
    assert WORKFLOW_COMMAND.search(shown(Report((StackReport("dev", Counts(), {}, (first,), 0.0),)))) is None


def test_github_is_told_what_it_would_drop() -> None:
    many = tuple(
        remark(severity, "schema", "a.yaml", line, "bad")
        for severity, number in ((Severity.ERROR, 25), (Severity.WARNING, 10))
        for line in range(1, number + 1)
    )
    lines = list(github.commands(Report((StackReport("dev", Counts(), {}, many, 0.0),))))
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == 10
    assert errors[-1].endswith("::16 more errors are in the log: GitHub shows 10 of a step")
    assert len([line for line in lines if line.startswith("::warning")]) == 10


def test_a_property_is_read_back_as_it_was() -> None:
    line = next(line for line in github.commands(report()) if "add-mask" in line)
    found = command(line)
    assert found is not None
    assert (found.name, found.properties["file"], found.properties["line"]) == ("error", HOSTILE, "1")


# Text with what is special to the runner in every other place.
_TEXT = st.lists(
    st.sampled_from(["::", "##[", "]", "%0A", "%", ",", "=", "\n", "\r", " ", "\u2028", "\x1b[2J", "\udc80"])
    | st.sampled_from(["add-mask", "error", "a", "b.yaml"])
    | st.text(max_size=3),
    max_size=8,
).map("".join)


@given(_TEXT, _TEXT, _TEXT, _TEXT)
def test_whatever_is_found_the_runner_finds_no_command_but_ours(
    file: str, what: str, expected: str, stack: str
) -> None:
    one = Remark(Severity.ERROR, "schema", Problem(file, 1, 2, what, expected), "", (stack,))
    counts = Counts(1, 0, {what: 1}, {expected: 1})
    found = Report((StackReport(stack, counts, {}, (one,), 0.0), StackReport("b", Counts(), {}, (one,), 0.0)))
    lines = list(github.commands(found))
    assert [line for line in lines if len(line.splitlines()) != 1] == []
    told = [command(line) for line in lines]
    assert [one and one.name for one in told] == ["error", "notice"]
    assert told[0] is not None
    assert told[0].properties.keys() <= {"file", "line", "col", "title"}
    assert told[0].properties.get("file", "") == harmless(file)
    assert [line for line in shown(found).split("\n") if command(line)] == []
    orjson.dumps(document.document(found))


@pytest.mark.parametrize(
    ("error", "rule", "said"),
    [
        (InvalidManifests([Problem("a.yaml", 1, 2, "bad")]), "manifest", "bad"),
        (
            DependencyCycle(["A a", "B b", "A a"], ["x", "y"]),
            "order",
            "A a -> B b -> A a | because: A a waits",
        ),
        (
            ToolMissing("helm", "not on PATH"),
            "unavailable",
            "helm is needed and not here | because: not on PATH",
        ),
        (ApiError(500, "Odd", "odd"), "manifest", "Odd (500): odd"),
    ],
)
def test_what_keeps_a_stack_from_being_checked_is_a_finding(
    error: OnestackError, rule: str, said: str
) -> None:
    (found,) = of_failure(error, "dev")
    assert (found.rule, found.stacks, found.is_error) == (rule, ("dev",), True)
    assert said in text.said(found, name_stacks=False)


@pytest.mark.parametrize(
    ("codes", "expected"), [((0, 0), 0), ((0, 1), 1), ((4, 0), 4), ((4, 1, 0), 1), ((1, 2, 4), 2), ((), 0)]
)
def test_the_worst_stack_gives_the_exit_code(codes: tuple[int, ...], expected: int) -> None:
    stacks = tuple(StackReport(str(at), Counts(), {}, (), 0.0, failed=code) for at, code in enumerate(codes))
    assert Report(stacks).exit_code == expected


def test_verdicts_are_counted_with_their_reasons() -> None:
    of = Identity("", "Pod", "a", "b")
    verdicts = [
        Verdict(of, State.VALID, unchecked="rules are in Rego"),
        Verdict(of, State.INVALID),
        *[Verdict(of, State.NOT_CHECKABLE, because) for because in ("x", "y", "y")],
    ]
    found = counts(verdicts)
    assert (found.valid, found.invalid, found.unknown, found.objects) == (1, 1, 3, 5)
    assert list(found.not_checkable.items()) == [("y", 2), ("x", 1)]
    said = text.summary(StackReport("dev", found, {}, (), 1.0))
    assert "5 objects: 1 valid, 1 invalid, 3 not checkable (2 because y, 1 because x), " in said
    assert "1 checked in part (because rules are in Rego), no errors" in said


def test_reasons_without_end_are_cut_with_a_word() -> None:
    found = Counts(0, 0, {f"reason {number}": 1 for number in range(9)})
    assert "1 because reason 4, --json tells 4 more reasons)" in text.summary(
        StackReport("d", found, {}, (), 1.0)
    )
