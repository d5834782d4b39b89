"""A connection that failed, as a ClusterUnreachable a person can act on."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from typing import Final

import aiohttp

from onestack.errors import ClusterUnreachable


@dataclass(frozen=True)
class _Meaning:
    """What one of aiohttp's errors means. ``sent`` and ``final`` are ClusterUnreachable's."""

    error: type[BaseException]
    why: str
    sent: bool = False
    final: bool = False
    hint: str = ""


_MEANINGS: Final = (
    _Meaning(
        aiohttp.ClientConnectorCertificateError,
        "its certificate isn't trusted: {reason}",
        final=True,
        hint="check certificate-authority-data and tls-server-name in the kubeconfig",
    ),
    _Meaning(
        aiohttp.ClientConnectorSSLError,
        "TLS failed: {reason}",
        final=True,
        hint="check that the server speaks https and takes this client certificate",
    ),
    _Meaning(aiohttp.ClientConnectorDNSError, "its name can't be resolved: {reason}"),
    _Meaning(aiohttp.ClientHttpProxyError, "the proxy refused: {reason}", final=True),
    _Meaning(aiohttp.ClientProxyConnectionError, "the proxy can't be reached: {reason}"),
    _Meaning(aiohttp.ConnectionTimeoutError, "no connection was made in time"),
    _Meaning(aiohttp.ClientConnectorError, "{reason}"),
    _Meaning(aiohttp.SocketTimeoutError, "the connection fell silent", sent=True),
    _Meaning(aiohttp.ServerDisconnectedError, "it closed the connection without an answer", sent=True),
    _Meaning(aiohttp.ClientPayloadError, "it closed the connection within its answer", sent=True),
    _Meaning(aiohttp.InvalidURL, "the address isn't valid", final=True),
    _Meaning(BaseException, "{reason}", sent=True),
)
"""The first that fits counts: narrower classes stand before the ones they derive from."""


def unreachable(server: str, error: Exception) -> ClusterUnreachable:
    """Says why the connection failed, whether the request may have been received, and what to do."""
    meaning = next(m for m in _MEANINGS if isinstance(error, m.error))
    why = meaning.why.format(reason=_reason(error))
    return ClusterUnreachable(server, why, meaning.hint, sent=meaning.sent, final=meaning.final)


def _reason(error: BaseException) -> str:
    """The innermost words: aiohttp's own repeat host, port and the TLS object."""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    code = getattr(inner, "errno", None)
    if isinstance(code, int) and code > 0 and not isinstance(inner, ssl.SSLError):
        return os.strerror(code)  # asyncio's own text only repeats the address
    words = (getattr(inner, name, None) for name in ("verify_message", "strerror", "message"))
    return str(next(filter(None, words), None) or inner or type(inner).__name__)
