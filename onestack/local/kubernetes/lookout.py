"""Watches that many waits share: one per kind and namespace, not one per object."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

from onestack.errors import ApiError, OnestackError
from onestack.kube.client import Client
from onestack.kube.discovery import ApiResource

_LINGER_SECONDS: Final = 3.0
_RETRY_SECONDS: Final = 0.5
_GOODBYE_SECONDS: Final = 0.25
_GONE: Final = 410

Event = tuple[str, Mapping[str, Any]]
"""``ADDED``, ``MODIFIED`` or ``DELETED``, and the object."""


class Changes:
    """The changes of one object. ``next`` gives None where it must be looked at again."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue()

    async def next(self) -> Event | None:
        return await self.queue.get()


class Lookout:
    """The shared watches of one cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._watches: dict[str, _Watch] = {}

    @asynccontextmanager
    async def on(self, resource: ApiResource, namespace: str, name: str) -> AsyncIterator[Changes]:
        """The changes of an object from now on: what happens inside is not missed.

        ``name`` "" stands for every object of the kind in the namespace.
        """
        path = resource.path(namespace or None)
        watch = self._watches.get(path)
        if watch is None:
            watch = self._watches[path] = _Watch(self._client, path)
        changes = Changes()
        watch.add(name, changes)
        try:
            await watch.started.wait()
            yield changes
        finally:
            watch.remove(name, changes)
            asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._drop, path, watch)

    def wake(self) -> None:
        """Makes everyone who waits look again, as after a cancellation."""
        for watch in self._watches.values():
            watch.tell_all()

    async def close(self) -> None:
        watches, self._watches = list(self._watches.values()), {}
        for watch in watches:
            await watch.stop()
        if watches:
            # TLS says goodbye in a round trip whose end nobody is told of; the wait is the one
            # that aiohttp's documentation gives.
            await asyncio.sleep(_GOODBYE_SECONDS)

    def _drop(self, path: str, watch: _Watch) -> None:
        if watch.idle and self._watches.get(path) is watch:
            del self._watches[path]
            watch.cancel()


class _Watch:
    def __init__(self, client: Client, path: str) -> None:
        self.started = asyncio.Event()
        self._client = client
        self._path = path
        self._wanted = True
        self._listeners: dict[str, list[Changes]] = {}
        self._task = asyncio.create_task(self._run())

    @property
    def idle(self) -> bool:
        return not self._listeners

    def add(self, name: str, changes: Changes) -> None:
        self._listeners.setdefault(name, []).append(changes)

    def remove(self, name: str, changes: Changes) -> None:
        listeners = self._listeners[name]
        listeners.remove(changes)
        if not listeners:
            del self._listeners[name]

    def tell_all(self) -> None:
        for listeners in self._listeners.values():
            for changes in listeners:
                changes.queue.put_nowait(None)

    def cancel(self) -> None:
        self._wanted = False
        self._task.cancel()

    async def stop(self) -> None:
        """Ends the watch; again and again, because a connection being set up may swallow a cancellation."""
        while not self._task.done():
            self.cancel()
            await asyncio.wait({self._task}, timeout=_RETRY_SECONDS)

    async def _run(self) -> None:
        version = ""
        while self._wanted:
            try:
                if not version:
                    version = await self._now()
                    if self.started.is_set():
                        self.tell_all()
                    self.started.set()
                version = await self._follow(version)
            except ApiError as error:
                version = "" if error.status == _GONE else version
                await self._pause()
            except OnestackError:
                await self._pause()

    async def _pause(self) -> None:
        # Where watching fails, looking again every now and then still gets there.
        self.started.set()
        self.tell_all()
        await asyncio.sleep(_RETRY_SECONDS)

    async def _now(self) -> str:
        answer = await self._client.request("GET", self._path, params={"limit": "1"})
        return str(answer.get("metadata", {}).get("resourceVersion", ""))

    async def _follow(self, version: str) -> str:
        params = {"resourceVersion": version, "allowWatchBookmarks": "true"}
        async with aclosing(self._client.watch(self._path, params=params)) as events:
            async for event in events:
                obj = event.get("object") or {}
                metadata = obj.get("metadata") or {}
                version = metadata.get("resourceVersion") or version
                if event.get("type") != "BOOKMARK":
                    self._tell(metadata.get("name", ""), (event["type"], obj))
        return version

    def _tell(self, name: str, event: Event) -> None:
        for key in (name, ""):
            for changes in self._listeners.get(key, ()):
                changes.queue.put_nowait(event)
