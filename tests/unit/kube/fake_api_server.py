"""A fake API server: answers what a test told it to, and remembers what it was asked.

It exists for the faults that a real one can't be made to show on demand: 429, half an answer, a
connection that drops, a history that is gone.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from onestack.kube.client import Client
from onestack.kube.connection import Connection, connect
from onestack.kube.retries import Patience


@dataclass(frozen=True)
class Reply:
    """An answer; ``drop`` closes the connection instead, ``hang`` never answers."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False


@dataclass(frozen=True)
class Events:
    """A watch's events. The connection then stays open, unless it ``drop``s or ends in order."""

    events: tuple[dict[str, Any], ...]
    drop: bool = False
    end: bool = False


@dataclass(frozen=True)
class Asked:
    """A request that was received."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


def failure(status: int, reason: str, message: str = "no", **details: object) -> Reply:
    """A failure as Kubernetes says it."""
    body = {"kind": "Status", "code": status, "reason": reason, "message": message, "details": details}
    return Reply(status, body)


class FakeApiServer:
    """Give it replies with ``on``; the last one is repeated."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self._replies: dict[str, list[Reply | Events]] = defaultdict(list)
        self._open = asyncio.Event()

    def on(self, request: str, *replies: Reply | Events) -> None:
        """``request`` is a method and a path; ``WATCH`` is a GET with ``watch=true``."""
        self._replies[request] = list(replies)

    def count(self, request: str) -> int:
        """How often that was asked."""
        return sum(f"{a.method} {a.path}" == request for a in self.asked)

    def connection(self, **user: object) -> Connection:
        """A connection to it."""
        return connect(
            json.dumps(
                {
                    "current-context": "fake",
                    "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
                    "users": [{"name": "fake", "user": user}],
                    "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
                }
            )
        )

    def client(self, connection: Connection | None = None, **settings: Any) -> Client:
        """A client of it that waits next to nothing between attempts."""
        settings.setdefault(
            "patience", Patience(first_wait=0.001, longest_wait=0.002, never_reached=0.05, restarting=0.05)
        )
        return Client(connection or self.connection(), user_agent="onestack-test", **settings)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeApiServer]:
        """Serves on a free port of the loopback address."""
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._handle)
        server = TestServer(app)
        await server.start_server(shutdown_timeout=0.01)
        self.url = str(server.make_url("")).rstrip("/")
        try:
            yield self
        finally:
            self._open.set()
            await server.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = "WATCH" if request.query.get("watch") == "true" else request.method
        self.asked.append(
            Asked(method, request.path, dict(request.query), dict(request.headers), await request.read())
        )
        replies = self._replies.get(f"{method} {request.path}") or [failure(404, "NotFound", "nothing here")]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return await (
            self._stream(request, reply) if isinstance(reply, Events) else self._answer(request, reply)
        )

    async def _answer(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.drop:
            _close(request)
        if reply.hang:
            await self._open.wait()
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        return web.Response(status=reply.status, body=body, headers=reply.headers)

    async def _stream(self, request: web.Request, reply: Events) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for event in reply.events:
            await response.write(json.dumps(event).encode() + b"\n")
        if reply.drop:
            _close(request)
        elif not reply.end:
            await self._open.wait()
        return response


def _close(request: web.Request) -> None:
    close: Callable[[], None] | None = getattr(request.transport, "abort", None)
    if close is not None:
        close()
