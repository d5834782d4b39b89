"""What proves to the API server who is calling: headers and, sometimes, a TLS client certificate."""

from __future__ import annotations

import asyncio
import base64
import os
import ssl
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from onestack.child import without_tokens
from onestack.errors import CredentialsUnavailable
from onestack.kube.connection import Connection, tls_context
from onestack.kube.kubeconfig import Exec

PLUGIN_SECONDS: Final = 60.0
TOKEN_FILE_SECONDS: Final = 60.0
"""How long a token file's content is believed; Kubernetes rotates them well ahead of their end."""
_EXPIRY_MARGIN_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Proof:
    """Goes with a request. ``expires`` is in seconds since the epoch."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    expires: float | None = None


class Credentials:
    """Gives the current proof of one connection, fetched when needed and kept until it expires.

    The order is client-go's: an explicit token, then a token file, then basic auth, then the plugin.
    """

    def __init__(self, connection: Connection, *, plugin_seconds: float = PLUGIN_SECONDS) -> None:
        self._connection = connection
        self._plugin_seconds = plugin_seconds
        self._tls = tls_context(connection.tls, connection.source)
        self._proof: Proof | None = None
        self._lock = asyncio.Lock()

    @property
    def renewable(self) -> bool:
        """True where a refused proof may be replaced by a newer one."""
        return self._connection.token_file is not None or self._connection.plugin is not None

    async def current(self) -> Proof:
        """The proof to send now.

        Raises:
            CredentialsUnavailable: the plugin or the token file failed.
        """
        if self._proof is None or _expired(self._proof):
            async with self._lock:  # one plugin run, however many requests wait for it
                if self._proof is None or _expired(self._proof):
                    self._proof = await self._fetch()
                return self._proof
        return self._proof

    def refused(self, proof: Proof) -> None:
        """Says that the server answered 401 to this proof, so that the next one is fetched anew."""
        if self._proof is proof:
            self._proof = None

    async def _fetch(self) -> Proof:
        at = self._connection
        if at.token_file is not None:
            expires = time.time() + TOKEN_FILE_SECONDS + _EXPIRY_MARGIN_SECONDS
            return Proof(_bearer(_token(at.token_file)), self._tls, expires)
        if at.token is not None:
            return Proof(_bearer(at.token), self._tls)
        if at.username is not None:
            pair = base64.b64encode(f"{at.username}:{at.password or ''}".encode()).decode()
            return Proof({"Authorization": f"Basic {pair}"}, self._tls)
        if at.plugin is not None:
            return await self._run(at.plugin)
        return Proof({}, self._tls)

    async def _run(self, plugin: Exec) -> Proof:
        status = _exec_status(plugin, await _output(plugin, self._connection, self._plugin_seconds))
        expires = _timestamp(plugin, status.get("expirationTimestamp"))
        token, certificate, key = (
            status.get(name) for name in ("token", "clientCertificateData", "clientKeyData")
        )
        tls = self._tls
        if certificate and key:
            shown = replace(self._connection.tls, certificate=certificate.encode(), key=key.encode())
            tls = tls_context(shown, f"credential plugin {plugin.command}")
        elif not token:
            raise _plugin_error(plugin, "it returned neither a token nor a client certificate with its key")
        return Proof(_bearer(token) if token else {}, tls, expires)


def _expired(proof: Proof) -> bool:
    return proof.expires is not None and time.time() >= proof.expires - _EXPIRY_MARGIN_SECONDS


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.strip()}"}


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't ASCII text"
        raise CredentialsUnavailable(
            "the kubeconfig's token file can't be read", where=str(path), why=why or ""
        ) from None
    if not token:
        raise CredentialsUnavailable("the kubeconfig's token file is empty", where=str(path))
    return token


async def _output(plugin: Exec, connection: Connection, seconds: float) -> bytes:
    """The plugin's standard output. It and standard error may hold secrets and are never shown."""
    try:
        process = await asyncio.create_subprocess_exec(
            _command(plugin, connection),
            *(plugin.args or ()),
            env=_environment(plugin, connection),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise _plugin_error(plugin, f"it could not be started: {why}", plugin.install_hint) from None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        raise _plugin_error(plugin, f"it gave no answer within {seconds:g} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        hint = f"run {plugin.command!r} yourself to see what it says; perhaps a login has expired"
        raise _plugin_error(plugin, f"it ended with exit code {process.returncode}", hint)
    return output


def _command(plugin: Exec, connection: Connection) -> str:
    # As client-go: a bare name is looked up on PATH, a path is relative to the kubeconfig's folder.
    if (
        os.sep not in plugin.command
        or Path(plugin.command).is_absolute()
        or connection.base_directory is None
    ):
        return plugin.command
    return str(connection.base_directory / plugin.command)


def _environment(plugin: Exec, connection: Connection) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.provide_cluster_info:
        tls = connection.tls
        cluster: dict[str, Any] = {"server": connection.server}
        if tls.ca is not None:
            cluster["certificate-authority-data"] = base64.b64encode(tls.ca).decode()
        if tls.insecure:
            cluster["insecure-skip-tls-verify"] = True
        if tls.server_name:
            cluster["tls-server-name"] = tls.server_name
        spec["cluster"] = cluster
    info = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}
    given = {variable.name: variable.value for variable in plugin.env or ()}
    return {**without_tokens(os.environ), **given, "KUBERNETES_EXEC_INFO": orjson.dumps(info).decode()}


def _exec_status(plugin: Exec, output: bytes) -> dict[str, Any]:
    try:
        credential = orjson.loads(output)
    except orjson.JSONDecodeError:
        raise _plugin_error(plugin, "what it printed isn't JSON") from None
    status = credential.get("status") if isinstance(credential, dict) else None
    if not isinstance(status, dict) or credential.get("kind") != "ExecCredential":
        raise _plugin_error(plugin, "what it printed isn't an ExecCredential with a status")
    if credential.get("apiVersion") != plugin.api_version:
        raise _plugin_error(
            plugin, f"it printed another apiVersion than the kubeconfig's {plugin.api_version}"
        )
    if not all(isinstance(value, str | None) for value in status.values()):
        raise _plugin_error(plugin, "a field of the status it printed isn't text")
    return status


def _timestamp(plugin: Exec, text: str | None) -> float | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _plugin_error(plugin, "its expirationTimestamp isn't an RFC 3339 time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _plugin_error(plugin: Exec, why: str, hint: str = "") -> CredentialsUnavailable:
    return CredentialsUnavailable(
        f"the kubeconfig's credential plugin {plugin.command!r} gave no credentials", why=why, hint=hint
    )
