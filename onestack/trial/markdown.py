"""A trial as a comment of a pull request, in GitHub's Markdown. Pure.

Nothing in it is trusted. What others wrote stands in ``<code>``, where GitHub makes no mentions, references
or links, with every character that isn't a letter, a digit or plain punctuation as an entity; so it ends
neither element nor table cell, nor is it Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from onestack.comment_marker import marker
from onestack.harmless import one_line
from onestack.plan.markdown import length
from onestack.trial.model import Said, Trial

LIMIT: Final = 60_000
"""GitHub takes 65,536 characters."""
_PLAIN: Final = re.compile(r"[^\W_]|[ ,()-]", re.ASCII)
_LETTER: Final = re.compile(r"[^\W_]")
_LONGEST: Final = 500
_ROOM: Final = 200
"""For what is said of those that were left out, and the end of an element."""
_SIGNS: Final = {"done": "✅", "failed": "❌", "not tried": ""}
_WAYS: Final = {"clean": "✅", "lossy": "⚠️", "impossible": "❌", "not tried": ""}


def markdown(trial: Trial, limit: int = LIMIT) -> str:
    """The comment, of at most ``limit`` characters as GitHub counts them.

    Verdict and table always, of the rest what fits.
    """
    text = "\n".join(_head(trial)) + "\n"
    for title, said, opened in _sections(trial):
        text += _section(title, said, limit - length(text), opened=opened)
    return text


def code(text: str) -> str:
    """Text of others as one line of code."""
    said = " ".join(one_line(text).split())
    cut = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
    return f"<code>{''.join(map(_escaped, cut))}</code>"


def _escaped(char: str) -> str:
    if _PLAIN.match(char) or _LETTER.match(char):
        return char
    # An address by mail is looked for in whole pieces of text: this parts them.
    return f"&#{ord(char)};<!-- -->" if char == "@" else f"&#{ord(char)};"


def _head(trial: Trial) -> Iterator[str]:
    yield marker(trial.stack, "trial")
    sign = "✅" if trial.ok else "❌"
    yield f"### {sign} Trial of {code(trial.stack)}: {trial.verdict()}"
    yield ""
    changed = " with what isn't committed" if trial.revision.changed else ""
    revisions = f"{code(trial.base.commit[:12])} → {code(trial.revision.commit[:12])}{changed}"
    yield f"{revisions}, on a throwaway control plane"
    yield ""
    yield "| step | outcome | seconds |"
    yield "|---|---|---:|"
    for step in trial.steps:
        outcome, sign = step.outcome, _SIGNS[step.outcome]
        if step.name == "way back" and step.outcome != "not tried":
            way = trial.way_back.verdict
            yield f"| {step.name} | {_WAYS[way]} {way} | {step.seconds:.1f} |"
            continue
        yield f"| {step.name} | {sign} {outcome} | {step.seconds:.1f} |"


def _sections(trial: Trial) -> Iterator[tuple[str, Sequence[str], bool]]:
    """Title, lines, and whether it is open from the beginning."""
    yield "Refused by the API server", _said(trial.refused), True
    yield "Not ready", _said(trial.not_ready), True
    wrong = trial.acceptance.wrong
    yield "Acceptance tests that failed", [f"{code(one.name)}: {code(one.message)}" for one in wrong], True
    messages = [f"{one.name}: {code(one.message)}" for one in trial.steps if one.message]
    yield "What the steps said", messages, not trial.ok
    yield f"Way back: {trial.way_back.verdict}", _said(trial.way_back.reasons), False
    acceptance = trial.acceptance
    if acceptance.cases:
        counts = f"{acceptance.passed} passed, {len(wrong)} failed, {acceptance.skipped} skipped"
        tests = [f"{code(one.name)}: {one.outcome}" for one in acceptance.cases]
        yield f"Acceptance tests: {counts}", tests, False
    yield "What a trial can't see", _said(trial.unseen), False


def _said(found: Iterable[Said]) -> list[str]:
    return [f"{code(one.object)}: {code(one.text)}" if one.object else code(one.text) for one in found]


def _section(title: str, said: Sequence[str], room: int, *, opened: bool) -> str:
    """A folded part with as many of its lines as fit."""
    if not said:
        return ""
    text = f"\n<details{' open' if opened else ''}><summary>{title}</summary>\n\n"
    left = room - _ROOM - length(text)
    lines: list[str] = []
    for line in said:
        left -= length(line) + len("- \n")
        if left < 0:
            lines.append(f"- and {len(said) - len(lines)} more")
            break
        lines.append(f"- {line}")
    whole = text + "\n".join(lines) + "\n</details>\n"
    return whole if length(whole) <= room else ""
