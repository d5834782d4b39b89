"""Keeps a tracker informed about one collection, through whatever happens to the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import Any, Final

from onestack.errors import ApiError, OnestackError
from onestack.kube.client import Client
from onestack.manifests.reference import ObjectRef
from onestack.wait.scopes import Scope
from onestack.wait.tracker import Tracker

_WATCH_SECONDS: Final = "290"
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_MOST_DOUBLINGS: Final = 5
_Key = tuple[str | None, str]


class Follower:
    """Lists a collection once, then watches it from there; lists again when the server forgot."""

    def __init__(self, client: Client, scope: Scope, tracker: Tracker) -> None:
        self._client = client
        self._scope = scope
        self._tracker = tracker
        self._refs: Mapping[_Key, ObjectRef] = {
            (scope.namespace_of(ref), ref.name): ref for ref in scope.refs
        }
        self._version = ""
        self._failures = 0

    @property
    def watched(self) -> bool:
        """False where one look is enough."""
        return self._scope.watched

    async def look(self) -> None:
        """Tells the tracker of every object as it is now. An unset version asks for the newest state.

        Raises:
            ApiError, ClusterUnreachable: the collection can't be listed.
        """
        answer = await self._client.request(
            "GET", self._scope.path, params=self._scope.params, accept=self._scope.accept
        )
        missing = dict(self._refs)
        for item in answer.get("items") or ():
            ref = missing.pop(self._key(item), None)
            if ref is not None:
                # Lists leave out what every item has in common.
                self._tracker.see(ref, {"apiVersion": ref.api_version, "kind": ref.kind, **item})
        for ref in missing.values():
            self._tracker.see(ref, None)
        self._version = str(answer["metadata"].get("resourceVersion", ""))
        self._tracker.trouble.pop(self._scope.path, None)

    async def follow(self) -> None:
        """Watches until cancelled. What goes wrong is the tracker's trouble until it is over."""
        while True:
            try:
                if not self._version:
                    await self.look()
                await self._watch()
            except OnestackError as error:
                self._recover(error)
            # Also after a regular end: a server that ends watches at once must not be hammered.
            await asyncio.sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**self._failures))

    async def _watch(self) -> None:
        """One connection until the server ends it."""
        params = {
            **self._scope.params,
            "resourceVersion": self._version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": _WATCH_SECONDS,
        }
        async with aclosing(self._client.watch(self._scope.path, params=params)) as events:
            async for event in events:
                self._failures = 0
                self._take(event["type"], event["object"])

    def _take(self, kind: str, item: Mapping[str, Any]) -> None:
        self._version = str(item["metadata"]["resourceVersion"])
        ref = self._refs.get(self._key(item)) if kind != "BOOKMARK" else None
        if ref is not None and kind == "DELETED":
            self._tracker.lose(ref, item)
        elif ref is not None:
            self._tracker.see(ref, item)

    def _recover(self, error: OnestackError) -> None:
        """Starts over with a list: the history that a watch could go on from may be gone, too."""
        self._version = ""
        status = error.status if isinstance(error, ApiError) else None
        if status == HTTPStatus.GONE:
            return  # the ordinary end of a history
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        if status == HTTPStatus.NOT_FOUND:
            for ref in self._refs.values():  # the kind itself was removed
                self._tracker.see(ref, None)
        self._tracker.trouble[self._scope.path] = f"{error.what}: {error.why}"
        self._tracker.changed.set()

    def _key(self, item: Mapping[str, Any]) -> _Key:
        metadata = item["metadata"]
        # Bookmarks have neither name nor namespace.
        return metadata.get("namespace"), metadata.get("name", "")
