"""Where in Slack messages go: a bot's channel, or a webhook. Imports slack_sdk when it sends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final, Protocol

from onestack.harmless import one_line
from onestack.masking import Mask
from onestack.notify.messages import Message
from onestack.notify.outbox import Outbox, Thread

SECONDS: Final = 4
"""How long one request may take."""
_EVENT: Final = "onestack_deployment"
_LOOKED: Final = 100
_SKEW: Final = 120.0
"""Seconds by which this machine's clock may be ahead of Slack's."""
_OK: Final = 200
_TAKEN: Final = "ok"
_NO_JSON: Final = "Received a response in a non-JSON format"
"""So its client tells of an answer that it can't read."""
_NOT_SLACK: Final = "what answers is not Slack, or not all of it: is a proxy in between?"
_SERVER_ERROR: Final = 500
_SAID: Final = 300


class Unsent(Exception):
    """It surely wasn't told. ``down``: the next one won't be either."""

    def __init__(self, why: str, *, down: bool) -> None:
        self.down = down
        super().__init__(why)


class Unclear(Exception):
    """It may have been told: there was no answer."""


@dataclass(frozen=True)
class Near:
    """Where a message would be: in its thread, or in the channel since a time, in seconds since 1970."""

    thread: Thread | None
    since: float
    outbox: Outbox


@dataclass(frozen=True)
class Found:
    """A message that is there, and the thread that it is in or begins."""

    thread: Thread


class Channel(Protocol):
    """A way to tell; ``name`` is what the settings call it."""

    @property
    def name(self) -> str: ...

    def post(self, message: Message, thread: Thread | None) -> Found | None:
        """Tells a message, and says where it is if it may be answered to. Raises: Unsent, Unclear."""

    def rewrite(self, message: Message, thread: Thread) -> None:
        """Has the first message of a thread say what this one says. Raises: Unsent, Unclear."""

    def find(self, message: Message, near: Near) -> Found | None:
        """The message, if it is there already; None where that can't be known, too."""


class Bot:
    """A channel that a bot writes to, as threads."""

    def __init__(self, token: str, channel: str, address: str) -> None:
        self._token = token
        self.name = self._channel = channel
        self._address = address

    def post(self, message: Message, thread: Thread | None) -> Found | None:
        with self._asked():
            answer = self._client().chat_postMessage(
                channel=thread.channel if thread else self._channel,
                thread_ts=thread.ts if thread else None,
                # An answer in a thread calls nobody; that it failed is for all.
                reply_broadcast=True if thread and message.stage == "failed" else None,
                text=message.text,
                blocks=list(message.blocks),
                parse="none",
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": _EVENT, "event_payload": {"id": message.id}},
            )
            return Found(thread or Thread(str(answer["channel"]), str(answer["ts"]), self._channel))

    def rewrite(self, message: Message, thread: Thread) -> None:
        with self._asked():
            self._client().chat_update(
                channel=thread.channel,
                ts=thread.ts,
                text=message.text,
                blocks=list(message.blocks),
                parse="none",
            )

    def find(self, message: Message, near: Near) -> Found | None:
        thread, channel = near.thread, near.outbox.channel(self._channel) or self._channel
        oldest = f"{near.since - _SKEW:.6f}"
        query: dict[str, Any] = {"oldest": oldest, "limit": _LOOKED, "include_all_metadata": True}
        try:
            with self._asked():
                client = self._client()
                answer = (
                    client.conversations_replies(channel=thread.channel, ts=thread.ts, **query)
                    if thread
                    # It takes the id alone; a bot that may not read the channel is refused.
                    else client.conversations_history(channel=channel, **query)
                )
        except (Unsent, Unclear):
            return None
        for one in answer["messages"]:
            if one.get("metadata", {}).get("event_payload", {}).get("id") == message.id:
                return Found(thread or Thread(channel, str(one["ts"]), self._channel))
        return None

    def _client(self) -> Any:
        from slack_sdk import WebClient  # noqa: PLC0415

        _silence()
        return WebClient(self._token, self._address, timeout=SECONDS, retry_handlers=[])

    @contextmanager
    def _asked(self) -> Iterator[None]:
        from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415

        with _reached(self._token):
            try:
                yield
            except SlackApiError as error:
                raise self._refused(error) from None
            except SlackClientError as error:
                raise Unsent(_said(error, self._token), down=True) from None

    def _refused(self, error: Any) -> Exception:
        response = error.response
        status = getattr(response, "status_code", _OK)
        if status >= _SERVER_ERROR:
            return Unclear(f"Slack failed with {status}")
        why = response.get("error") if hasattr(response, "get") else None
        if str(why).startswith(_NO_JSON):
            return Unclear(_NOT_SLACK)
        return Unsent(_WHY.get(str(why), _said(why or error, self._token)), down=why in _WHY)


class Webhook:
    """An address that takes messages for one channel, each for itself."""

    name = ""

    def __init__(self, url: str) -> None:
        self._url = url

    def post(self, message: Message, thread: Thread | None) -> None:
        from slack_sdk.webhook import WebhookClient  # noqa: PLC0415

        _silence()
        with _reached(self._url):
            client = WebhookClient(self._url, timeout=SECONDS, retry_handlers=[])
            answer = client.send(
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                unfurl_links=False,
                unfurl_media=False,
            )
        if answer.status_code >= _SERVER_ERROR:
            raise Unclear(f"Slack failed with {answer.status_code}")
        why = answer.body.strip()
        if answer.status_code != _OK:
            raise Unsent(_WHY.get(why, _said(why, self._url)), down=why in _WHY)
        if why != _TAKEN:
            raise Unclear(_NOT_SLACK)

    def rewrite(self, message: Message, thread: Thread) -> None:
        """A webhook can't."""

    def find(self, message: Message, near: Near) -> Found | None:
        """Nor does it show what was told."""


_WHY: Final = {
    "invalid_auth": "Slack doesn't take the token: renew SLACK_BOT_TOKEN",
    "token_revoked": "Slack doesn't take the token: renew SLACK_BOT_TOKEN",
    "token_expired": "Slack doesn't take the token: renew SLACK_BOT_TOKEN",
    "account_inactive": "Slack doesn't take the token: renew SLACK_BOT_TOKEN",
    "channel_not_found": "there is no such channel for the bot: correct onestack:notify.slack.channel, "
    "or invite the bot into a private one",
    "not_in_channel": "the bot is not in the channel: invite it, or give it the scope chat:write.public",
    "missing_scope": "the bot may not write: give it the scope chat:write",
    "is_archived": "the channel is archived",
    "ratelimited": "Slack asks to wait",
    "no_service": "there is no such webhook: renew SLACK_WEBHOOK_URL",
    "invalid_token": "there is no such webhook: renew SLACK_WEBHOOK_URL",
}
"""Refusals of every message, in words. Any other may be of one message, after which another is taken."""


@contextmanager
def _reached(secret: str) -> Iterator[None]:
    try:
        yield
    except HTTPException:
        raise Unclear("Slack gave no whole answer") from None
    except OSError as error:
        # urllib wraps what went wrong before the request was sent, and waiting for a connection is before.
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError | ConnectionResetError) and reason is error:
            raise Unclear(f"Slack gave no answer within {SECONDS} s") from None
        raise Unsent(f"Slack can't be reached: {_said(reason, secret)}", down=True) from None


def _said(what: object, secret: str) -> str:
    line = Mask(frozenset({secret.encode()}))(one_line(str(what)))
    return line if len(line) <= _SAID else f"{line[:_SAID]}…"


def _silence() -> None:
    """It would write on stderr what our values say."""
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
