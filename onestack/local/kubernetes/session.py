"""One configured provider: its cluster, and what is known about it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from onestack.errors import ApiError, KindUnknown, OnestackError, ProviderError
from onestack.kube.client import Client
from onestack.kube.connection import ambient_kubeconfig, connect
from onestack.kube.discovery import ApiResource, Discovery
from onestack.local.kubernetes import NAME, VERSION
from onestack.local.kubernetes.config import Config
from onestack.local.kubernetes.identity import Kind, known_scope
from onestack.local.kubernetes.lookout import Lookout
from onestack.local.serving.engine_log import EngineLog

_MANY: Final = 64


@dataclass
class Session:
    """What the calls of one provider share. ``unreachable`` says why its cluster can't be asked."""

    config: Config
    log: EngineLog
    unreachable: str = ""
    default_namespace: str = ""
    version: tuple[int, int] = (1, 14)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    declared_crds: dict[tuple[str, str], bool] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _client: Client | None = None
    _discovery: Discovery | None = None
    _lookout: Lookout | None = None

    @property
    def client(self) -> Client:
        if self._client is None:
            raise ProviderError(f"configured Kubernetes cluster is unreachable: {self.unreachable}")
        return self._client

    @property
    def lookout(self) -> Lookout:
        if self._lookout is None:
            self._lookout = Lookout(self.client)
        return self._lookout

    async def open(self) -> None:
        """Connects. A cluster that can't be reached is remembered, not raised: previews go on without."""
        self.default_namespace = self.config.namespace
        try:
            connection = connect(
                self.config.kubeconfig or ambient_kubeconfig(),
                self.config.context or None,
                self.config.cluster or None,
            )
        except OnestackError as error:
            self.unreachable = f"failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- {error}"
            return
        self.default_namespace = self.config.namespace or connection.namespace
        client = Client(connection, user_agent=f"{NAME}/{VERSION} (offline)", parallel=_MANY)
        self._client = await self._stack.enter_async_context(client)
        self._discovery = Discovery(client)
        try:
            answer, _ = await asyncio.gather(client.request("GET", "/version"), self._discovery.all())
            self.version = _version(answer)
        except OnestackError as error:
            self.unreachable = f"unable to load schema information from the API server: {error}"

    def cancel(self) -> None:
        """Makes every wait end."""
        self.cancelled.set()
        if self._lookout is not None:
            self._lookout.wake()

    async def close(self) -> None:
        if self._lookout is not None:
            await self._lookout.close()
        await self._stack.aclose()

    async def resource(self, kind: Kind) -> ApiResource:
        """How the cluster serves a kind.

        Raises:
            KindUnknown: it doesn't.
        """
        if self._discovery is None:
            raise KindUnknown(kind.api_version, kind.kind)
        return await self._discovery.find(kind.api_version, kind.kind)

    async def await_kind(self, kind: Kind, seconds: float) -> None:
        """Sleeps for some time, less if the cluster begins to serve the kind meanwhile."""
        if self._discovery is not None:
            try:
                await self._discovery.find(kind.api_version, kind.kind, within_seconds=seconds)
            except (KindUnknown, ApiError):
                return

    async def is_served(self, kind: Kind) -> bool:
        """True where the cluster can be asked and serves the kind."""
        if self.unreachable:
            return False
        try:
            await self.resource(kind)
        except OnestackError:
            return False
        return True

    async def is_namespaced(self, kind: Kind) -> bool:
        """The kind's scope; a kind nobody knows yet is taken for namespaced."""
        known = known_scope(kind)
        if known is not None:
            return known
        declared = self.declared_crds.get((kind.group, kind.kind))
        if declared is not None:
            return declared
        if self.unreachable:
            return True
        try:
            return (await self.resource(kind)).namespaced
        except OnestackError:
            return True

    def declare_crd(self, obj: Mapping[str, Any]) -> None:
        """Remembers the scope of a kind that this program defines."""
        spec = obj.get("spec")
        names = spec.get("names") if isinstance(spec, dict) else None
        if isinstance(spec, dict) and isinstance(names, dict):
            key = (str(spec.get("group")), str(names.get("kind")))
            self.declared_crds[key] = spec.get("scope") == "Namespaced"


def environment() -> Mapping[str, str]:
    """The process's environment variables."""
    return os.environ


def _version(answer: Mapping[str, Any]) -> tuple[int, int]:
    """Major and minor; a hosted cluster may say ``34+``."""
    digits = ["".join(c for c in str(answer.get(part, "")) if c.isdigit()) for part in ("major", "minor")]
    return (int(digits[0] or 1), int(digits[1] or 14))
