"""Asks a provider plugin for its version: it has no flag that says it, but answers a call that does."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from onestack.child import started
from onestack.local.toolchain.process import end_group
from onestack.local.toolchain.version import Version, parse

START_SECONDS = 20.0
"""Official plugins have hundreds of megabytes to load, perhaps from a cold disk."""
CALL_SECONDS = 10.0
# A plugin wants its engine's address and dials it only once it has something to say; nobody is there.
_NO_ENGINE = "127.0.0.1:1"
_FIRST_LINE_BYTES = 64
_PORTS = 2**16


@dataclass(frozen=True)
class PluginInfo:
    """What a plugin said of itself. Without a ``version``, ``why`` says what went wrong."""

    version: Version | None
    why: str = ""


def plugin_info(program: Path, environ: Mapping[str, str]) -> PluginInfo:
    """Starts a plugin, calls ``GetPluginInfo`` and ends it again, with all that it started.

    Takes at most START_SECONDS and CALL_SECONDS, and two seconds for a plugin that won't end.
    """
    try:
        command = [str(program), _NO_ENGINE]
        with started(
            command, environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, end=end_group
        ) as plugin:
            return _ask(plugin)
    except OSError as error:
        return PluginInfo(None, error.strerror or str(error))


def _ask(plugin: subprocess.Popen[bytes]) -> PluginInfo:
    line = _first_line(plugin)
    if line is None:
        return PluginInfo(None, f"it named no port within {START_SECONDS:.0f} s")
    if not line.isdecimal() or not 0 < int(line) < _PORTS:
        return PluginInfo(None, "it named no port on its first line")
    return _call(int(line))


def _first_line(plugin: subprocess.Popen[bytes]) -> str | None:
    """What a plugin prints first, also if it ends with that; None if it takes too long."""
    deadline = time.monotonic() + START_SECONDS
    pipe = plugin.stdout.fileno() if plugin.stdout else -1
    said = b""
    while b"\n" not in said and len(said) < _FIRST_LINE_BYTES:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        more = os.read(pipe, _FIRST_LINE_BYTES)
        if not more:
            break
        said += more
    return said.partition(b"\n")[0].decode("ascii", "replace").strip()


def _call(port: int) -> PluginInfo:
    # Importing these takes half a second, and a plugin is asked only once.
    import grpc  # noqa: PLC0415 - as said
    from google.protobuf.empty_pb2 import Empty  # noqa: PLC0415 - as said
    from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub  # noqa: PLC0415 - as said

    options = [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        try:
            info = ResourceProviderStub(channel).GetPluginInfo(Empty(), timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            return PluginInfo(None, f"it answered GetPluginInfo with {error.code().name}")
    version = parse(info.version)
    return PluginInfo(version, "" if version else f"it calls its version '{info.version[:40]}'")
