"""Slack: tells what it can in time, keeps the rest for the next run, and never stops a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from onestack.notify.messages import Message
from onestack.notify.outbox import Outbox
from onestack.notify.settings import SlackSettings


@dataclass(frozen=True)
class Told:
    """What became of a message: ``sent``, ``kept`` for the next run, or ``dropped``; ``why`` unless sent."""

    done: Literal["sent", "kept", "dropped"]
    why: str = ""


@dataclass(frozen=True)
class Flushed:
    """How many kept messages were sent, are still kept and were given up; ``why`` of the first failure."""

    sent: int = 0
    kept: int = 0
    dropped: int = 0
    why: str = ""


class Slack:
    """A channel. No method raises, nor takes longer than a few seconds."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], settings: SlackSettings | None, outbox: Outbox
    ) -> Slack | None:
        """By SLACK_BOT_TOKEN and the settings' channel, else by SLACK_WEBHOOK_URL; None without either.

        Raises: SlackMisconfigured.
        """
        raise NotImplementedError

    def tell(self, message: Message) -> Told:
        """Sends a message, and before it those kept; in a thread per deployment where a token is there."""
        raise NotImplementedError

    def flush(self) -> Flushed:
        """Sends what earlier runs couldn't."""
        raise NotImplementedError
