"""One HTTPS request at a time to the plane's own listeners, without retries or pools.

`onestack.kube` is for clusters; this is for asking a process that may not be up yet
whether it is, also before there is any kubeconfig.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onestack.local.plane.certificates import Pki
from onestack.local.plane.ports import LOOPBACK

_OK = 200
_MULTIPLE = 300


@dataclass(frozen=True)
class Answer:
    """``status`` is 0 where nobody answered; then ``text`` says why."""

    status: int
    text: str

    @property
    def ok(self) -> bool:
        """Whether the request did what it was to do."""
        return _OK <= self.status < _MULTIPLE

    def json(self) -> dict[str, Any]:
        """The answer as an object; empty where it is none."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Probe:
    """Asks the listener on a loopback port; trusts one authority, shows one certificate."""

    pki: Pki
    authority: str
    client: str

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.pki.certificate(self.authority)))
        context.load_cert_chain(self.pki.certificate(self.client), self.pki.key(self.client))
        return context

    def get(self, port: int, path: str, *, seconds: float = 2.0) -> Answer:
        """GET. Never raises for what the network or the listener does."""
        return self._ask("GET", port, path, None, {}, seconds)

    def apply(self, port: int, path: str, body: Mapping[str, Any], *, seconds: float = 10.0) -> Answer:
        """Server-side apply of one object to the API server."""
        headers = {"Content-Type": "application/apply-patch+yaml"}
        query = f"{path}?fieldManager=onestack-local&force=true"
        return self._ask("PATCH", port, query, json.dumps(body), headers, seconds)

    def delete(self, port: int, path: str, *, seconds: float = 10.0) -> Answer:
        """Deletes one object; the API server answers before it is gone."""
        return self._ask("DELETE", port, path, None, {}, seconds)

    def _ask(
        self, method: str, port: int, path: str, body: str | None, headers: Mapping[str, str], seconds: float
    ) -> Answer:
        try:
            connection = http.client.HTTPSConnection(LOOPBACK, port, timeout=seconds, context=self._context)
        except (OSError, ssl.SSLError) as error:
            return Answer(0, str(error))
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.read().decode(errors="replace"))
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, str(error) or type(error).__name__)
        finally:
            connection.close()
