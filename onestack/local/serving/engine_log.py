"""What this provider tells the person at the terminal, through the engine."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable
from typing import Final, cast

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.engine_pb2 import LogRequest, LogSeverity
from pulumi.runtime.proto.engine_pb2_grpc import EngineStub

INFO: Final = LogSeverity.INFO
WARNING: Final = LogSeverity.WARNING


class EngineLog:
    """Messages to the engine at ``address``; without an address they go nowhere."""

    def __init__(self, address: str = "") -> None:
        self._channel: grpc.aio.Channel | None = None
        self._stub: EngineStub | None = None
        self.attach(address)

    def attach(self, address: str) -> None:
        """Sends to another engine from now on."""
        if address:
            self._channel = grpc.aio.insecure_channel(address)
            self._stub = EngineStub(self._channel)

    async def say(
        self, severity: LogSeverity.ValueType, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        """Shows a message; an ephemeral one only until the next, beside its resource.

        A message that can't be delivered is lost: an engine that is gone has nobody to read it.
        """
        if self._stub is None:
            return
        request = LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)
        with contextlib.suppress(grpc.aio.AioRpcError):
            # The generated types know the stub of a blocking channel only.
            await cast(Awaitable[Empty], self._stub.Log(request))

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close(None)


class ResourceLog:
    """One resource's messages during one call; nothing is said twice."""

    def __init__(self, log: EngineLog, urn: str) -> None:
        self._log = log
        self._urn = urn
        self._said: set[tuple[int, str]] = set()

    async def status(self, text: str, severity: LogSeverity.ValueType = INFO) -> None:
        """Shows what is going on beside the resource."""
        if (severity, text) not in self._said:
            self._said.add((severity, text))
            await self._log.say(severity, text, self._urn, ephemeral=True)

    async def clear(self) -> None:
        """Takes the last status away."""
        if self._said:
            await self._log.say(INFO, "", self._urn, ephemeral=True)

    async def warn(self, text: str) -> None:
        """Says something that stays."""
        await self._log.say(WARNING, text, self._urn)

    async def note(self, text: str) -> None:
        """Says something that stays and is no warning."""
        await self._log.say(INFO, text, self._urn)
