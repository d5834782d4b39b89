"""A plugin's process: says its port, serves one engine, and ends with it."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Final

import grpc.aio

from onestack.local.serving.service import Provider, Words, service

_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit: a stack's largest CustomResourceDefinitions have megabytes."""

_WATCH_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 0.5


async def serve(provider: Provider, words: Words) -> None:
    """Prints the port on the first line, then serves until SIGTERM, SIGINT or the parent's end."""
    # Asked before the engine can have read the port: were it killed right then, its end would be missed.
    parent = os.getppid()
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ]
    )
    server.add_generic_rpc_handlers((service(provider, words),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)  # noqa: T201 - how a plugin says where it listens
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    # The engine ends a plugin with SIGINT and waits for it. A person's Ctrl-C doesn't get here: plugins
    # have a process group of their own.
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    orphan = asyncio.create_task(_until_orphaned(parent, ended))
    await ended.wait()
    orphan.cancel()
    await server.stop(_GRACE_SECONDS)
    await provider.close()


async def _until_orphaned(parent: int, ended: asyncio.Event) -> None:
    """Notices that the engine was killed: the process then has another parent."""
    while os.getppid() == parent:  # noqa: ASYNC110 - there is no event for this
        await asyncio.sleep(_WATCH_SECONDS)
    ended.set()
