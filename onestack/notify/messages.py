"""What is told of a deployment, as Block Kit messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Stage = Literal["started", "waiting", "succeeded", "failed"]


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
    """A message: ``text`` for where blocks aren't shown, such as a phone's lock screen."""

    stage: Stage
    deployment: str
    text: str
    blocks: tuple[Mapping[str, Any], ...]

    @property
    def id(self) -> str:
        """The same for the same message of the same deployment, whoever builds it and when."""
        raise NotImplementedError


def started(about: About) -> Message:
    """A deployment began."""
    raise NotImplementedError


def waiting(about: About, gate: str, why: str, opens: str = "") -> Message:
    """A gate stopped it: ``why``, and what would open it or until when it is closed."""
    raise NotImplementedError


def succeeded(about: About, seconds: float, notes: tuple[str, ...] = ()) -> Message:
    """It is live and ready."""
    raise NotImplementedError


def failed(about: About, cause: str, live: str = "", next_step: str = "") -> Message:
    """It failed: the first cause, and what is live now."""
    raise NotImplementedError
