"""A comment approves what its author says in it, not what is quoted, shown as code, or hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.gates.approvals import Approval
from onestack.gates.comment import approvals, approved

DIGEST = "sha256:" + "0123456789abcdef" * 4
LINE = f"/approve {DIGEST}"


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        f"{LINE}\r\n",
        f"Looks good.\n\n{LINE}\n\nThanks!",
        f"{LINE}  ",
        f"- ```\n  code\n{LINE}",
        f"> ```\n> code\n> ```\n\n{LINE}",
        f"/approve\t{DIGEST}",
        f"> what about the volume?\n\nIt stays.\n{LINE}",
        f"```\ncode\n```\n{LINE}",
        f"~~~~\n```\n~~~\n~~~~\n{LINE}",
        f"<!-- a note -->\n{LINE}",
        f"2 <3 and <b>so</b> <?x?>\n{LINE}",
        f"<details>\nmore\n</details>\n{LINE}",
        f"{LINE}\n{LINE}",
    ],
)
def test_a_line_of_its_own_approves(text: str) -> None:
    assert approved(text) == (DIGEST,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/approve",
        "/approve sha256:0123456789a",
        f"/approved {DIGEST}",
        f"please /approve {DIGEST}",
        f"{LINE} but not yet",
        f"`{LINE}`",
        f"> {LINE}",
        f">{LINE}",
        f"> she said\n{LINE}",
        f"> > {LINE}",
        f" {LINE}",
        f"    {LINE}",
        f"- as she says:\n\n     ```\n  {LINE}\n",
        f"```\n> ```\n{LINE}\n```",
        f"```\n    ```\n{LINE}\n```",
        f"```\n~~~\n{LINE}\n```",
        f"````\n``` x\n```` x\n{LINE}\n````",
        f"- ```\n```\n{LINE}\n```",
        f"`\u2028{LINE}\u2028`",
        f"`\x0b{LINE}\x0b`",
        f"\t{LINE}",
        f"```\n{LINE}\n```",
        f"```sh\n{LINE}",
        f"~~~\n{LINE}\n~~~",
        f"````\n```\n{LINE}\n````",
        f"> ```\n{LINE}",
        f"- ```\n  {LINE}\n  ```",
        f"<details>\n<details>\n</details>\n{LINE}\n</details>",
        f"<!--\n{LINE}\n-->",
        f"<!-- {LINE}",
        f"<?php\n{LINE}\n?>",
        f"<![CDATA[\n{LINE}\n]]>",
        f"<!X\n{LINE}\n>",
        f'Well, <a title="\n{LINE}\n" href="https://example.com">yes</a>',
        f"text <!--\n```\n-->\n{LINE}\n```",
        f"```\n<!--\n```\n-->\n```\n{LINE}\n```",
        f"<!-- -->{LINE}",
        f"<pre>\n{LINE}\n</pre>",
        f"<details><summary>old</summary>\n\n{LINE}\n</details>",
        f"<blockquote>\n{LINE}\n</blockquote>",
        f"~~{LINE}~~",
        f"/approve {DIGEST}0",
        f"/approve\n{DIGEST}",
        f"\u200b{LINE}",
    ],
)
def test_everything_else_does_not(text: str) -> None:
    assert approved(text) == ()


def test_several_plans_and_short_names() -> None:
    assert approved("/approve 0123456789ab\n/approve SHA256:ABCDEF012345\n") == ("0123456789ab",)
    assert approved("/approve 0123456789AB\n/approve sha256:abcdef012345") == (
        "0123456789ab",
        "sha256:abcdef012345",
    )


@given(st.text(alphabet="`~> \t\n<!-/pre", max_size=60))
def test_a_quoted_line_never_approves(before: str) -> None:
    quoted = "".join(f"> {line}\n" for line in [*before.splitlines(), LINE])
    assert approved(quoted) == ()


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Remark:
    """As a forge tells it."""

    who: str = "alice"
    kind: Literal["review", "comment"] = "comment"
    text: str = LINE
    at: datetime = NOON
    edited: bool | None = False
    dismissed: bool = False
    state: str = ""
    machine: bool = False
    url: str = "https://forge.example/1"


REVIEW = Remark(kind="review", state="APPROVED")


def test_a_remark_becomes_an_approval() -> None:
    assert approvals([Remark()]) == (
        Approval("alice", "comment", DIGEST, NOON, url="https://forge.example/1"),
    )
    assert approvals([replace(REVIEW, edited=None)]) == (
        Approval("alice", "review", DIGEST, NOON, edited=None, url="https://forge.example/1"),
    )
    two = approvals([Remark(text=f"{LINE}\n/approve {'f' * 12}")])
    assert [one.digest for one in two] == [DIGEST, "f" * 12]


def test_talk_is_none_and_a_review_without_a_plan_is_told() -> None:
    assert approvals([Remark(text="looks good"), Remark(machine=True)]) == ()
    assert [one.digest for one in approvals([replace(REVIEW, text="looks good")])] == [""]
    assert approvals([replace(REVIEW, text="", state="COMMENTED")]) == ()


@pytest.mark.parametrize(("hours", "withdrawn"), [(1, True), (0, True), (-1, False)])
def test_who_asks_for_changes_takes_back_what_was_said_before(hours: int, withdrawn: bool) -> None:
    objection = Remark("Alice", "review", "no", NOON + timedelta(hours=hours), state="CHANGES_REQUESTED")
    assert [one.dismissed for one in approvals([Remark(), objection])] == [withdrawn]
    assert [one.dismissed for one in approvals([Remark(), replace(objection, dismissed=True)])] == [False]
    assert [one.dismissed for one in approvals([Remark(), replace(objection, who="bob")])] == [False]


def test_a_review_that_asks_for_changes_approves_nothing() -> None:
    assert [one.dismissed for one in approvals([replace(REVIEW, state="CHANGES_REQUESTED")])] == [True]
    assert [one.dismissed for one in approvals([replace(REVIEW, dismissed=True)])] == [True]
