"""A stand-in for Slack: a channel that a bot writes to, and one of a webhook.

It is not Slack: it keeps messages in memory, refuses blocks beyond the documented bounds, and remembers
in ``wrong`` what would have called somebody or been read as markup of Slack's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.stand_ins.server import Answer, Asked, Fault, Troubles, served

TOKEN: Final = "xoxb-standin-0000000000"
CHANNEL: Final = "#deployments"
HOOK: Final = "/services/T0000/B0000/standinstandin"
_ID: Final = "C0000000001"
_MENTION: Final = re.compile(r"<[!@#]")
_TEXT: Final = {"header": 150, "section": 3000, "field": 2000, "context": 2000}
_WHOLE: Final = 13_000


@dataclass
class Said:
    """A message as it stands; ``history`` are all its texts, the first one first."""

    ts: str
    thread: str | None
    text: str
    blocks: list[dict[str, Any]]
    id: str = ""
    broadcast: bool = False
    history: list[str] = field(default_factory=list)

    def words(self) -> str:
        """All that it shows."""
        return "\n".join(_texts(self.blocks))


@dataclass
class SlackServer:
    """``said`` is what the bot's channel holds, ``hooked`` what the webhook's does."""

    said: list[Said] = field(default_factory=list)
    hooked: list[Said] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    troubles: Troubles = field(default_factory=Troubles)
    readable: bool = True
    url: str = ""

    def fail(self, pattern: str, answer: Answer | None = None, **more: Any) -> None:
        """Has requests fail whose ``METHOD path`` the pattern is found in; see `Fault`."""
        self.troubles.add(Fault(pattern, answer, **more))

    def environ(self, *, bot: bool = True) -> dict[str, str]:
        """What a job's environment says of Slack."""
        if bot:
            return {"SLACK_BOT_TOKEN": TOKEN, "SLACK_API_URL": f"{self.url}/api/"}
        return {"SLACK_WEBHOOK_URL": f"{self.url}{HOOK}"}

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
        self.asked.append(asked)
        if asked.path == HOOK:
            return self._hook(asked.body)
        if asked.token != TOKEN and asked.body.get("token") != TOKEN:
            return _no("invalid_auth")
        match asked.path.removeprefix("/api/"):
            case "chat.postMessage":
                return self._post(asked.body)
            case "chat.update":
                return self._update(asked.body)
            case "conversations.history" | "conversations.replies":
                return self._history(asked.body)
        self.wrong.append(f"there is no method {asked.path}")
        return _no("unknown_method")

    def _hook(self, body: dict[str, Any]) -> Answer:
        if not self._fits(body):
            return Answer(400, "invalid_blocks")
        self.hooked.append(Said(str(len(self.hooked)), None, body["text"], body["blocks"]))
        return Answer(200, "ok")

    def _post(self, body: dict[str, Any]) -> Answer:
        if body["channel"] not in {CHANNEL, _ID}:
            return _no("channel_not_found")
        if not self._fits(body):
            return _no("invalid_blocks")
        thread = body.get("thread_ts")
        if thread and thread not in {one.ts for one in self.said}:
            self.wrong.append(f"there is no thread {thread}")
        ts = f"{1_700_000_000 + len(self.said)}.000100"
        mark = body.get("metadata", {}).get("event_payload", {}).get("id", "")
        broadcast = bool(body.get("reply_broadcast"))
        self.said.append(Said(ts, thread, body["text"], body["blocks"], mark, broadcast, [body["text"]]))
        return Answer(200, {"ok": True, "channel": _ID, "ts": ts})

    def _update(self, body: dict[str, Any]) -> Answer:
        if body["channel"] != _ID or not self._fits(body):
            return _no("channel_not_found")
        for one in self.said:
            if one.ts == body["ts"]:
                one.text, one.blocks = body["text"], body["blocks"]
                one.history.append(body["text"])
                return Answer(200, {"ok": True, "channel": _ID, "ts": one.ts})
        return _no("message_not_found")

    def _history(self, body: dict[str, Any]) -> Answer:
        if not self.readable:
            return _no("missing_scope")
        if body["channel"] != _ID:
            return _no("channel_not_found")
        thread = body.get("ts")
        found = [
            one for one in self.said if (thread in {one.thread, one.ts}) or (not thread and not one.thread)
        ]
        messages = [
            {"ts": one.ts, "text": one.text, "metadata": {"event_payload": {"id": one.id}}} for one in found
        ]
        return Answer(200, {"ok": True, "messages": messages})

    def _fits(self, body: dict[str, Any]) -> bool:
        found = list(faults(body))
        self.wrong.extend(found)
        return not found


def _no(why: str) -> Answer:
    return Answer(200, {"ok": False, "error": why})


def faults(body: dict[str, Any]) -> Iterator[str]:
    """What Slack wouldn't take, and what would call somebody."""
    blocks = body["blocks"]
    texts = [body["text"], *_texts(blocks)]
    if not 1 <= len(blocks) <= 50 or sum(map(len, texts)) > _WHOLE:
        yield f"{len(blocks)} blocks with {sum(map(len, texts))} characters"
    yield from (f"it calls or links: {text}" for text in texts if _MENTION.search(text))
    if body.get("link_names") or body.get("parse", "none") != "none":
        yield "names would become mentions"
    for block in blocks:
        kind = block["type"]
        if kind not in {"header", "section", "context"}:
            yield f"no block {kind} is used"
        fields, elements = block.get("fields", ()), block.get("elements", ())
        if len(fields) > 10 or len(elements) > 10:
            yield f"{len(fields)} fields and {len(elements)} elements"
        own = [block["text"]] if "text" in block else []
        bounded = [(one, _TEXT[kind]) for one in (*own, *elements)] + [
            (one, _TEXT["field"]) for one in fields
        ]
        for one, most in bounded:
            if not 1 <= len(one["text"]) <= most:
                yield f"a text of {len(one['text'])} characters in a {kind}"
            if one["type"] == "mrkdwn" and not one.get("verbatim"):
                yield "markup that isn't verbatim"


def _texts(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        for one in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
            if one:
                yield one["text"]


@contextmanager
def slack() -> Iterator[SlackServer]:
    """A Slack. Fails at the end where a message was wrong."""
    server = SlackServer()
    with served(server.answer, server.troubles) as server.url:
        yield server
    assert not server.wrong, server.wrong
