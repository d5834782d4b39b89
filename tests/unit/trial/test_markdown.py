"""A trial as a comment: nothing that others wrote becomes markup."""

from __future__ import annotations

import html
import re

import pytest

from onestack.comment_marker import marker
from onestack.plan.markdown import length
from onestack.trial import Said, markdown
from onestack.trial.markdown import LIMIT, code
from tests.unit.trial.trials import HOSTILE, failed, trial

OURS = re.compile(r"</?(?:code|details(?: open)?|summary)>|<!-- (?:onestack:trial test )?-->")


def test_it_begins_with_its_marker_and_its_verdict() -> None:
    lines = markdown(trial()).splitlines()
    assert lines[0] == marker("test", "trial") == "<!-- onestack:trial test -->"
    assert lines[1].startswith(
        "### ✅ Trial of <code>test</code>: this revision comes up over its base, but "
    )
    assert "| way back | ⚠️ lossy | 3.0 |" in lines
    assert "| base | ✅ done | 1.2 |" in lines


def test_a_failure_is_open_to_the_eye() -> None:
    said = markdown(failed("the port is taken"))
    assert said.splitlines()[1].startswith("### ❌ ")
    assert (
        "<details open><summary>Refused by the API server</summary>\n\n- <code>Service the port is taken"
        in said
    )


@pytest.mark.parametrize("made", [trial(HOSTILE), failed(HOSTILE)])
def test_nothing_of_others_is_markup(made: object) -> None:
    said = markdown(made)  # type: ignore[arg-type]
    left = OURS.sub("", said)
    assert not re.search(r"[<>`@\[\]!~_\x1b\u202e]|://|www\.|\*\*|(?<!&)#1|::", left.replace("### ", ""))
    assert re.fullmatch(
        r"[^|]*(\|[^|\n]+){3}\|[^|]*", left.split("|---|---|---:|")[0].replace("\n\n", ""), re.DOTALL
    )


def test_what_is_shown_is_what_was_written() -> None:
    shown = html.unescape(re.sub("<.*?>", "", code('a "quoted" <b> | `c` @d & e_f')))
    assert shown == 'a "quoted" <b> | `c` @d & e_f'


def test_text_is_cut_and_becomes_one_line() -> None:
    assert "\n" not in code("a\nb")
    assert len(html.unescape(re.sub("<.*?>", "", code("x" * 9_000)))) == 500


def test_letters_that_github_counts_twice_are_counted_twice() -> None:
    many = tuple(Said("Deployment shop/web", "\U0001d400" * 400) for _ in range(200))
    assert length(markdown(trial(refused=many))) <= LIMIT


@pytest.mark.parametrize("limit", [1_200, 5_000, LIMIT])
def test_it_keeps_to_its_limit_and_says_what_it_left_out(limit: int) -> None:
    many = tuple(Said(f"Service shop/{at}", "an <address> that is taken") for at in range(2_000))
    made = failed()
    said = markdown(trial(steps=made.steps, refused=many, unseen=many), limit)
    assert len(said) <= limit
    assert said.count("<details") == said.count("</details>")
    assert re.search(r"^- and \d+ more$", said, re.MULTILINE)
    assert "| revision | ❌ failed |" in said
