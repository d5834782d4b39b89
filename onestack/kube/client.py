"""Requests to one API server: a connection pool, bounded retries, errors in words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp
import orjson
from multidict import CIMultiDictProxy
from yarl import URL

from onestack.errors import ApiError, ClusterUnreachable, UsageError
from onestack.kube.connection import Connection
from onestack.kube.credentials import Credentials, Proof
from onestack.kube.refusal import refusal, refusal_of_status
from onestack.kube.retries import Patience, retrying
from onestack.kube.unreachable import unreachable

APPLY: Final = "application/apply-patch+yaml"
"""Content type of server-side apply; JSON is YAML, so the body stays JSON."""
JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"
METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
"""The form of a list without the bodies of its items, where the server can leave them out."""
JSON_PATCH: Final = "application/json-patch+json"

_FIRST_FAILURE: Final = 300
_UNAUTHORIZED: Final = 401
_WARNING: Final = re.compile(r'\b299 \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class _Call:
    """One request, ready to be sent as often as need be."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = JSON
    accept: str = JSON

    @property
    def repeatable(self) -> bool:
        """True where sending it twice does what sending it once does."""
        if self.method in {"GET", "DELETE"} or self.params.get("dryRun") == "All":
            return True
        return self.method == "PATCH" and self.content_type == APPLY


class Client:
    """An async context manager; use one per connection and share it between tasks.

    ``parallel`` bounds the requests under way at once (watches don't count); there is no other
    rate limit. ``request_seconds`` bounds one request with all its retries. ``on_warning`` is
    called with the text of each ``Warning`` header that the server sends.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        user_agent: str,
        parallel: int = 64,
        request_seconds: float = 60.0,
        connect_seconds: float = 10.0,
        patience: Patience | None = None,
        on_warning: Callable[[str], None] | None = None,
    ) -> None:
        self.connection = connection
        self.on_warning = on_warning
        self._credentials = Credentials(connection)
        self._places = asyncio.Semaphore(parallel)
        self._request_seconds = request_seconds
        self._connect_seconds = connect_seconds
        self._patience = patience or Patience()
        self._reached = False
        self._session: aiohttp.ClientSession | None = None
        self._headers = {"User-Agent": user_agent}
        if not connection.compression or _loopback(connection.server):
            # Compressing costs both ends more time than a local socket takes for the bytes.
            self._headers["Accept-Encoding"] = "identity"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60.0),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object | None = None,
        content_type: str = JSON,
        accept: str | None = None,
        on_warning: Callable[[str], None] | None = None,
    ) -> dict[str, Any]:
        """Sends a request and returns the decoded answer.

        ``path`` is absolute and percent-encoded, as ``ApiResource.path`` gives it. ``body`` is
        encoded as JSON unless it is bytes. 429 and 5xx answers are tried again as ``retries`` says,
        a lost connection only where repeating is harmless or nothing had been sent.

        Raises:
            ApiError: the server refused.
            ClusterUnreachable: there was no answer in time.
            CredentialsUnavailable: a credential plugin or token file failed.
        """
        call = _Call(method, path, params or {}, _encoded(body, path), content_type, accept or JSON)
        warn = on_warning or self.on_warning
        last: list[Exception] = []
        async with self._places:
            try:
                async with asyncio.timeout(self._request_seconds):
                    async for attempt in retrying(
                        self._patience, call.repeatable, reached=lambda: self._reached, seen=last.append
                    ):
                        with attempt:
                            return await self._once(call, warn)
            except TimeoutError:
                raise self._too_late(call, last) from None
        raise AssertionError("retrying either returns or raises")

    async def text(self, path: str, *, params: Mapping[str, str] | None = None) -> str:
        """What is there in plain text, such as a pod's log; asked for once.

        Raises: ApiError, ClusterUnreachable, CredentialsUnavailable.
        """
        call = _Call("GET", path, params or {}, accept="*/*")
        async with self._places:
            status, headers, body = await self._exchange(call, await self._credentials.current())
        if status >= _FIRST_FAILURE:
            raise refusal("GET", path, status=status, headers=headers, body=body)
        return body.decode(errors="replace")

    async def watch(
        self, path: str, *, params: Mapping[str, str] | None = None, idle_seconds: float = 90.0
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yields the events of one watch until the server ends it; close it with ``aclosing``.

        ``params`` are the caller's (``resourceVersion``, ``allowWatchBookmarks``, ...) and
        ``watch=true`` is added. Nothing is retried: after the end or an error the caller goes on
        from the last ``resourceVersion`` it saw. Servers send a bookmark each minute, so a
        connection silent for ``idle_seconds`` is taken for dead.

        Raises:
            ApiError: refused, or the stream carried an ERROR event; status 410 means list again.
            ClusterUnreachable: the connection was refused, lost or silent.
        """
        call = _Call("GET", path, {**(params or {}), "watch": "true"})
        limits = aiohttp.ClientTimeout(total=None, sock_connect=self._connect_seconds, sock_read=idle_seconds)
        async with self._answer(call, await self._credentials.current(), limits) as response:
            if response.status == _UNAUTHORIZED:
                self._credentials.refused(await self._credentials.current())
            if response.status >= _FIRST_FAILURE:
                raise refusal(
                    "GET", path, status=response.status, headers=response.headers, body=await response.read()
                )
            async for line in _lines(response.content):
                event = self._decoded(line)
                if event.get("type") == "ERROR":
                    raise refusal_of_status("GET", path, event.get("object") or {})
                yield event

    async def _once(self, call: _Call, warn: Callable[[str], None] | None) -> dict[str, Any]:
        proof = await self._credentials.current()
        status, headers, body = await self._exchange(call, proof)
        if status == _UNAUTHORIZED and self._credentials.renewable:
            self._credentials.refused(proof)
            status, headers, body = await self._exchange(call, await self._credentials.current())
        if warn is not None:
            for text in _warnings(headers):
                warn(text)
        if status >= _FIRST_FAILURE:
            raise refusal(call.method, call.path, status=status, headers=headers, body=body)
        return self._decoded(body)

    async def _exchange(self, call: _Call, proof: Proof) -> tuple[int, CIMultiDictProxy[str], bytes]:
        limits = aiohttp.ClientTimeout(total=None, sock_connect=self._connect_seconds)
        async with self._answer(call, proof, limits) as response:
            return response.status, response.headers, await response.read()

    @asynccontextmanager
    async def _answer(
        self, call: _Call, proof: Proof, limits: aiohttp.ClientTimeout
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("the client is used outside its `async with`")
        headers = {"Accept": call.accept, **proof.headers}
        if call.body is not None:
            headers["Content-Type"] = call.content_type
        try:
            async with self._session.request(
                call.method,
                URL(self.connection.server + call.path, encoded=True).extend_query(call.params),
                data=call.body,
                headers=headers,
                ssl=proof.tls if proof.tls is not None else True,
                server_hostname=self.connection.tls.server_name,
                proxy=self.connection.proxy,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                self._reached = True
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
                raise  # request()'s own time limit, which knows what was tried before
            raise unreachable(self.connection.server, error) from None

    def _decoded(self, body: bytes) -> dict[str, Any]:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            why = "it answered with something that isn't a Kubernetes object"
            raise ClusterUnreachable(self.connection.server, why, final=True)
        return value

    def _too_late(self, call: _Call, last: list[Exception]) -> Exception:
        if last and isinstance(last[-1], ApiError | ClusterUnreachable):
            return last[-1]
        why = f"{call.method} {call.path} got no complete answer within {self._request_seconds:g} seconds"
        return ClusterUnreachable(self.connection.server, why)


def _encoded(body: object | None, path: str) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    try:
        return orjson.dumps(body)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise UsageError("the object can't be sent as JSON", where=path, why=str(error)) from None


def _warnings(headers: CIMultiDictProxy[str]) -> list[str]:
    # RFC 7234 5.5; Kubernetes only sends code 299.
    return [
        re.sub(r"\\(.)", r"\1", text)
        for header in headers.getall("Warning", [])
        for text in _WARNING.findall(header)
    ]


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """The stream's lines; unlike the reader's own, of any length."""
    rest = b""
    async for chunk in content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield line


def _loopback(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
