"""What is told of a deployment, as Block Kit messages. Pure.

Slack's bounds: 50 blocks, 150 characters in a header, 3000 in a section's text, 2000 in one of its fields
(https://docs.slack.dev/reference/block-kit/blocks), and some 13000 in all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from onestack.notify.text import escaped, linked, one_line, plain

Stage = Literal["started", "waiting", "succeeded", "failed"]
Block = Mapping[str, Any]

_HEADER: Final = 150
_LONG: Final = 2500
_SHORT: Final = 300
_LINKS: Final = 5
_NOTES: Final = 10
_DONE: Final = {
    "create": "{} to create",
    "update": "{} to update",
    "replace": "{} to replace",
    "delete": "{} to delete",
}
_SIGNS: Final[Mapping[Stage, str]] = {
    "started": "\N{BLACK RIGHT-POINTING TRIANGLE}",
    "waiting": "\N{HOURGLASS WITH FLOWING SAND}",
    "succeeded": "\N{WHITE HEAVY CHECK MARK}",
    "failed": "\N{CROSS MARK}",
}


@dataclass(frozen=True)
class Link:
    """An address and what it shows, as ``Pull request #7``. Only http and https ones are linked."""

    title: str
    url: str


@dataclass(frozen=True)
class About:
    """What a message is about. ``deployment`` is its id: messages of one id are one thread.

    ``counts`` are those of the plan by operation; ``who`` started it, ``subject`` is the commit's.
    """

    deployment: str
    stack: str
    commit: str
    subject: str
    who: str
    counts: Mapping[str, int] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Message:
    """A message: ``text`` for where blocks aren't shown, such as a phone's lock screen.

    ``id`` is the same for the same message of the same deployment, whoever builds it and when.
    """

    id: str
    stage: Stage
    deployment: str
    text: str
    blocks: tuple[Block, ...]


def started(about: About) -> Message:
    """A deployment began."""
    return _message("started", about, "deployment started", (), ())


def waiting(about: About, gate: str, why: str, opens: str = "") -> Message:
    """A gate stopped it: ``why``, and what would open it or until when it is closed."""
    said = [f"*{one_line(gate, _SHORT)}*: {escaped(why, _LONG)}"]
    if opens:
        said.append(f"*Opens*: {escaped(opens, _LONG)}")
    return _message("waiting", about, f"waiting for {gate}", said, (gate,))


def succeeded(about: About, seconds: float, notes: Sequence[str] = ()) -> Message:
    """It is live and ready. ``notes`` are what is worth knowing beside it, such as how many tests passed."""
    said = [one_line(note, _SHORT) for note in notes[:_NOTES]]
    minutes, rest = divmod(round(seconds), 60)
    took = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return _message("succeeded", about, f"deployed in {took}", said and ["\n".join(said)], ())


def failed(about: About, cause: str, live: str = "", next_step: str = "") -> Message:
    """It failed: the first cause, what is live now, and what to do."""
    said = [f"```{escaped(cause, _LONG)}```"]
    said += [f"*Live now*: {escaped(live, _LONG)}"] if live else []
    said += [f"*Next*: {escaped(next_step, _LONG)}"] if next_step else []
    return _message("failed", about, "deployment failed", said, ())


def _message(stage: Stage, about: About, what: str, said: Sequence[str], apart: tuple[str, ...]) -> Message:
    head = plain(f"{_SIGNS[stage]} {about.stack}: {what}", _HEADER)
    blocks = [_header(head), _facts(about), *map(_section, said), *_links(about.links)]
    key = "\0".join((about.deployment, stage, *apart))
    text = one_line(f"{head}: {about.commit[:12]} {about.subject}", _SHORT)
    return Message(
        hashlib.sha256(key.encode()).hexdigest()[:32], stage, about.deployment, text, tuple(blocks)
    )


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _facts(about: About) -> Block:
    facts = [
        f"*Commit*\n`{one_line(about.commit[:12], 12)}` {one_line(about.subject, _SHORT)}",
        f"*By*\n{one_line(about.who, _SHORT)}",
    ]
    if about.counts:
        facts.append(f"*Changes*\n{_counted(about.counts)}")
    return {"type": "section", "fields": [_markup(fact) for fact in facts]}


def _counted(counts: Mapping[str, int]) -> str:
    said = [_DONE[op].format(counts[op]) for op in _DONE if counts.get(op)]
    return ", ".join(said) or "none"


def _section(text: str) -> Block:
    return {"type": "section", "text": _markup(text)}


def _links(links: Sequence[Link]) -> list[Block]:
    found = [text for link in links[:_LINKS] if (text := linked(link.title, link.url))]
    return [{"type": "context", "elements": [_markup(" · ".join(found))]}] if found else []


def _markup(text: str) -> Mapping[str, Any]:
    # Verbatim: nothing that looks like an address, a channel or a person becomes one by itself.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
