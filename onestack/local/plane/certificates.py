"""The control plane's own certificate authorities, certificates and keys."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from onestack.local.plane.files import write

# Ten years for the authorities and one for what they sign: a local plane lives for weeks,
# and what is about to end is issued again at every start.
AUTHORITY_LIFE: Final = timedelta(days=3650)
LIFE: Final = timedelta(days=365)
RENEW_BEFORE: Final = timedelta(days=30)
# Clocks that are set back a little must not make a fresh certificate invalid.
_BACKDATED: Final = timedelta(minutes=5)

SERVICE_ADDRESS: Final = "10.96.0.1"


@dataclass(frozen=True)
class Request:
    """One certificate to issue. ``serves`` are the names and addresses of a server."""

    name: str
    authority: str
    common_name: str
    organization: str | None = None
    serves: tuple[str, ...] = ()
    client: bool = True


_LOCAL: Final = ("localhost", "127.0.0.1")

AUTHORITIES: Final[Mapping[str, str]] = {
    "ca": "onestack local plane",
    # etcd and the aggregation layer trust nobody whom the cluster's authority signed.
    "etcd-ca": "onestack local plane etcd",
    "front-proxy-ca": "onestack local plane front proxy",
}

REQUESTS: Final[tuple[Request, ...]] = (
    Request(
        "apiserver",
        "ca",
        "kube-apiserver",
        serves=(
            *_LOCAL,
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            SERVICE_ADDRESS,
        ),
        client=False,
    ),
    Request("health", "ca", "onestack-health", serves=_LOCAL, client=False),
    Request("etcd", "etcd-ca", "etcd", serves=_LOCAL),
    Request("apiserver-etcd-client", "etcd-ca", "kube-apiserver-etcd-client"),
    Request("front-proxy-client", "front-proxy-ca", "front-proxy-client"),
    Request("admin", "ca", "onestack-admin", organization="system:masters"),
    Request("kube-controller-manager", "ca", "system:kube-controller-manager"),
    Request("kube-scheduler", "ca", "system:kube-scheduler"),
    Request("kwok", "ca", "onestack:kwok"),
)


@dataclass(frozen=True)
class Pki:
    """The files below the plane's ``pki`` folder."""

    folder: Path

    def certificate(self, name: str) -> Path:
        """A certificate in PEM."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """A private key in PEM."""
        return self.folder / f"{name}.key"

    @property
    def service_account_public(self) -> Path:
        """Verifies service account tokens."""
        return self.folder / "sa.pub"

    @property
    def service_account_key(self) -> Path:
        """Signs service account tokens."""
        return self.folder / "sa.key"


@dataclass(frozen=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def ensure_authority(pki: Pki, now: datetime) -> None:
    """Makes the authority of a cluster alone, for planes that share it. Raises as `ensure`."""
    _authority(pki, "ca", AUTHORITIES["ca"], now)


def ensure(pki: Pki, now: datetime, shared: Pki | None = None) -> None:
    """Issues whatever is missing, damaged or ends within `RENEW_BEFORE`; leaves the rest.

    ``now`` is aware. ``shared`` has the authority of the cluster, if that isn't to be one of its own.
    Raises PlaneDiskFull and PlaneNotPermitted.
    """
    if shared is not None:
        _store(pki, "ca", _authority(shared, "ca", AUTHORITIES["ca"], now))
    authorities = {name: _authority(pki, name, common, now) for name, common in AUTHORITIES.items()}
    for request in REQUESTS:
        issuer = authorities[request.authority]
        if not _still_good(_read(pki, request.name), issuer, now):
            _store(pki, request.name, _issue(request, issuer, now))
    _service_account_keys(pki)


def _authority(pki: Pki, name: str, common_name: str, now: datetime) -> _Pair:
    existing = _read(pki, name)
    if existing is not None and _still_good(existing, existing, now):
        return existing
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        _builder(subject, subject, key, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    pair = _Pair(certificate, key)
    _store(pki, name, pair)
    return pair


def _issue(request: Request, issuer: _Pair, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, request.common_name)]
    if request.organization:
        names.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, request.organization))
    usages = [ExtendedKeyUsageOID.SERVER_AUTH] if request.serves else []
    if request.client:
        usages.append(ExtendedKeyUsageOID.CLIENT_AUTH)
    builder = (
        _builder(x509.Name(names), issuer.certificate.subject, key, now, LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )
    if request.serves:
        serves = x509.SubjectAlternativeName([_general_name(name) for name in request.serves])
        builder = builder.add_extension(serves, critical=False)
    return _Pair(builder.sign(issuer.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _still_good(pair: _Pair | None, issuer: _Pair, now: datetime) -> bool:
    if pair is None or pair.certificate.public_key() != pair.key.public_key():
        return False
    if (
        now < pair.certificate.not_valid_before_utc
        or now + RENEW_BEFORE > pair.certificate.not_valid_after_utc
    ):
        return False
    try:
        pair.certificate.verify_directly_issued_by(issuer.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _read(pki: Pki, name: str) -> _Pair | None:
    try:
        certificate = x509.load_pem_x509_certificate(pki.certificate(name).read_bytes())
        key = serialization.load_pem_private_key(pki.key(name).read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return _Pair(certificate, key) if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _store(pki: Pki, name: str, pair: _Pair) -> None:
    write(pki.key(name), _private_pem(pair.key))
    write(pki.certificate(name), pair.certificate.public_bytes(serialization.Encoding.PEM))


def _service_account_keys(pki: Pki) -> None:
    try:
        key = serialization.load_pem_private_key(pki.service_account_key.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError):
        key = ec.generate_private_key(ec.SECP256R1())
        write(pki.service_account_key, _private_pem(key))
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    if not pki.service_account_public.is_file() or pki.service_account_public.read_bytes() != public:
        write(pki.service_account_public, public)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
