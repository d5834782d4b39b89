"""From a kubeconfig to everything a client needs to talk to one API server."""

from __future__ import annotations

import base64
import binascii
import os
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from onestack.errors import InvalidKubeconfig
from onestack.kube.kubeconfig import Cluster, Exec, Kubeconfig, User, parse_kubeconfig, read_kubeconfig

CONTENTS: Final = "kubeconfig (passed as contents)"


@dataclass(frozen=True)
class Tls:
    """How the server is trusted and the client shown. PEM bytes; keys are never printed."""

    ca: bytes | None = field(default=None, repr=False)
    certificate: bytes | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)
    insecure: bool = False
    server_name: str | None = None


@dataclass(frozen=True)
class Connection:
    """One API server and one caller. Its ``repr`` holds no secret.

    ``source`` is the kubeconfig's file, or a phrase that says it was passed as contents.
    ``base_directory`` is what relative paths in it are relative to.
    """

    server: str
    context: str
    namespace: str
    source: str
    tls: Tls
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    plugin: Exec | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    compression: bool = True
    base_directory: Path | None = None


def connect(kubeconfig: str | Path, context: str | None = None, cluster: str | None = None) -> Connection:
    """Reads a kubeconfig and selects one context of it.

    A ``Path`` is a file. Text is, as the official Kubernetes provider takes it, the path of a file
    (``~`` allowed) or else the contents of a kubeconfig in YAML or JSON. ``context`` replaces the
    file's current-context and ``cluster`` the context's cluster.

    Raises:
        InvalidKubeconfig: it can't be read, is malformed, or names what isn't there.
    """
    path = kubeconfig if isinstance(kubeconfig, Path) else _as_file(kubeconfig)
    if path is not None:
        path = path.expanduser()
        return _select(read_kubeconfig(path), str(path), path.resolve().parent, context, cluster)
    return _select(parse_kubeconfig(str(kubeconfig), CONTENTS), CONTENTS, None, context, cluster)


def ambient_kubeconfig() -> Path:
    """The file that kubectl would use: the first existing one of KUBECONFIG, else ``~/.kube/config``."""
    named = [Path(part) for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    existing = [path for path in named if path.expanduser().is_file()]
    return next(iter(existing or named), Path("~/.kube/config")).expanduser()


def tls_context(tls: Tls, source: str) -> ssl.SSLContext:
    """The TLS settings as Python's ``ssl`` wants them.

    Raises:
        InvalidKubeconfig: a certificate or key can't be used.
    """
    # With authorities of its own the system's are not read, which takes 20 ms.
    trusted = None if tls.ca is None or tls.insecure else _certificates(tls.ca, source)
    context = ssl.create_default_context(cadata=trusted)
    if tls.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    # Python 3.13 made this a default; many clusters' own CAs lack the extensions that it demands.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls.certificate is not None and tls.key is not None:
        _load_client_certificate(context, tls.certificate, tls.key, source)
    return context


def _as_file(text: str) -> Path | None:
    if not text.strip():
        raise InvalidKubeconfig(CONTENTS, "", "it is empty", "pass a file's path or the contents of one")
    if "\n" in text or text.lstrip().startswith("{"):
        return None
    path = Path(text).expanduser()
    looks_like_yaml = ": " in text or text.rstrip().endswith(":")
    return None if looks_like_yaml and not path.is_file() else path


def _select(
    config: Kubeconfig, source: str, base: Path | None, context_name: str | None, cluster_name: str | None
) -> Connection:
    name = context_name or config.current_context or _only(config.names("contexts"))
    if not name:
        why = f"it has these contexts: {', '.join(config.names('contexts')) or 'none'}"
        raise InvalidKubeconfig(source, "current-context", why, "set current-context or name a context")
    context = config.context(name)
    if context is None:
        raise _missing(config, source, "contexts", name)
    cluster_name = cluster_name or context.cluster
    cluster = config.cluster(cluster_name)
    if cluster is None:
        raise _missing(config, source, "clusters", cluster_name)
    user = config.user(context.user) if context.user else User.model_validate({})
    if user is None:
        raise _missing(config, source, "users", context.user)
    where = _Where(source, base, f"clusters[{cluster_name}].cluster", f"users[{context.user}].user")
    return _connection(name, context.namespace or "default", cluster, user, where)


def _only(names: tuple[str, ...]) -> str | None:
    return names[0] if len(names) == 1 else None


def _missing(config: Kubeconfig, source: str, what: str, name: str) -> InvalidKubeconfig:
    there = {"contexts": config.contexts, "clusters": config.clusters, "users": config.users}[what] or []
    names = ", ".join(entry.name for entry in there) or "none"
    return InvalidKubeconfig(source, what, f"there is no {name!r} among them; there are: {names}")


@dataclass(frozen=True)
class _Where:
    source: str
    base: Path | None
    cluster: str
    user: str

    def error(self, at: str, why: str, hint: str = "") -> InvalidKubeconfig:
        return InvalidKubeconfig(self.source, at, why, hint)

    def path(self, at: str, name: str) -> Path:
        path = Path(name).expanduser()
        if path.is_absolute():
            return path
        if self.base is None:
            raise self.error(at, f"{name} is relative, but the kubeconfig has no file to be relative to")
        return self.base / path

    def content(self, at: str, data: str | None, file: str | None) -> bytes | None:
        """A PEM given inline (which wins, as for kubectl) or as a file."""
        if data:
            try:
                return base64.b64decode("".join(data.split()), validate=True)
            except (binascii.Error, ValueError):
                raise self.error(f"{at}-data", "it isn't base64") from None
        if not file:
            return None
        path = self.path(at, file)
        try:
            return path.read_bytes()
        except OSError as error:
            raise self.error(at, f"{path}: {error.strerror}") from None


def _connection(name: str, namespace: str, cluster: Cluster, user: User, where: _Where) -> Connection:
    server = _server(cluster.server, where)
    if user.auth_provider is not None:
        raise where.error(
            f"{where.user}.auth-provider",
            "Kubernetes removed these in 1.26",
            "use an exec plugin, such as gke-gcloud-auth-plugin",
        )
    return Connection(
        server=server,
        context=name,
        namespace=namespace,
        source=where.source,
        tls=_tls(cluster, user, where),
        token=user.token.get_secret_value() if user.token else None,
        token_file=where.path(f"{where.user}.tokenFile", user.token_file) if user.token_file else None,
        username=user.username,
        password=user.password.get_secret_value() if user.password else None,
        plugin=user.exec,
        proxy=_proxy(cluster, server, where),
        compression=not cluster.disable_compression,
        base_directory=where.base,
    )


def _tls(cluster: Cluster, user: User, where: _Where) -> Tls:
    ca = where.content(
        f"{where.cluster}.certificate-authority",
        cluster.certificate_authority_data,
        cluster.certificate_authority,
    )
    if ca is not None and cluster.insecure_skip_tls_verify:
        # client-go refuses the pair too: one of the two is a mistake, and the insecure one would win.
        raise where.error(
            f"{where.cluster}.insecure-skip-tls-verify", "it can't be set beside a certificate-authority"
        )
    certificate = where.content(
        f"{where.user}.client-certificate", user.client_certificate_data, user.client_certificate
    )
    secret = user.client_key_data.get_secret_value() if user.client_key_data else None
    key = where.content(f"{where.user}.client-key", secret, user.client_key)
    if (certificate is None) != (key is None):
        lacking = "client-key" if key is None else "client-certificate"
        raise where.error(f"{where.user}.{lacking}", "a client certificate and its key must both be given")
    tls = Tls(ca, certificate, key, cluster.insecure_skip_tls_verify, cluster.tls_server_name or None)
    tls_context(tls, where.source)
    return tls


def _server(server: str, where: _Where) -> str:
    text = server if "://" in server else f"http://{server}"
    try:
        parts = urlsplit(text)
        good = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good or parts.username is not None:
        raise where.error(f"{where.cluster}.server", "expected a URL such as https://127.0.0.1:6443")
    return text.rstrip("/")


def _proxy(cluster: Cluster, server: str, where: _Where) -> str | None:
    if cluster.proxy_url:
        if urlsplit(cluster.proxy_url).scheme not in {"http", "https"}:
            raise where.error(f"{where.cluster}.proxy-url", "only http and https proxies are supported")
        return cluster.proxy_url
    parts = urlsplit(server)
    host = parts.hostname or ""
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return None  # as Go does, whatever NO_PROXY says
    if proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _certificates(pem: bytes, source: str) -> str:
    text = pem.decode("ascii", errors="replace")
    try:
        ssl.create_default_context(cadata=text)
    except (ssl.SSLError, ValueError):
        raise InvalidKubeconfig(source, "certificate-authority", "it holds no PEM certificate") from None
    return text


def _load_client_certificate(context: ssl.SSLContext, certificate: bytes, key: bytes, source: str) -> None:
    # Python's ssl only reads files. They live for the length of this call in a directory of our own.
    with tempfile.TemporaryDirectory(prefix="onestack-") as directory:
        pair = Path(directory, "certificate.pem"), Path(directory, "key.pem")
        pair[0].write_bytes(certificate)
        pair[1].touch(mode=0o600)
        pair[1].write_bytes(key)
        try:
            # An encrypted key would else be asked for on the terminal.
            context.load_cert_chain(*pair, password=lambda: "")
        except (ssl.SSLError, ValueError) as error:
            why = "the certificate and key don't fit each other"
            if "KEY_VALUES_MISMATCH" not in str(error):
                why = "the certificate or the key isn't usable PEM, or the key is encrypted"
            raise InvalidKubeconfig(source, "client-certificate, client-key", why) from None
