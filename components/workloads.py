"""One Pulumi resource per manifest: the same name, type and order wherever its file lies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
from pulumi.runtime.proto import resource_pb2

from components.monitor import Monitor, monitor
from components.secret_values import properties
from onestack.errors import PartNotEnough
from onestack.manifests.registration import Registration

_AT_ONCE: Final = 256
"""Requests on their way: more than the engine works on, so that it never waits for us."""


@dataclass(frozen=True)
class Registry:
    """Where objects are registered. ``keeping`` is the id that the provider must have kept where only
    a part is registered: what isn't registered holds on to it."""

    provider: pulumi.ProviderResource
    keeping: str | None = None
    _limit: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def register(
        self, registrations: Sequence[Registration], *, behind: Sequence[pulumi.Resource] = ()
    ) -> None:
        """Registers all objects, each when what it needs is there, all of them behind what is given.

        ``registrations`` has what is needed before what needs it; what it lacks isn't waited for.

        Raises: RunError; PartNotEnough where a part is not enough.
        """
        engine = await monitor(self.provider)
        if self.keeping is not None and self.keeping != await self.provider.id.future():
            raise PartNotEnough("the Kubernetes provider is replaced, and with it every object")
        first = [str(await one.urn.future()) for one in behind if registrations]
        tasks: dict[str, asyncio.Task[bool]] = {}
        for registration in registrations:
            needed = [tasks[urn] for urn in registration.needs if urn in tasks]
            tasks[registration.urn] = asyncio.create_task(self._one(engine, registration, needed, first))
        try:
            done = await asyncio.gather(*tasks.values())
        finally:
            for task in tasks.values():
                task.cancel()
        if not all(done):
            # Only in a run that goes on after an error; what failed has been told by then.
            raise pulumi.RunError(f"{done.count(False)} objects are not there; the release is not recorded")

    async def _one(
        self,
        engine: Monitor,
        registration: Registration,
        needed: Sequence[asyncio.Task[bool]],
        behind: Sequence[str],
    ) -> bool:
        """Whether the engine made the object what it is declared to be."""
        if not all(await asyncio.gather(*needed)):
            return False
        async with self._limit:
            response = await engine.register(registration, await properties(registration.body), behind)
        return response.result == resource_pb2.SUCCESS
