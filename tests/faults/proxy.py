"""A proxy between onestack and a real API server that makes bad weather, and tells of every write.

```python
with proxied(plane.kubeconfig, tmp_path) as proxy:
    point(made, proxy.kubeconfig)                       # the stack now runs through it
    proxy.rules = [Rule(Answer(500), share=0.2, seed=7)]
    proxy.before = lambda request: request.write != 5   # the fifth write never arrives
```

``before`` and ``after`` are called around each write that is let through (`Request.changes`), in the
proxy's own thread and one at a time: while one runs, no other request moves, so it must not send
one itself. Who kills the sender in ``before`` and returns False has a write that never happened; who
kills it in ``after`` has one whose answer nobody got. Rules and callbacks may be changed at any time.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from onestack.kube.connection import Connection, connect, tls_context
from tests.e2e.clone import Clone
from tests.faults.certificate import issue
from tests.faults.rules import Action, Answer, Cut, Delay, Hold, Lose, Pass, Request, Rule, decide

_OURS = {
    "Host",
    "Authorization",
    "Connection",
    "Keep-Alive",
    "Transfer-Encoding",
    "Content-Length",
    "Upgrade",
}
_LOOK_SECONDS = 0.2


def goes_on(_request: Request) -> bool:
    """A ``before`` that lets every write through."""
    return True


def nothing(_request: Request, _status: int) -> None:
    """An ``after`` that does nothing."""


@dataclass(frozen=True)
class Seen:
    """A request and what was done to it."""

    request: Request
    action: Action


class Proxy:
    """Use `proxied`. ``seen`` holds all requests in the order in which they arrived."""

    def __init__(self, upstream: Connection, folder: Path) -> None:
        self.rules: Sequence[Rule] = ()
        self.before: Callable[[Request], bool] = goes_on
        self.after: Callable[[Request, int], None] = nothing
        self.seen: list[Seen] = []
        self.kubeconfig = folder / "kubeconfig"
        self._upstream = upstream
        self._pair = folder / "certificate.pem", folder / "key.pem"
        self._used: Counter[Rule] = Counter()
        self._writes = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open, self._ended = asyncio.Event(), asyncio.Event()
        self._held = threading.Event()
        self._session: aiohttp.ClientSession | None = None

    def release(self) -> None:
        """Lets everything through that is held, or will be."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._open.set)

    def wait_held(self, seconds: float = 60.0) -> None:
        """Waits until a request is held."""
        assert self._held.wait(seconds), "no request was held"

    def met(self, kind: type[Action]) -> list[Request]:
        """The requests to which that was done."""
        return [seen.request for seen in list(self.seen) if isinstance(seen.action, kind)]

    def stop(self) -> None:
        """Ends it, with whatever is held."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it has failed already
                self._loop.call_soon_threadsafe(self._ended.set)

    async def run(self, ready: Callable[[], None]) -> None:
        """Serves until it is stopped."""
        self._loop = asyncio.get_running_loop()
        issue(*self._pair)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self._pair)
        application = web.Application(client_max_size=64 * 2**20)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, auto_decompress=False)
        await runner.setup()
        connector = aiohttp.TCPConnector(limit=0, ssl=tls_context(self._upstream.tls, "upstream"))
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False
        ) as session:
            self._session = session
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
            await site.start()
            self._write_kubeconfig(runner.addresses[0][1])
            ready()
            await self._ended.wait()
            self._open.set()
            await runner.cleanup()

    def _write_kubeconfig(self, port: int) -> None:
        authority = base64.b64encode(self._pair[0].read_bytes()).decode()
        cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": authority}
        self.kubeconfig.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "faults",
                    "clusters": [{"name": "faults", "cluster": cluster}],
                    "users": [{"name": "faults", "user": {"token": "none-is-needed"}}],
                    "contexts": [{"name": "faults", "context": {"cluster": "faults", "user": "faults"}}],
                }
            )
        )

    async def _handle(self, arrived: web.Request) -> web.StreamResponse:
        request = self._noted(arrived)
        rule = decide(self.rules, request, self._used)
        action = rule.action if rule else Pass()
        if rule:
            self._used[rule] += 1
        self.seen.append(Seen(request, action))
        if isinstance(action, Answer):
            return web.Response(status=action.status, headers=action.headers(), body=action.body())
        if isinstance(action, Delay):
            await asyncio.sleep(action.seconds)
        if isinstance(action, Hold):
            self._held.set()
            await self._open.wait()
        if isinstance(action, Cut) or (request.changes and not self.before(request)):
            return _cut(arrived)
        return await self._forwarded(arrived, request, lose=isinstance(action, Lose))

    def _noted(self, arrived: web.Request) -> Request:
        url = arrived.rel_url
        request = Request(len(self.seen) + 1, arrived.method, url.raw_path, dict(url.query))
        if not request.changes:
            return request
        self._writes += 1
        return Request(request.number, request.method, request.path, request.query, self._writes)

    async def _forwarded(self, arrived: web.Request, request: Request, *, lose: bool) -> web.StreamResponse:
        assert self._session is not None
        target = URL(self._upstream.server + arrived.raw_path, encoded=True)
        headers = _passed_on(arrived.headers)
        try:
            body = await arrived.read()
            async with self._session.request(
                arrived.method, target, headers=headers, data=body or None, allow_redirects=False
            ) as answer:
                if request.watches and answer.status == 200:
                    return await _streamed(arrived, answer)
                content = await answer.read()
        except (aiohttp.ClientError, OSError):
            return _cut(arrived)  # as the server itself would have done
        if request.changes:
            self.after(request, answer.status)
        if lose:
            return _cut(arrived)
        return web.Response(
            status=answer.status, headers=_passed_on(answer.headers, but="Date"), body=content
        )


def _passed_on(headers: Mapping[str, str], but: str = "") -> CIMultiDict[str]:
    ours = {name.lower() for name in (*_OURS, but)}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in ours)


def _cut(arrived: web.Request) -> web.Response:
    if arrived.transport is not None:
        arrived.transport.abort()
    return web.Response(status=502)


async def _streamed(arrived: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """Passes on what comes, until either side ends it."""
    stream = web.StreamResponse(status=answer.status, headers=_passed_on(answer.headers))
    await stream.prepare(arrived)
    while arrived.transport is not None and not arrived.transport.is_closing():
        try:
            chunk = await asyncio.wait_for(answer.content.readany(), _LOOK_SECONDS)
        except TimeoutError:
            continue  # nothing to tell: look whether anybody still listens
        if not chunk:
            break
        await stream.write(chunk)
    with suppress(ConnectionError):
        await stream.write_eof()
    return stream


@contextmanager
def proxied(upstream: Path, folder: Path) -> Iterator[Proxy]:
    """A proxy in front of the API server of a kubeconfig. Its files are in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    proxy = Proxy(connect(upstream), folder)
    ready, failed = threading.Event(), list[BaseException]()

    def serve() -> None:
        try:
            asyncio.run(proxy.run(ready.set))
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=serve, name="fault proxy", daemon=True)
    thread.start()
    ready.wait()
    try:
        assert not failed, failed
        yield proxy
    finally:
        proxy.stop()
        thread.join()
    assert not failed, failed


def point(made: Clone, kubeconfig: Path) -> None:
    """Lets a stack run on the cluster of that kubeconfig, the same cluster as before: nothing of
    the stack is replaced for it."""
    file = made.root / "stacks" / f"Pulumi.{made.stack}.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["config"]["onestack:kubeconfig"] = {"path": str(kubeconfig), "clusterIdentifier": "faults"}
    file.write_text(yaml.safe_dump(settings))
