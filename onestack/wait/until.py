"""Collective readiness: all objects of a release at once, over a few watches."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from onestack.errors import ApiError, KindUnknown
from onestack.health import Verdict
from onestack.kube.client import Client
from onestack.kube.discovery import ApiResource, Discovery
from onestack.manifests.reference import ObjectRef
from onestack.wait.explain import explanations
from onestack.wait.follow import Follower
from onestack.wait.report import WaitProgress, WaitReport
from onestack.wait.scopes import Scope, scopes
from onestack.wait.tracker import Tracker

_STORAGE_CLASSES: Final = "/apis/storage.k8s.io/v1/storageclasses"


@dataclass(frozen=True)
class Tempo:
    """The times of a wait, in seconds.

    ``settle``: how long a final failure must last before the wait ends for it. ``unobserved``: how
    long a custom resource nobody reports on is given once another object became ready. ``explain``:
    how long something is not ready before its pods are asked, and how often. ``report``: between two
    calls of ``on_progress``.
    """

    settle: float = 3.0
    unobserved: float = 2.0
    explain: float = 5.0
    report: float = 0.3


async def until_ready(
    client: Client,
    objects: Sequence[ObjectRef],
    *,
    timeout_seconds: float,
    on_progress: Callable[[WaitProgress], None],
    discovery: Discovery | None = None,
    tempo: Tempo | None = None,
) -> WaitReport:
    """Waits until all objects are ready at the same time, one can't become so, or time is up.

    The report tells which; it isn't raised. Lost connections and restarts of the API server are
    sat out until time is up.

    Raises:
        ApiError, ClusterUnreachable: the objects can't even be looked at once.
    """
    tempo = tempo or Tempo()
    tracker = Tracker(tuple(dict.fromkeys(objects)))
    async with _following(client, discovery or Discovery(client), tracker):
        wait = _Wait(client, tracker, tempo, on_progress)
        timed_out = await wait.run(timeout_seconds)
        await wait.explain(0.0)
    on_progress(tracker.progress())
    trouble = next(iter(tracker.trouble.values()), "")
    return WaitReport(tracker.outcomes(), tracker.elapsed, timed_out, trouble)


async def assess_now(
    client: Client, objects: Sequence[ObjectRef], *, discovery: Discovery | None = None
) -> WaitReport:
    """Looks at all objects once.

    Raises:
        ApiError, ClusterUnreachable: they can't be looked at.
    """
    tracker = Tracker(tuple(dict.fromkeys(objects)))
    await _begin(client, discovery or Discovery(client), tracker)
    await _Wait(client, tracker, Tempo(), lambda _: None).explain(0.0)
    return WaitReport(tracker.outcomes(), tracker.elapsed)


class _Wait:
    """The loop that looks at a tracker whenever something in it changed."""

    def __init__(
        self, client: Client, tracker: Tracker, tempo: Tempo, on_progress: Callable[[WaitProgress], None]
    ) -> None:
        self._client = client
        self._tracker = tracker
        self._tempo = tempo
        self._on_progress = on_progress
        self._explained = 0.0

    async def run(self, timeout_seconds: float) -> bool:
        """True when time was up."""
        tracker, tempo = self._tracker, self._tempo
        while not (tracker.done(tempo.unobserved) or tracker.doomed(tempo.settle)):
            left = timeout_seconds - tracker.elapsed
            if left <= 0:
                return True
            self._on_progress(tracker.progress())
            if tracker.elapsed - self._explained >= tempo.explain:
                await self.explain(tempo.explain)
                self._explained = tracker.elapsed
            await self._change(min(left, 1.0))
        return False

    async def explain(self, stuck_seconds: float) -> None:
        """Asks the pods of what has been stuck for so long."""
        stuck = self._tracker.stuck(stuck_seconds)
        for ref, explanation in (await explanations(self._client, stuck)).items() if stuck else ():
            self._tracker.explain(ref, explanation.message, final=explanation.final)

    async def _change(self, longest: float) -> None:
        """Until something changed, but not again before the next report is due."""
        pause = min(self._tempo.report, longest)
        try:
            async with asyncio.timeout(longest):
                await self._tracker.changed.wait()
                self._tracker.changed.clear()
                if not self._tracker.done(self._tempo.unobserved):
                    await asyncio.sleep(pause)
        except TimeoutError:
            return


@asynccontextmanager
async def _following(client: Client, discovery: Discovery, tracker: Tracker) -> AsyncIterator[None]:
    followers = await _begin(client, discovery, tracker)
    tasks = [asyncio.create_task(follower.follow()) for follower in followers if follower.watched]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _begin(client: Client, discovery: Discovery, tracker: Tracker) -> list[Follower]:
    """Everything looked at once, and ready to be followed from there."""
    by_kind: dict[tuple[str, str], list[ObjectRef]] = defaultdict(list)
    for ref in tracker.refs:
        by_kind[ref.api_version, ref.kind].append(ref)
    if ("v1", "PersistentVolumeClaim") in by_kind:
        tracker.use_storage_classes(await _storage_classes(client))
    started: list[Follower] = []
    async with _unwrapped() as tasks:
        for refs in by_kind.values():
            tasks.create_task(_begin_kind(client, discovery, tracker, refs, started))
    return started


async def _begin_kind(
    client: Client, discovery: Discovery, tracker: Tracker, refs: Sequence[ObjectRef], started: list[Follower]
) -> None:
    resource = await _resource(discovery, tracker, refs)
    if resource is not None:
        for scope in scopes(resource, refs):
            started += await _begin_scope(client, scope, tracker)


async def _resource(discovery: Discovery, tracker: Tracker, refs: Sequence[ObjectRef]) -> ApiResource | None:
    try:
        return await discovery.find(refs[0].api_version, refs[0].kind)
    except KindUnknown as error:
        for ref in refs:
            tracker.decide(ref, Verdict("failed", error.what, final=True))
        return None


async def _begin_scope(client: Client, scope: Scope, tracker: Tracker) -> list[Follower]:
    follower = Follower(client, scope, tracker)
    try:
        await follower.look()
    except ApiError as error:
        cluster_wide = scope.resource.namespaced and scope.namespace is None
        if error.status != HTTPStatus.FORBIDDEN or not cluster_wide:
            raise
        # This caller may only see its own namespaces.
        parts = [await _begin_scope(client, part, tracker) for part in scope.by_namespace()]
        return [follower for part in parts for follower in part]
    return [follower]


async def _storage_classes(client: Client) -> list[dict[str, object]]:
    try:
        return list((await client.request("GET", _STORAGE_CLASSES)).get("items") or ())
    except ApiError:
        return []  # not allowed to look: pending claims count as waiting


@asynccontextmanager
async def _unwrapped() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises the first failure itself: callers know its type."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
