"""Kubeconfigs, good and malformed: every malformed one names its source and field, never a value."""

from __future__ import annotations

import base64
import copy
import datetime
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onestack.errors import InvalidKubeconfig
from onestack.kube.connection import ambient_kubeconfig, connect, tls_context

SECRET = "c2VjcmV0LXZhbHVl"


def pair() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), pem


CERTIFICATE, KEY = pair()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def config() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "dev",
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443"}}],
        "users": [{"name": "u", "user": {"token": SECRET}}],
        "contexts": [
            {"name": "dev", "context": {"cluster": "c", "user": "u", "namespace": "shop"}},
            {"name": "bare", "context": {"cluster": "c"}},
        ],
    }


def changed(path: str, value: object) -> str:
    """The kubeconfig with one field set, as YAML; ``...`` removes it."""
    whole = copy.deepcopy(config())
    at: Any = whole
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in parents:
        at = at[part]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return yaml.safe_dump(whole)


def test_contents_file_and_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(config()))
    monkeypatch.setenv("HOME", str(tmp_path))
    for given in (file.read_text(), str(file), file, "~/kubeconfig", Path("~/kubeconfig")):
        connection = connect(given)
        assert (connection.server, connection.namespace) == ("https://127.0.0.1:6443", "shop")
        assert connection.token == SECRET


def test_json_contents() -> None:
    assert connect(json.dumps(config())).context == "dev"


def test_context_and_cluster_can_be_chosen() -> None:
    text = changed("clusters", [*config()["clusters"], {"name": "d", "cluster": {"server": "http://h:1/p/"}}])
    connection = connect(text, context="bare", cluster="d")
    assert (connection.server, connection.namespace, connection.token) == ("http://h:1/p", "default", None)


def test_repr_holds_no_secret() -> None:
    text = changed("users/0/user", {"token": SECRET, "password": SECRET, "username": "u"})
    connection = connect(text)
    assert SECRET not in repr(connection)
    assert SECRET not in repr(connection.tls)


def test_client_certificate_inline_and_relative_to_the_file(tmp_path: Path) -> None:
    inline = {"client-certificate-data": encoded(CERTIFICATE), "client-key-data": encoded(KEY)}
    assert connect(changed("users/0/user", inline)).tls.key == KEY
    (tmp_path / "c.pem").write_bytes(CERTIFICATE)
    (tmp_path / "k.pem").write_bytes(KEY)
    file = tmp_path / "kubeconfig"
    file.write_text(changed("users/0/user", {"client-certificate": "c.pem", "client-key": "k.pem"}))
    assert connect(file).tls.certificate == CERTIFICATE


def test_insecure_does_not_verify() -> None:
    connection = connect(changed("clusters/0/cluster/insecure-skip-tls-verify", True))
    assert tls_context(connection.tls, "").verify_mode == ssl.CERT_NONE
    assert tls_context(connect(yaml.safe_dump(config())).tls, "").verify_mode == ssl.CERT_REQUIRED


CLUSTER, USER = "clusters/0/cluster", "users/0/user"


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("current-context", "nope", "there is no 'nope' among them; there are: dev, bare"),
        ("current-context", ..., "it has these contexts: dev, bare"),
        ("contexts/0/context/cluster", "x", "there is no 'x'"),
        ("contexts/0/context/cluster", ..., "contexts[0].context.cluster"),
        ("contexts/0/context/user", "x", "there is no 'x'"),
        ("clusters", "text", "clusters"),
        (f"{CLUSTER}/server", ..., "clusters[0].cluster.server"),
        (f"{CLUSTER}/server", "https://", "expected a URL"),
        (f"{CLUSTER}/server", "ftp://x", "expected a URL"),
        (f"{CLUSTER}/server", "https://h:99999", "expected a URL"),
        (f"{CLUSTER}/certificate-authority-data", "%%%", "certificate-authority-data"),
        (f"{CLUSTER}/certificate-authority-data", encoded(b"no pem"), "no PEM certificate"),
        (f"{CLUSTER}/certificate-authority", "/no/such/ca.crt", "/no/such/ca.crt: No such file"),
        (f"{CLUSTER}/certificate-authority", "ca.crt", "relative"),
        (f"{CLUSTER}/proxy-url", "socks5://h:1", "proxy-url"),
        (USER, {"client-certificate-data": encoded(CERTIFICATE)}, "client-key"),
        (USER, {"client-key-data": encoded(KEY)}, "client-certificate"),
        (USER, {"client-certificate-data": encoded(CERTIFICATE), "client-key-data": "%"}, "client-key-data"),
        (USER, {"client-certificate-data": encoded(CERTIFICATE), "client-key-data": SECRET}, "usable PEM"),
        (
            USER,
            {"client-certificate-data": encoded(CERTIFICATE), "client-key-data": encoded(pair()[1])},
            "don't fit each other",
        ),
        (USER, {"auth-provider": {"name": "gcp"}}, "removed these in 1.26"),
        (
            USER,
            {"exec": {"command": "x", "apiVersion": "client.authentication.k8s.io/v1alpha1"}},
            "exec.apiVersion",
        ),
        (USER, {"exec": {"apiVersion": "client.authentication.k8s.io/v1"}}, "exec.command"),
        (USER, {"token": [SECRET]}, "users[0].user.token"),
    ],
)
def test_malformed(path: str, value: object, says: str) -> None:
    with pytest.raises(InvalidKubeconfig) as caught:
        connect(changed(path, value))
    message = caught.value.message()
    assert says in message
    assert "kubeconfig" in message
    assert SECRET not in message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("a: [\n", "2:1: a value or a closing bracket is missing"),
        ("- a\n- b\n", "expected a mapping, found list"),
        ("/no/such/file", "/no/such/file"),
        ("apiVersion: v1\nkind: Config\n", "current-context"),
        ("[" * 3000 + "\n", "nested more than 100 deep"),
        ("a: 1\na: 2\n", "2:1: the key 'a' stands twice"),
    ],
)
def test_not_a_kubeconfig(text: str, says: str) -> None:
    with pytest.raises(InvalidKubeconfig) as caught:
        connect(text)
    assert says in caught.value.message()


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none", tmp_path, tmp_path / "binary"):
        with pytest.raises(InvalidKubeconfig) as caught:
            connect(path)
        assert str(path) in caught.value.message()


def test_certificate_authority_beside_insecure() -> None:
    cluster = {
        "server": "https://h",
        "insecure-skip-tls-verify": True,
        "certificate-authority-data": encoded(CERTIFICATE),
    }
    with pytest.raises(InvalidKubeconfig, match="can't be set beside"):
        connect(changed(CLUSTER, cluster))


def test_proxy_of_the_environment_is_not_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "direct.example.org")
    assert connect(yaml.safe_dump(config())).proxy is None
    assert connect(changed(f"{CLUSTER}/server", "https://localhost:6443")).proxy is None
    assert connect(changed(f"{CLUSTER}/server", "https://direct.example.org")).proxy is None
    assert connect(changed(f"{CLUSTER}/server", "https://far.example.org")).proxy == "http://proxy:3128"


def test_ambient_kubeconfig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.touch()
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'not'}:{there}")
    assert ambient_kubeconfig() == there
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ambient_kubeconfig() == tmp_path / ".kube" / "config"
