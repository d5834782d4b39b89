"""Slack: tells what it can in time, keeps the rest for the next run, and never stops a deployment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from onestack.deadline import within
from onestack.errors import SlackMisconfigured
from onestack.notify.channel import Bot, Channel, Near, Unclear, Unsent, Webhook
from onestack.notify.messages import Message
from onestack.notify.outbox import Kept, Outbox, Thread, again
from onestack.notify.settings import SlackSettings

_API: Final = "https://slack.com/api/"
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
_PATIENCE: Final = 12.0
"""Seconds after which nothing more is begun."""
_WHOLE: Final = 2 * _PATIENCE
"""Seconds after which nothing more is waited for."""


@dataclass(frozen=True)
class Told:
    """What became of a message: ``sent``, ``kept`` for the next run, or ``dropped``; ``why`` unless sent."""

    done: Literal["sent", "kept", "dropped"]
    why: str = ""


class Slack:
    """A channel. No method raises, nor takes longer than some seconds."""

    def __init__(self, channel: Channel, outbox: Outbox, clock: Callable[[], float] = time.monotonic) -> None:
        self.outbox = outbox
        self._channel = channel
        self._clock = clock

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], settings: SlackSettings | None, outbox: Outbox
    ) -> Slack | None:
        """By SLACK_BOT_TOKEN and the settings' channel, else by SLACK_WEBHOOK_URL; None without either.

        Raises: SlackMisconfigured.
        """
        token, hook = environ.get("SLACK_BOT_TOKEN"), environ.get("SLACK_WEBHOOK_URL")
        if token and settings is not None and settings.channel:
            address = environ.get("SLACK_API_URL") or _API
            return cls(Bot(token, settings.channel, _private(address, "SLACK_API_URL")), outbox)
        if hook:
            return cls(Webhook(_private(hook, "SLACK_WEBHOOK_URL")), outbox)
        if token and settings is not None:
            message = "SLACK_BOT_TOKEN is set, and the stack names no channel"
            raise SlackMisconfigured(message)
        return None

    def tell(self, message: Message) -> Told:
        """Sends a message, and before it those kept; in a thread per deployment where a bot writes."""
        try:
            return within(_WHOLE, lambda: self._told(message))
        except TimeoutError as error:
            return Told("kept", f"Slack: {error}")

    def _told(self, message: Message) -> Told:
        try:
            with self.outbox.held() as ours:
                # Kept before it is sent: a kill loses nothing. One that is kept may have been sent.
                if not self.outbox.has(message):
                    self.outbox.keep(message, unclear=False)
                if not ours:
                    return Told("kept", "another run is telling")
                why = self._flush()
                return Told("kept", why) if self.outbox.has(message) else Told("sent")
        except OSError as error:
            why = f"the outbox can't be written: {error.strerror}"
            # One that lies there is told from there: it may have been sent by now.
            return Told("kept", why) if self.outbox.has(message) else self._without_outbox(message, why)
        except Exception as error:  # A deployment that is under way is worth more than a defect here.
            return Told("kept", f"{type(error).__name__}: {error}")

    def _flush(self) -> str:
        """Sends what is kept; returns why of the first that couldn't be sent. Raises: OSError."""
        self.outbox.tidy()
        until, why = self._clock() + _PATIENCE, ""
        for kept in self.outbox.all():
            if self._clock() > until:
                why = why or "there was no time"
                break
            try:
                self._deliver(kept)
            except Unclear as error:
                why = why or str(error)
                break
            except Unsent as error:
                why = why or str(error)
                self.outbox.keep(kept.message, unclear=kept.unclear)
                if error.down:
                    break
        return why

    def _deliver(self, kept: Kept) -> None:
        """Tells one message and forgets it. Raises: Unsent, Unclear, OSError."""
        message, known = kept.message, self.outbox.known(kept.message.deployment)
        if message.id not in known.told:
            # A thread in the channel that the settings named before is none to go on with.
            thread = known.thread if known.thread and known.thread.name == self._channel.name else None
            found = self._channel.find(message, Near(thread, kept.at, self.outbox)) if kept.unclear else None
            if found is None:
                self.outbox.keep(message, unclear=True)
                found = self._channel.post(again(message) if kept.unclear else message, thread)
            self.outbox.remember(message, found.thread if found else None)
            if thread is not None:
                self._rewrite(message, thread)
        self.outbox.drop(message)

    def _rewrite(self, message: Message, thread: Thread) -> None:
        """The thread's first message says how it stands, as far as it can."""
        try:
            self._channel.rewrite(message, thread)
        except (Unsent, Unclear):
            return

    def _without_outbox(self, message: Message, why: str) -> Told:
        """A full disk is no reason to tell nothing."""
        try:
            self._channel.post(message, None)
        except (Unsent, Unclear) as error:
            return Told("dropped", f"{error}; {why}")
        return Told("sent", why)


def _private(address: str, name: str) -> str:
    """What is told is sent encrypted or not at all. Raises: SlackMisconfigured."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        message = f"{name} is no address that begins with https://"
        raise SlackMisconfigured(message)
    return address
