"""A server of this process for a stand-in: answers on a free port of the loopback, and fails as told."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request that arrived; ``path`` is decoded, ``token`` is what follows ``Bearer`` or ``token``."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    token: str


@dataclass(frozen=True)
class Answer:
    """What is answered; ``body`` is JSON, or text where it is a string."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """What happens, ``times`` times, to requests whose ``METHOD path`` the pattern is found in.

    ``answer`` is given in the place of the right one; without it the connection is dropped. ``done``:
    what was asked is done before that. ``until`` is waited for before anything is answered: a server
    that is slow; ``reached`` is set before it waits. ``before`` is called first of all, as what somebody
    else does at that very moment.
    """

    pattern: str
    answer: Answer | None = None
    times: int = 1
    done: bool = False
    until: threading.Event | None = None
    before: Callable[[], None] | None = None
    reached: threading.Event | None = None

    @property
    def lets_through(self) -> bool:
        """Whether the right answer is given in the end."""
        return self.answer is None and (self.until is not None or self.before is not None)


class Troubles:
    """The faults that are still to come; requests come from several threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        """Has these happen, the first one that fits first."""
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._faults.clear()

    def next(self, asked: Asked) -> Fault | None:
        """What is to happen to a request."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and re.search(fault.pattern, f"{asked.method} {asked.path}"):
                    fault.times -= 1
                    return fault
        return None


_SLOW: Final = 30.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked may have gone away; all else is a defect of the stand-in, and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _given(answer: Callable[[Asked], Answer], troubles: Troubles, asked: Asked) -> Answer | None:
    """What is answered in the end; None where the connection is dropped."""
    fault = troubles.next(asked)
    if fault is None:
        return answer(asked)
    if fault.before:
        fault.before()
    meant = answer(asked) if fault.done or fault.lets_through else None
    if fault.reached:
        fault.reached.set()
    if fault.until:
        fault.until.wait(_SLOW)
    return fault.answer or (meant if fault.lets_through else None)


@contextmanager
def served(answer: Callable[[Asked], Answer], troubles: Troubles) -> Iterator[str]:
    """The address at which ``answer`` is asked, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            given = _given(answer, troubles, self._asked())
            if given is None:
                self.close_connection = True
            else:
                self._send(given)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one  # noqa: N815

        def _asked(self) -> Asked:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = "urlencoded" in self.headers.get("Content-Type", "")
            body = dict(parse_qsl(sent)) if form else json.loads(sent) if sent else None
            token = self.headers.get("Authorization", "").partition(" ")[2]
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            return Asked(self.command, unquote(parts.path), query, body, token)

        def _send(self, given: Answer) -> None:
            text = isinstance(given.body, str)
            sent = given.body if text else "" if given.body is None else json.dumps(given.body)
            self.send_response(given.status)
            self.send_header("Content-Type", "text/html" if text else "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(sent.encode())))
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def trickling() -> Iterator[str]:
    """The address of a server that begins to answer, and never ends."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def trickle(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            while not over.wait(0.01):
                self.wfile.write(b" ")
                self.wfile.flush()

        do_GET = do_POST = trickle  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
